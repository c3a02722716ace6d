//! What `/diag/` shows of the provider and of each address.

use les_core::{ArbiterStatus, FailureKind, Time};
use les_provider::ProviderError;

use super::convert;
use crate::words;

/// One address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AddressStatus {
    /// What was read and decided.
    pub arbiter: ArbiterStatus,
    /// The call in flight, and since when.
    pub call: Option<(Call, Time)>,
    /// The last call that failed. It stays after a success: its age tells.
    pub last_error: Option<LastError>,
    /// When the first reading began of the unbroken row that shows the present holder.
    pub held_since: Option<Time>,
}

/// A call to the provider.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Call {
    /// Who holds the address?
    Observe,
    /// Move it here.
    Assign,
}

impl Call {
    /// One word.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Observe => "observe",
            Self::Assign => "assign",
        }
    }
}

/// The readings of one address by a node that is the next in line.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StandbyStatus {
    /// This node would lead next.
    pub next_in_line: bool,
    /// When a reading succeeded last.
    pub last_ok: Option<Time>,
    /// The last reading that failed. It stays after a success: its age tells.
    pub last_error: Option<LastError>,
}

/// The provider.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ProviderStatus {
    /// Its name.
    pub name: String,
    /// Who this node is there, once that is known.
    pub target: Option<String>,
    /// Why that is not known.
    pub last_error: Option<LastError>,
}

/// A call that failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LastError {
    /// What it means.
    pub kind: FailureKind,
    /// What happened, with its causes.
    pub message: String,
    /// When.
    pub at: Time,
}

impl LastError {
    /// From the provider's error.
    #[must_use]
    pub fn new(error: &ProviderError, at: Time) -> Self {
        Self {
            kind: convert::failure_kind(error.kind),
            message: words::chain(error),
            at,
        }
    }
}
