//! `[election]`: timings from a profile or as they are written, and how long each may be beside the others.

use std::fmt;
use std::time::Duration;

use les_core::ElectionConfig;

use super::error::{ConfigError, Origin, Rule};
use super::layers::Origins;
use super::limits;
use super::profile::Profile;
use super::raw::{RawElection, Scalar};
use super::validate::{Check, duration, flag};

/// Beats that fit into a silence at least: with fewer, a few late ones or one lost segment (TCP sends it again after 200 ms at the soonest)
/// would be a silence.
const BEATS_IN_SILENCE: u32 = 5;

const PROFILE: &str = "election.profile";
const BEAT: &str = "election.beat";
const SILENCE: &str = "election.silence_after";
const POLLED_SILENCE: &str = "election.polled_silence_after";
const ZOMBIE: &str = "election.zombie_after";

/// A timing beside which another one is checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Timing {
    /// Its key.
    pub key: &'static str,
    /// Its value.
    pub value: Duration,
    /// Where that was written.
    pub origin: Origin,
}

impl fmt::Display for Timing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let value = humantime::format_duration(self.value);
        write!(f, "{} ({value}, {})", self.key, self.origin)
    }
}

/// The profile, and every timing by its key with where it was written: what `les check` shows.
#[must_use]
pub(super) fn in_force(
    profile: Profile,
    config: &ElectionConfig,
    origins: &Origins,
) -> [Timing; 3] {
    [
        (BEAT, config.beat),
        (SILENCE, config.silence_after),
        (POLLED_SILENCE, config.polled_silence_after),
    ]
    .map(|(key, value)| timing(profile, origins, key, value))
}

impl Check<'_> {
    pub(super) fn election(
        &self,
        raw: &RawElection,
    ) -> Result<(Profile, ElectionConfig), ConfigError> {
        let profile = self.value(
            PROFILE,
            raw.profile.as_ref(),
            Profile::default(),
            Profile::parse,
        )?;
        let d = profile.timings();
        let time = |key: &str, raw: &Option<Scalar>, default, bounds| {
            self.duration(&format!("election.{key}"), raw.as_ref(), default, bounds)
        };
        #[rustfmt::skip] // a table: key, what was written, default, bounds
        let config = {
            let silence_after = time("silence_after", &raw.silence_after, d.silence_after, limits::SILENCE)?;
            // Before there were streams this was the one for polled members: who wrote a longer one then means it still.
            let polled_silence_after = d.polled_silence_after.max(silence_after);
            ElectionConfig {
                beat: time("beat", &raw.beat, d.beat, limits::BEAT)?,
                silence_after,
                polled_silence_after: time("polled_silence_after", &raw.polled_silence_after, polled_silence_after, limits::SILENCE)?,
                poll_interval: time("poll_interval", &raw.poll_interval, d.poll_interval, limits::POLL_INTERVAL)?,
                reference_poll_interval: time("reference_poll_interval", &raw.reference_poll_interval, d.reference_poll_interval, limits::REFERENCE_POLL_INTERVAL)?,
                poll_timeout: time("poll_timeout", &raw.poll_timeout, d.poll_timeout, limits::POLL_TIMEOUT)?,
                lone_wait: time("lone_wait", &raw.lone_wait, d.lone_wait, limits::LONE_WAIT)?,
                zombie_after: time("zombie_after", &raw.zombie_after, d.zombie_after, limits::ZOMBIE_AFTER)?,
                join_window: time("join_window", &raw.join_window, d.join_window, limits::JOIN_WINDOW)?,
                missed_polls: self.count("election.missed_polls", raw.missed_polls.as_ref(), d.missed_polls, limits::MISSED_POLLS)?,
                alone_after: self.value("election.alone_after", raw.alone_after.as_ref(), d.alone_after, alone_after)?,
                max_members: self.max_members(raw.max_members.as_ref(), d.max_members)?,
                watch: self.value("election.watch", raw.watch.as_ref(), d.watch, flag)?,
                ..d
            }
        };
        self.fit_together(profile, &config)?;
        Ok((profile, config))
    }

    /// The rules between timings: each names both, and what to change.
    fn fit_together(&self, profile: Profile, config: &ElectionConfig) -> Result<(), ConfigError> {
        let timing = |key, value| timing(profile, self.origins, key, value);
        let poll_timeout = timing("election.poll_timeout", config.poll_timeout);
        let beat = timing(BEAT, config.beat);
        let silence_after = timing(SILENCE, config.silence_after);
        let polled_silence_after = timing(POLLED_SILENCE, config.polled_silence_after);
        let reference_poll_interval = timing(
            "election.reference_poll_interval",
            config.reference_poll_interval,
        );
        let zombie_after = || timing(ZOMBIE, config.zombie_after);
        if silence_after.value < BEATS_IN_SILENCE * beat.value {
            let rule = Rule::BeatTooSlow {
                most: silence_after.value / BEATS_IN_SILENCE,
                least: BEATS_IN_SILENCE * beat.value,
                silence_after,
            };
            return Err(beat.breaks(rule));
        }
        if poll_timeout.value >= polled_silence_after.value {
            return Err(poll_timeout.breaks(Rule::PollTimeoutNotBelowSilence {
                polled_silence_after,
            }));
        }
        for timing in [silence_after, polled_silence_after, reference_poll_interval] {
            let zombie_after = zombie_after();
            if timing.value >= zombie_after.value {
                return Err(timing.breaks(Rule::NotBelowZombie { zombie_after }));
            }
        }
        Ok(())
    }

    fn max_members(&self, raw: Option<&Scalar>, default: usize) -> Result<usize, ConfigError> {
        let bounds = limits::MAX_MEMBERS;
        let default = u32::try_from(default).unwrap_or(bounds.most);
        let count = self.count("election.max_members", raw, default, bounds)?;
        Ok(usize::try_from(count).unwrap_or(usize::MAX))
    }
}

impl Timing {
    fn breaks(self, rule: Rule) -> ConfigError {
        let value = humantime::format_duration(self.value).to_string();
        ConfigError::invalid(self.key, value, self.origin, rule)
    }
}

/// What a profile sets is written nowhere, and not the default either.
fn timing(profile: Profile, origins: &Origins, key: &'static str, value: Duration) -> Timing {
    let origin = match origins.of(key) {
        Origin::Default if profile != Profile::Default && matches!(key, BEAT | SILENCE) => {
            Origin::Profile(profile)
        }
        origin => origin,
    };
    Timing { key, value, origin }
}

fn alone_after(value: &str) -> Result<Option<Duration>, Rule> {
    if value == "never" {
        Ok(None)
    } else {
        duration(value).map(Some)
    }
}
