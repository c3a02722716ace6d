//! A cloud's API as data: what a preset says, checked.
//!
//! `raw.rs` is what may be written, this module is what is true, `validate/` turns the one into the other.

mod auth;
mod builtin;
mod error;
mod grammar;
mod procedure;
mod raw;
mod rules;
mod summary;
mod validate;

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use les_provider::{AddressId, Target};
use reqwest::Url;
use reqwest::header::HeaderName;

pub(crate) use auth::{Auth, Fetch, Issuer, Lifetime, Scheme};
pub use builtin::{builtin_names, builtin_text};
pub use error::PresetError;
pub(crate) use grammar::{Grammar, Grammars};
pub(crate) use procedure::{Ask, Body, Deed, Procedure, Request, Server, Step, Wait};
pub(crate) use rules::{Rule, StatusPattern, Verdict};
pub use summary::{CredentialsSummary, OptionSummary, Summary};

use crate::template::{Expression, PathTemplate, UrlTemplate};

/// Bytes of a preset's text; the largest built in has 10 KiB.
const MAX_TEXT: usize = 256 * 1024;

/// How to speak with one cloud's API.
#[derive(Clone, Debug)]
pub struct Preset {
    pub(crate) name: String,
    /// `None`: told with the token.
    pub(crate) base_url: Option<UrlTemplate>,
    pub(crate) options: BTreeMap<String, OptionRule>,
    pub(crate) auth: Vec<Auth>,
    pub(crate) address: Grammars,
    pub(crate) target: Grammars,
    /// From an address as a person writes it to the cloud's id of it.
    pub(crate) locate: Option<Procedure>,
    pub(crate) identity: Option<Identity>,
    pub(crate) limits: Limits,
    pub(crate) describe: Describe,
    pub(crate) assign: Procedure,
    pub(crate) unassign: Option<Procedure>,
    pub(crate) action: Option<Action>,
    pub(crate) errors: Errors,
    pub(crate) discovery: Option<Discovery>,
}

/// What a user may set.
#[derive(Clone, Debug)]
pub(crate) struct OptionRule {
    pub(crate) about: String,
    pub(crate) env: Vec<String>,
    pub(crate) default: Option<String>,
    pub(crate) grammar: Grammar,
    pub(crate) required: bool,
}

/// How a machine learns its own id.
#[derive(Clone, Debug)]
pub(crate) struct Identity {
    pub(crate) metadata_base: Url,
    pub(crate) procedure: Procedure,
}

/// How fast the cloud is, how long it is waited for and how often it may be asked.
#[derive(Clone, Debug)]
pub(crate) struct Limits {
    pub(crate) moves_in_one_call: bool,
    pub(crate) settle: Duration,
    pub(crate) connect_timeout: Duration,
    pub(crate) request_timeout: Duration,
    pub(crate) call_timeout: Duration,
    pub(crate) calls_per_hour: Option<u32>,
    /// After a 401 nothing is sent with the same credentials for so long.
    pub(crate) hold_after_refused_login: Option<Duration>,
}

/// How an address is read: expressions over the last step's answer.
#[derive(Clone, Debug)]
pub(crate) struct Describe {
    pub(crate) procedure: Procedure,
    pub(crate) holder: Expression,
    pub(crate) version: Option<Expression>,
    pub(crate) busy: Option<Expression>,
    pub(crate) holder_down: Option<Expression>,
}

/// What a write's templates can only name after the address has been read.
pub(crate) const NEEDS_READING: &[&str] = &["holder", "holders", "busy"];

/// How the job that a write begins is followed to its end.
#[derive(Clone, Debug)]
pub(crate) struct Action {
    pub(crate) path: PathTemplate,
    pub(crate) status: Expression,
    pub(crate) pending: Vec<String>,
    pub(crate) ok: Vec<String>,
    pub(crate) failed: Vec<String>,
    /// Why it failed, in the cloud's own words.
    pub(crate) message: Option<Expression>,
    /// Readings of such an address do not tell that a job is under way.
    pub(crate) unseen: Option<Expression>,
    pub(crate) interval: Duration,
    pub(crate) deadline: Duration,
}

/// What answers say beside their bodies' purpose.
#[derive(Clone, Debug)]
pub(crate) struct Errors {
    /// Where an answer carries the cloud's own words about an error.
    pub(crate) message: Option<Expression>,
    /// The header in which a throttled answer says when it will work again, in Unix time.
    pub(crate) reset_header: Option<HeaderName>,
    /// The header that says how many calls the cloud's window has left.
    pub(crate) remaining_header: Option<HeaderName>,
    pub(crate) rules: Vec<Rule>,
}

/// How the cluster's machines are found.
#[derive(Clone, Debug)]
pub(crate) struct Discovery {
    /// What a selector is, for a person.
    pub(crate) about: String,
    pub(crate) procedure: Procedure,
}

impl Preset {
    /// A built-in preset.
    ///
    /// # Errors
    /// [`PresetError::Unknown`].
    pub fn builtin(name: &str) -> Result<Self, PresetError> {
        match builtin_text(name) {
            Some(text) => Self::parse(&format!("{name} (built in)"), text),
            None => Err(PresetError::Unknown {
                name: name.to_owned(),
                known: builtin_names().join(", "),
            }),
        }
    }

    /// A preset of one's own.
    ///
    /// # Errors
    /// Every [`PresetError`] but `Unknown`.
    pub fn load(path: &Path) -> Result<Self, PresetError> {
        let file = path.display().to_string();
        let text = std::fs::read_to_string(path).map_err(|source| PresetError::Unreadable {
            file: file.clone(),
            source,
        })?;
        Self::parse(&file, &text)
    }

    /// A preset from its text; `file` is what errors call it.
    ///
    /// # Errors
    /// As [`Preset::load`].
    pub fn parse(file: &str, text: &str) -> Result<Self, PresetError> {
        if text.len() > MAX_TEXT {
            return Err(PresetError::TooLarge {
                file: file.to_owned(),
                size: text.len(),
                limit: MAX_TEXT,
            });
        }
        let raw = toml::from_str(text).map_err(|source| PresetError::Form {
            file: file.to_owned(),
            source: Box::new(source),
        })?;
        validate::validate(file, raw)
    }

    /// The cloud's short name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What a selector of [`les_provider::Provider::discover`] is at this cloud; `None`: it cannot list machines.
    #[must_use]
    pub fn selector(&self) -> Option<&str> {
        self.discovery.as_ref().map(|discovery| &*discovery.about)
    }

    /// Whether an address can be one of this cloud's.
    ///
    /// # Errors
    /// The rule that it breaks, for a person.
    pub fn check_address(&self, address: &AddressId) -> Result<(), String> {
        self.address.check(&address.0)
    }

    /// Whether a target can be one of this cloud's.
    ///
    /// # Errors
    /// The rule that it breaks, for a person.
    pub fn check_target(&self, target: &Target) -> Result<(), String> {
        self.target.check(&target.0)
    }

    /// How long a write takes at most, with the reading before it where it needs one.
    pub(crate) fn longest(&self, write: &Procedure) -> Duration {
        let job = self.action.as_ref().map(|action| action.deadline);
        self.longest_with(write, job.unwrap_or_default())
    }

    /// How long after a move of this address began a reading shows it at the latest, [`Limits::settle`] aside: a sequence has shown an
    /// address as free before it shows it as moved, and where readings do not tell that a job is under way they are old until it ends.
    pub(crate) fn seen_within(&self, address: &AddressId) -> Duration {
        let names = minijinja::context! { address => &address.0 };
        let is_unseen = |action: &&Action| match &action.unseen {
            Some(unseen) => unseen.holds(&names),
            None => self.describe.busy.is_none(),
        };
        let unseen = self.action.as_ref().filter(is_unseen);
        let job = unseen.map(|action| action.deadline);
        self.longest_with(&self.assign, job.unwrap_or_default())
    }

    fn longest_with(&self, write: &Procedure, job: Duration) -> Duration {
        let request = self.limits.request_timeout;
        let reading = if write.needs(NEEDS_READING) {
            self.describe.procedure.longest(request, Duration::ZERO)
        } else {
            Duration::ZERO
        };
        reading + write.longest(request, job)
    }
}
