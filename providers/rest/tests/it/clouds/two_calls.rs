//! Clouds that take an address from nobody: a move begins with a release.

use async_trait::async_trait;
use les_provider::conformance::{Harness, Names};
use les_provider::memory::{Fault, Machine};
use les_provider::{Operation, Provider, Target};

use super::stage::Stage;

/// A stage on which a fault of a move meets its first write: the release, while somebody holds the address.
pub(super) struct TwoCalls(pub(super) Stage);

#[async_trait]
impl Harness for TwoCalls {
    fn names(&self) -> &Names {
        self.0.names()
    }
    fn provider(&self) -> &dyn Provider {
        self.0.provider()
    }
    fn refused_provider(&self) -> &dyn Provider {
        self.0.refused_provider()
    }
    async fn set_holder(&self, holder: Option<&Target>) {
        self.0.set_holder(holder).await;
    }
    async fn holder(&self) -> Option<Target> {
        self.0.holder().await
    }
    async fn set_machine(&self, target: &Target, state: Machine) {
        self.0.set_machine(target, state).await;
    }
    async fn set_locked(&self, locked: bool) {
        self.0.set_locked(locked).await;
    }
    async fn inject(&self, on: Operation, fault: Fault) {
        let held = self.0.holder().await.is_some();
        let first = if on == Operation::Assign && held {
            Operation::Release
        } else {
            on
        };
        self.0.inject(first, fault).await;
    }
}
