//! The control of the world that the suite needs to check what a provider really did.

use async_trait::async_trait;

use crate::memory::{Fault, Machine};
use crate::operation::Operation;
use crate::provider::{AddressId, Provider, Target};

/// How a cloud tells that another action on the address is under way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Locking {
    /// Readings show it, and writes are refused.
    Shown,
    /// Readings do not show it; writes are refused.
    Hidden,
    /// There is no such thing: each write takes effect for itself.
    Absent,
}

/// The names in a fresh world, and what a provider's cloud can do at all.
#[derive(Clone, Debug)]
pub struct Names {
    /// An address that exists; free at first.
    pub address: AddressId,
    /// A well-formed address that does not exist.
    pub unknown_address: AddressId,
    /// The machine that the provider acts for; it runs.
    pub me: Target,
    /// Another machine that runs.
    pub other: Target,
    /// A well-formed machine that does not exist.
    pub unknown_target: Target,
    /// Every credential that must not appear in any text.
    pub secrets: Vec<String>,
    /// How the cloud tells that another action on the address is under way.
    pub locking: Locking,
    /// A reading tells whether the holder is down.
    pub tells_holder_down: bool,
}

/// One fresh world with a provider in it.
///
/// The setters change the world itself and not what a fake answers; [`Harness::holder`] reads the world itself.
#[async_trait]
pub trait Harness: Send + Sync {
    /// What things are called in this world.
    fn names(&self) -> &Names;

    /// The provider under test, acting for [`Names::me`]. Its `call_timeout` should be well under a second: several checks wait for it.
    fn provider(&self) -> &dyn Provider;

    /// The same with credentials that the cloud does not accept.
    fn refused_provider(&self) -> &dyn Provider;

    /// Moves the address by hand.
    async fn set_holder(&self, holder: Option<&Target>);

    /// Who truly holds the address.
    async fn holder(&self) -> Option<Target>;

    /// Changes the state of a machine.
    async fn set_machine(&self, target: &Target, state: Machine);

    /// Somebody else's action on the address begins or ends.
    async fn set_locked(&self, locked: bool);

    /// A refusal for too many calls says how long to wait.
    fn tells_how_long_to_wait(&self) -> bool {
        true
    }

    /// The next call of this kind meets this fault.
    async fn inject(&self, on: Operation, fault: Fault);
}
