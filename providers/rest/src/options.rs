//! What a configuration adds to a preset.

use std::path::PathBuf;
use std::time::Duration;

use crate::credentials::Credentials;
use crate::preset::{Deed, Limits, Preset, Procedure};
use crate::settings::Settings;
use crate::trace::Trace;

/// What a user chooses.
#[derive(Clone, Debug)]
pub struct Options {
    /// Where the API is, instead of at the preset's place.
    pub base_url: Option<String>,
    /// Where the metadata service is, instead of at the preset's place.
    pub metadata_base: Option<String>,
    /// This machine's id there; `None`: the metadata service is asked.
    pub target: Option<String>,
    /// The preset's options.
    pub settings: Settings,
    /// Certificates (PEM) that are trusted besides the system's, for the cloud's API.
    pub ca_file: Option<PathBuf>,
    /// What authorises the requests.
    pub credentials: Credentials,
    /// Is shown every exchange.
    pub trace: Option<Trace>,
    /// Other times than the preset's.
    pub timing: Timing,
}

impl Options {
    /// Everything as the preset has it.
    #[must_use]
    pub fn new(credentials: Credentials) -> Self {
        Self {
            base_url: None,
            metadata_base: None,
            target: None,
            settings: Settings::default(),
            ca_file: None,
            credentials,
            trace: None,
            timing: Timing::UNCHANGED,
        }
    }
}

/// Times that replace the preset's where they are given: tests and demos are faster than clouds.
#[derive(Clone, Copy, Debug, Default)]
pub struct Timing {
    /// See `limits.settle`.
    pub settle: Option<Duration>,
    /// See `limits.connect_timeout`.
    pub connect_timeout: Option<Duration>,
    /// See `limits.request_timeout`.
    pub request_timeout: Option<Duration>,
    /// See `limits.call_timeout`.
    pub call_timeout: Option<Duration>,
    /// See `action.interval`; also that of steps that wait.
    pub action_interval: Option<Duration>,
    /// See `action.deadline`; also that of steps that wait.
    pub action_deadline: Option<Duration>,
}

impl Timing {
    /// The preset's.
    pub const UNCHANGED: Self = Self {
        settle: None,
        connect_timeout: None,
        request_timeout: None,
        call_timeout: None,
        action_interval: None,
        action_deadline: None,
    };

    pub(crate) fn apply(self, preset: &mut Preset) {
        let replace = |value: &mut Duration, by: Option<Duration>| *value = by.unwrap_or(*value);
        let Limits {
            settle,
            connect_timeout,
            request_timeout,
            call_timeout,
            ..
        } = &mut preset.limits;
        replace(settle, self.settle);
        replace(connect_timeout, self.connect_timeout);
        replace(request_timeout, self.request_timeout);
        replace(call_timeout, self.call_timeout);
        if let Some(action) = &mut preset.action {
            replace(&mut action.interval, self.action_interval);
            replace(&mut action.deadline, self.action_deadline);
        }
        let writes = [Some(&mut preset.assign), preset.unassign.as_mut()];
        for Procedure(steps) in writes.into_iter().flatten() {
            for step in steps {
                match &mut step.deed {
                    Deed::Wait(wait) => {
                        replace(&mut wait.interval, self.action_interval);
                        replace(&mut wait.deadline, self.action_deadline);
                    }
                    Deed::Ask(ask) => {
                        if let Some(timeout) = &mut ask.request.timeout {
                            replace(timeout, self.request_timeout);
                        }
                    }
                }
            }
        }
    }
}
