//! What a configuration adds to a preset.

use std::time::Duration;

use les_provider::Secret;

use crate::build_error::BuildError;
use crate::preset::{Limits, Preset};

/// What a user chooses.
#[derive(Clone, Debug)]
pub struct Options {
    /// Where the API is, instead of at the preset's place.
    pub base_url: Option<String>,
    /// Where the metadata service is, instead of at the preset's place.
    pub metadata_base: Option<String>,
    /// This machine's id there; `None`: the metadata service is asked.
    pub target: Option<String>,
    /// What authorises the requests.
    pub credentials: Credentials,
    /// Other times than the preset's.
    pub timing: Timing,
}

impl Options {
    /// Everything as the preset has it.
    #[must_use]
    pub const fn new(credentials: Credentials) -> Self {
        Self {
            base_url: None,
            metadata_base: None,
            target: None,
            credentials,
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
    /// See `action.interval`.
    pub action_interval: Option<Duration>,
    /// See `action.deadline`.
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
    }
}

/// What authorises requests. Printed nowhere.
#[derive(Clone, Debug)]
pub struct Credentials {
    token: Secret,
}

impl Credentials {
    /// Finds what the preset asks for by the name of an environment variable, in the preset's order. An empty value counts as
    /// none, and white space around a token is dropped: files that end in a newline are common.
    ///
    /// # Errors
    /// [`BuildError::NoToken`], [`BuildError::TokenForm`].
    pub fn lookup(
        preset: &Preset,
        variable: &dyn Fn(&str) -> Option<String>,
    ) -> Result<Self, BuildError> {
        let names = preset.token_variables();
        let found = names.iter().find_map(|name| {
            let value = variable(name)?;
            let token = value.trim();
            (!token.is_empty()).then(|| (name, Secret::new(token)))
        });
        let Some((variable, token)) = found else {
            return Err(BuildError::NoToken {
                variables: names.join(" or "),
            });
        };
        if !token.expose().bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(BuildError::TokenForm {
                variable: variable.clone(),
            });
        }
        Ok(Self { token })
    }

    pub(crate) const fn token(&self) -> &Secret {
        &self.token
    }
}
