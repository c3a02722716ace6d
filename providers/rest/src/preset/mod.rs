//! A cloud's API as data: what a preset says, checked.
//!
//! `raw.rs` is what may be written, this module is what is true, `validate.rs` turns the one into the other.

mod error;
mod grammar;
mod raw;
mod rules;
mod validate;

use std::path::Path;
use std::time::Duration;

use les_provider::{AddressId, Target};
use reqwest::header::HeaderName;
use reqwest::{Method, Url};

pub use error::PresetError;
pub(crate) use grammar::Grammar;
pub(crate) use rules::{Rule, StatusPattern};

use crate::template::{Expression, PathTemplate};

/// The built-in presets: their names and texts.
const BUILT_IN: [(&str, &str); 1] = [(
    "digitalocean",
    include_str!("../../presets/digitalocean.toml"),
)];

/// Bytes of a preset's text; the largest built in has 4 KiB.
const MAX_TEXT: usize = 256 * 1024;

/// The names of the presets that are built in.
#[must_use]
pub fn builtin_names() -> Vec<&'static str> {
    BUILT_IN.iter().map(|(name, _)| *name).collect()
}

/// How to speak with one cloud's API.
#[derive(Clone, Debug)]
pub struct Preset {
    pub(crate) name: String,
    pub(crate) base_url: Url,
    pub(crate) auth: Auth,
    pub(crate) address: Grammar,
    pub(crate) target: Grammar,
    pub(crate) identity: Option<Identity>,
    pub(crate) limits: Limits,
    pub(crate) describe: Describe,
    pub(crate) assign: Request,
    pub(crate) unassign: Request,
    pub(crate) action: Option<Action>,
    /// Where an answer carries the cloud's own words about an error.
    pub(crate) message: Option<Expression>,
    /// The header in which a throttled answer says when it will work again, in Unix time.
    pub(crate) reset_header: Option<HeaderName>,
    pub(crate) rules: Vec<Rule>,
}

/// How requests are authorised.
#[derive(Clone, Debug)]
pub(crate) enum Auth {
    /// `Authorization: Bearer`, with the token from the first of these environment variables that is set.
    Bearer { token_env: Vec<String> },
}

/// Where a machine reads its own id: plain text at a link-local address.
#[derive(Clone, Debug)]
pub(crate) struct Identity {
    pub(crate) metadata_base: Url,
    pub(crate) path: PathTemplate,
}

/// How fast the cloud is, and how long it is waited for.
#[derive(Clone, Debug)]
pub(crate) struct Limits {
    pub(crate) moves_in_one_call: bool,
    pub(crate) settle: Duration,
    pub(crate) connect_timeout: Duration,
    pub(crate) request_timeout: Duration,
    pub(crate) call_timeout: Duration,
}

/// One HTTP request.
#[derive(Clone, Debug)]
pub(crate) struct Request {
    pub(crate) method: Method,
    pub(crate) path: PathTemplate,
    /// Its value is sent as JSON.
    pub(crate) json: Option<Expression>,
}

/// How an address is read.
#[derive(Clone, Debug)]
pub(crate) struct Describe {
    pub(crate) request: Request,
    pub(crate) holder: Expression,
    pub(crate) busy: Option<Expression>,
    pub(crate) holder_down: Option<Expression>,
}

/// How the job that a write begins is followed to its end.
#[derive(Clone, Debug)]
pub(crate) struct Action {
    pub(crate) request: Request,
    pub(crate) status: Expression,
    pub(crate) pending: Vec<String>,
    pub(crate) ok: Vec<String>,
    pub(crate) failed: Vec<String>,
    pub(crate) interval: Duration,
    pub(crate) deadline: Duration,
}

impl Preset {
    /// The preset that a configuration names: a built-in one, or a file if the text has a `/` or ends in `.toml`.
    ///
    /// # Errors
    /// Every [`PresetError`].
    pub fn find(kind: &str) -> Result<Self, PresetError> {
        if kind.contains('/') || kind.ends_with(".toml") {
            Self::load(Path::new(kind))
        } else {
            Self::builtin(kind)
        }
    }

    /// A built-in preset.
    ///
    /// # Errors
    /// [`PresetError::Unknown`].
    pub fn builtin(name: &str) -> Result<Self, PresetError> {
        match BUILT_IN.iter().find(|(known, _)| *known == name) {
            Some((name, text)) => Self::parse(&format!("{name} (built in)"), text),
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

    /// The environment variables that may hold the token, in the order of their precedence.
    #[must_use]
    pub fn token_variables(&self) -> &[String] {
        let Auth::Bearer { token_env } = &self.auth;
        token_env
    }

    /// Whether an address can be one of this cloud's.
    ///
    /// # Errors
    /// The rule that it breaks, for a person.
    pub fn check_address(&self, address: &AddressId) -> Result<(), &'static str> {
        if self.address.accepts(&address.0) {
            Ok(())
        } else {
            Err(self.address.rule())
        }
    }

    /// Whether a target can be one of this cloud's.
    ///
    /// # Errors
    /// The rule that it breaks, for a person.
    pub fn check_target(&self, target: &Target) -> Result<(), &'static str> {
        if self.target.accepts(&target.0) {
            Ok(())
        } else {
            Err(self.target.rule())
        }
    }
}
