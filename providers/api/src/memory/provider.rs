//! `Provider` on the in-memory cloud, for one machine.

use std::time::Duration;

use async_trait::async_trait;

use super::MemoryCloud;
use super::action::ActionState;
use super::fault::Fault;
use super::log::CallId;
use super::passage::Passage;
use super::terms::{Machine, Reading, Refusal};
use crate::error::{ErrorKind, ProviderError};
use crate::operation::Operation;
use crate::provider::{AddressId, Capabilities, Observation, Provider, Target};

/// How a [`MemoryProvider`] presents the cloud.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Profile {
    /// Observations carry a version, and a write that goes by an old one is refused.
    pub versions: bool,
    /// What it says of itself; `call_timeout` is kept.
    pub capabilities: Capabilities,
    /// The cloud accepts its credentials.
    pub admitted: bool,
}

impl Default for Profile {
    /// Versions, no settling, calls of at most 10 s, admitted.
    fn default() -> Self {
        let capabilities = Capabilities {
            moves_in_one_call: true,
            settle: Duration::ZERO,
            request_timeout: Duration::from_secs(10),
            call_timeout: Duration::from_secs(10),
            calls_per_hour: None,
        };
        Self {
            versions: true,
            capabilities,
            admitted: true,
        }
    }
}

/// One machine's access to an in-memory cloud.
#[derive(Debug)]
pub struct MemoryProvider {
    cloud: MemoryCloud,
    me: Target,
    profile: Profile,
}

impl MemoryProvider {
    /// Access for the machine `me`.
    #[must_use]
    pub const fn new(cloud: MemoryCloud, me: Target, profile: Profile) -> Self {
        Self { cloud, me, profile }
    }

    /// Ends `work` at the call's timeout, and records what the caller is told.
    async fn bounded<T>(
        &self,
        operation: Operation,
        call: CallId,
        work: impl Future<Output = Result<T, ProviderError>>,
    ) -> Result<T, ProviderError> {
        let ended = tokio::time::timeout(self.profile.capabilities.call_timeout, work).await;
        let Ok(result) = ended else {
            return Err(unanswered(operation));
        };
        let refused = result.as_ref().err().map(|error| error.kind);
        self.cloud
            .with(|world, now| world.answer(now, call, refused));
        result
    }

    fn ask(
        &self,
        operation: Operation,
        address: Option<&AddressId>,
        target: Option<&Target>,
    ) -> (CallId, Option<Fault>) {
        self.cloud
            .with(|world, now| world.ask(now, operation, address, target))
    }

    /// Checks the credentials and plays the fault that the call meets.
    async fn admit(
        &self,
        operation: Operation,
        fault: Option<Fault>,
    ) -> Result<Passage, ProviderError> {
        if !self.profile.admitted {
            let message = "the cloud does not accept the credentials";
            return Err(refused(operation, ErrorKind::Denied, message));
        }
        let message = "the cloud refuses the call";
        Passage::through(fault)
            .await
            .map_err(|kind| refused(operation, kind, message))
    }

    async fn write(
        &self,
        (operation, call): (Operation, CallId),
        address: &AddressId,
        to: Option<&Target>,
        expected: Option<u64>,
        passage: Passage,
    ) -> Result<(), ProviderError> {
        let begun = self
            .cloud
            .accept(call, address, to, expected, passage)
            .await;
        let action = begun.map_err(|why| explain(operation, why))?;
        match self.cloud.ended(action).await {
            ActionState::Done => Ok(()),
            ActionState::Pending | ActionState::Failed | ActionState::Lost => Err(refused(
                operation,
                ErrorKind::Transient,
                "the cloud's action failed",
            )),
        }
    }

    fn observation(&self, reading: Reading) -> Observation {
        Observation {
            holder: reading.holder,
            version: self.profile.versions.then(|| reading.version.to_string()),
            busy: reading.locked,
            holder_down: matches!(reading.holder_state, Some(Machine::Stopped | Machine::Gone)),
        }
    }

    /// The version that a write goes by; one that this cloud never gave is as good as an old one.
    fn expected(&self, seen: Option<&Observation>) -> Option<u64> {
        let version = seen.filter(|_| self.profile.versions)?.version.as_ref()?;
        Some(version.parse().unwrap_or(u64::MAX))
    }
}

#[async_trait]
impl Provider for MemoryProvider {
    fn name(&self) -> &str {
        "memory"
    }

    fn capabilities(&self) -> Capabilities {
        self.profile.capabilities
    }

    async fn target(&self) -> Result<Target, ProviderError> {
        let (call, fault) = self.ask(Operation::Target, None, None);
        self.bounded(Operation::Target, call, async {
            self.admit(Operation::Target, fault).await?;
            Ok(self.me.clone())
        })
        .await
    }

    async fn observe(&self, address: &AddressId) -> Result<Observation, ProviderError> {
        let (call, fault) = self.ask(Operation::Observe, Some(address), None);
        self.bounded(Operation::Observe, call, async {
            let passage = self.admit(Operation::Observe, fault).await?;
            let read = |stale| {
                self.cloud.with(|world, _| {
                    if stale {
                        world.read_stale(address)
                    } else {
                        world.read(address)
                    }
                })
            };
            read(passage.stale)
                .map(|reading| self.observation(reading))
                .map_err(|why| explain(Operation::Observe, why))
        })
        .await
    }

    async fn assign(
        &self,
        address: &AddressId,
        to: &Target,
        seen: Option<&Observation>,
    ) -> Result<(), ProviderError> {
        let (call, fault) = self.ask(Operation::Assign, Some(address), Some(to));
        let expected = self.expected(seen);
        self.bounded(Operation::Assign, call, async {
            let passage = self.admit(Operation::Assign, fault).await?;
            self.write(
                (Operation::Assign, call),
                address,
                Some(to),
                expected,
                passage,
            )
            .await
        })
        .await
    }

    async fn release(&self, address: &AddressId, from: &Target) -> Result<(), ProviderError> {
        let (call, fault) = self.ask(Operation::Release, Some(address), Some(from));
        self.bounded(Operation::Release, call, async {
            let passage = self.admit(Operation::Release, fault).await?;
            let reading = self
                .cloud
                .with(|world, _| world.read(address))
                .map_err(|why| explain(Operation::Release, why))?;
            if reading.holder.as_ref() != Some(from) {
                return Ok(());
            }
            self.write(
                (Operation::Release, call),
                address,
                None,
                Some(reading.version),
                passage,
            )
            .await
        })
        .await
    }
}

fn explain(operation: Operation, refusal: Refusal) -> ProviderError {
    let message = match refusal {
        Refusal::NoSuchAddress => "there is no such address",
        Refusal::NoSuchTarget => "there is no such machine",
        Refusal::Locked => "another action on the address is under way",
        Refusal::Changed => "the address changed hands since it was read",
        Refusal::TargetHasAddress => "the machine holds an address already",
        Refusal::Held => "another machine holds the address",
    };
    refused(operation, refusal.kind(), message)
}

fn refused(operation: Operation, kind: ErrorKind, message: &str) -> ProviderError {
    ProviderError {
        kind,
        operation: operation.as_str(),
        message: message.to_owned(),
        source: None,
    }
}

/// No answer in time: of a write nobody knows whether it was done.
fn unanswered(operation: Operation) -> ProviderError {
    let kind = if operation.writes() {
        ErrorKind::MaybeApplied
    } else {
        ErrorKind::Transient
    };
    refused(operation, kind, "no answer in time")
}
