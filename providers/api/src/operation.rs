//! The calls that a cloud receives.

/// What a caller can ask of a cloud.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Operation {
    /// Who am I?
    Target,
    /// Who holds the address?
    Observe,
    /// Move the address to a machine.
    Assign,
    /// Take the address from its holder.
    Release,
    /// Has the action ended? (Clouds whose writes are jobs.)
    Poll,
    /// What does the cloud call this address?
    Locate,
    /// A token for further calls, please.
    Token,
    /// Which machines belong to the cluster?
    Discover,
}

impl Operation {
    /// One word for logs and errors.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Target => "target",
            Self::Observe => "observe",
            Self::Assign => "assign",
            Self::Release => "release",
            Self::Poll => "poll",
            Self::Locate => "locate",
            Self::Token => "token",
            Self::Discover => "discover",
        }
    }

    /// It changes who holds the address.
    #[must_use]
    pub const fn writes(self) -> bool {
        matches!(self, Self::Assign | Self::Release)
    }
}
