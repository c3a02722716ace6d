//! `election.profile`: timings that fit together, under one name.

use std::fmt;
use std::time::Duration;

use les_core::ElectionConfig;

use super::error::Rule;
use super::limits::PROFILES;

/// A set of timings that fit together; every key that is written wins over it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Profile {
    /// Beats of 100 ms, silent after 800 ms: nodes in one region, some loss, busy machines.
    #[default]
    Default,
    /// Beats of 50 ms, silent after 300 ms: nodes in one room on machines with time to spare.
    Fast,
    /// Beats of 250 ms, silent after 2.5 s: nodes far apart, or networks that stall.
    Wan,
}

impl Profile {
    /// All of them.
    pub(super) const ALL: [Self; 3] = [Self::Default, Self::Fast, Self::Wan];

    /// As it is written in the configuration.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Default => "default",
            Self::Fast => "fast",
            Self::Wan => "wan",
        }
    }

    pub(super) fn parse(written: &str) -> Result<Self, Rule> {
        match written {
            "default" => Ok(Self::Default),
            "fast" => Ok(Self::Fast),
            "wan" => Ok(Self::Wan),
            _ => Err(Rule::NotAChoice { allowed: PROFILES }),
        }
    }

    /// The defaults of the core, with this profile's `beat` and `silence_after`.
    pub(super) fn timings(self) -> ElectionConfig {
        let ms = Duration::from_millis;
        let default = ElectionConfig::default();
        let (beat, silence_after) = match self {
            Self::Default => (default.beat, default.silence_after),
            Self::Fast => (ms(50), ms(300)),
            Self::Wan => (ms(250), ms(2500)),
        };
        ElectionConfig {
            beat,
            silence_after,
            ..default
        }
    }
}

impl fmt::Display for Profile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
