//! Clouds that take an address from nobody: a move begins with a release.

use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use les_provider::conformance::{Harness, Names};
use les_provider::memory::{Fault, Machine, MemoryCloud};
use les_provider::{AddressId, Operation, Provider, Target};

use super::stage::Stage;

/// When somebody else takes the address, in the midst of a move.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Moment {
    /// After the caller has read the address and its new holder, and before it detaches the address.
    TargetRead,
    /// Between the two calls.
    Detached,
}

/// Somebody else, who takes the address once; clones are the same.
#[derive(Clone)]
pub(super) struct Rival {
    cloud: MemoryCloud,
    address: AddressId,
    machine: Target,
    moment: Arc<Mutex<Option<Moment>>>,
}

impl Rival {
    pub(super) fn new(
        cloud: &MemoryCloud,
        address: &AddressId,
        machine: Target,
        moment: Option<Moment>,
    ) -> Self {
        Self {
            cloud: cloud.clone(),
            address: address.clone(),
            machine,
            moment: Arc::new(Mutex::new(moment)),
        }
    }

    /// Takes the address now, if this is the moment.
    pub(super) fn at(&self, moment: Moment) {
        let mut awaited = self.moment.lock().expect("nobody panics with it");
        if awaited.take_if(|awaited| *awaited == moment).is_some() {
            self.cloud.with(|world, now| {
                world.set_holder(now, &self.address, Some(self.machine.clone()));
            });
        }
    }
}

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
