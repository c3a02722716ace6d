//! What is said of the in-memory cloud: its behaviour, its machines' states, its readings and refusals.

use std::time::Duration;

use crate::error::ErrorKind;
use crate::provider::Target;

/// The state of a machine, as the cloud knows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Machine {
    /// It runs.
    Running,
    /// It exists, switched off.
    Stopped,
    /// It was deleted. Addresses that pointed at it still do.
    Gone,
}

/// Why the cloud refuses a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// There is no such address.
    NoSuchAddress,
    /// There is no such machine.
    NoSuchTarget,
    /// Another action on the address is under way.
    Locked,
    /// The address changed hands since the reading that the caller goes by.
    Changed,
    /// The machine holds an address already (clouds that allow one only).
    TargetHasAddress,
    /// Another machine holds the address (clouds that take it from nobody).
    Held,
}

impl Refusal {
    /// What it allows the caller to do.
    #[must_use]
    pub const fn kind(self) -> ErrorKind {
        match self {
            Self::NoSuchAddress | Self::NoSuchTarget => ErrorKind::NotFound,
            Self::Locked => ErrorKind::InProgress,
            Self::Changed | Self::TargetHasAddress | Self::Held => ErrorKind::Conflict,
        }
    }
}

/// How this cloud behaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Behaviour {
    /// From the acceptance of a write to its effect; the address is locked meanwhile.
    pub action_takes: Duration,
    /// A machine holds one address of each IP family at most: a further one is refused (DigitalOcean).
    pub one_address_per_machine: bool,
    /// An assignment takes the address from its present holder; otherwise it is refused until somebody has freed the address (Vultr).
    pub moves_in_one_call: bool,
}

impl Default for Behaviour {
    /// Writes take effect at once, a machine may hold many addresses, and an assignment takes them from others.
    fn default() -> Self {
        Self {
            action_takes: Duration::ZERO,
            one_address_per_machine: false,
            moves_in_one_call: true,
        }
    }
}

/// One reading of an address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reading {
    /// Who holds it.
    pub holder: Option<Target>,
    /// How often it changed hands.
    pub version: u64,
    /// An action on it is under way.
    pub locked: bool,
    /// The state of the holder.
    pub holder_state: Option<Machine>,
}
