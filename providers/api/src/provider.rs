//! The trait that every cloud implements.

use std::fmt;
use std::net::IpAddr;
use std::time::Duration;

use async_trait::async_trait;

use crate::error::{ErrorKind, ProviderError};
use crate::operation::Operation;

/// Machines that one discovery names at most: more than a cluster can have members.
pub const MAX_DISCOVERED: usize = 256;

/// An address as its provider names it: the IP itself, or an id.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AddressId(pub String);

impl fmt::Display for AddressId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What an address points at, in the provider's terms: a server id, a port, an interface.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Target(pub String);

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// One reading of an address.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Observation {
    /// Who holds it; `None` if it is free.
    pub holder: Option<Target>,
    /// What changes with every move, where the cloud has that.
    pub version: Option<String>,
    /// The cloud is at work on it: neither free nor settled.
    pub busy: bool,
    /// The cloud reports the holder as stopped or gone. `false` also where it does not tell.
    pub holder_down: bool,
}

/// One call that a move consists of, and whether it would be allowed.
#[derive(Debug)]
pub struct Rehearsed {
    /// As the cloud's permissions name it.
    pub action: &'static str,
    /// What the cloud said.
    pub outcome: Result<(), ProviderError>,
}

/// What a provider can do, and how fast.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Capabilities {
    /// `assign` moves an address from one holder to another in one call.
    pub moves_in_one_call: bool,
    /// How long after a successful `assign` an observation may still be old.
    pub settle: Duration,
    /// How long one request within a call takes at most.
    pub request_timeout: Duration,
    /// How long one call takes at most, with all its requests; the provider itself ends it then.
    pub call_timeout: Duration,
    /// How many requests an hour the cloud allows, where that is known. Half of them are for takeovers: see [`Provider::routine_pause`].
    pub calls_per_hour: Option<u32>,
}

/// A cloud that has movable addresses.
///
/// # Guarantees
/// - `observe` is never answered from a cache.
/// - Every call ends within `capabilities().call_timeout` (for `assign` and `release` that includes waiting for the cloud's own action to end).
/// - No error, log line or `Debug` output holds a credential.
///
/// # Assumptions
/// - At most one `assign` or `release` per address is in flight from this process.
/// - A future may be dropped at any time; the call may then still take effect.
///
/// # Caveats
/// - An `assign` that ended with [`ErrorKind::MaybeApplied`] may take effect later, even much later.
///
/// # Errors
/// See [`ErrorKind`]: each kind says what the caller may do.
#[async_trait]
pub trait Provider: fmt::Debug + Send + Sync {
    /// A short name, the key under which targets are published to peers.
    fn name(&self) -> &str;

    /// What it can do.
    fn capabilities(&self) -> Capabilities;

    /// Who this node is, in the cloud's terms.
    async fn target(&self) -> Result<Target, ProviderError>;

    /// Who holds the address now.
    async fn observe(&self, address: &AddressId) -> Result<Observation, ProviderError>;

    /// Moves the address to `to`. `seen` is the observation that licensed the move (`None` in a blind takeover); a cloud with a compare-and-set refuses the move if it is
    /// no longer true. `Ok` means that the cloud confirmed the end of the move, not merely its beginning.
    async fn assign(
        &self,
        address: &AddressId,
        to: &Target,
        seen: Option<&Observation>,
    ) -> Result<(), ProviderError>;

    /// Like [`Provider::assign`] by `seen`, where the licence covers whoever else has taken the address since: for clouds whose compare-and-set costs a moment in
    /// which nobody holds the address.
    async fn take_over(
        &self,
        address: &AddressId,
        to: &Target,
        seen: &Observation,
    ) -> Result<(), ProviderError> {
        self.assign(address, to, Some(seen)).await
    }

    /// Takes the address from `from`, so that nobody holds it. No error if `from` does not hold it.
    async fn release(&self, address: &AddressId, from: &Target) -> Result<(), ProviderError>;

    /// What a person may want to know of this node at the cloud: names and values, as `les check` prints them. Nothing by default.
    async fn introduce(&self) -> Result<Vec<(&'static str, String)>, ProviderError> {
        Ok(Vec::new())
    }

    /// Whether the calls of a move to `to` would be allowed, without making them. Empty where the cloud does not tell.
    async fn rehearse(
        &self,
        _address: &AddressId,
        _to: &Target,
    ) -> Result<Vec<Rehearsed>, ProviderError> {
        Ok(Vec::new())
    }

    /// This and `settle` after another node began to move the address, an observation shows it, as moved or as busy. One request, unless
    /// a move is several of them or a job that observations do not tell of.
    fn seen_within(&self, _address: &AddressId) -> Duration {
        self.capabilities().request_timeout
    }

    /// How often the next in line should read an address at the most, to keep what it needs for a takeover warm. Zero: as often as is usual.
    fn standby_pause(&self) -> Duration {
        Duration::ZERO
    }

    /// How long a call that can wait (a reading of an address at rest, a discovery) should wait, so that half of the cloud's
    /// allowance is left for takeovers. Zero where the cloud has no limit.
    fn routine_pause(&self) -> Duration {
        Duration::ZERO
    }

    /// How many calls are left of the cloud's allowance, where that is known. For people and their alerts.
    fn budget_remaining(&self) -> Option<u32> {
        None
    }

    /// The machines that bear `selector`, a label or a tag in the cloud's own grammar: where their peers reach them, in no order,
    /// this machine among them. At most [`MAX_DISCOVERED`].
    async fn discover(&self, _selector: &str) -> Result<Vec<IpAddr>, ProviderError> {
        Err(ProviderError {
            kind: ErrorKind::Misconfigured,
            operation: Operation::Discover.as_str(),
            message: format!(
                "the provider {} cannot list machines: name the seeds, or discover them by DNS",
                self.name()
            ),
            source: None,
        })
    }
}
