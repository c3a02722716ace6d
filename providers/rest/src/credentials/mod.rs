//! What authorises requests: where it comes from, and how it is renewed.
//!
//! `source.rs` reads environment and files, `authority.rs` turns that into what a request carries, `token.rs` fetches tokens.

mod authority;
mod source;
mod token;

use std::collections::BTreeMap;
use std::fmt;

use les_provider::Secret;

pub(crate) use authority::{Authority, Grant};
use source::{Credential, Form};

use crate::build_error::BuildError;
use crate::preset::Preset;

/// The credentials of one of a preset's ways to be authorised. Printed nowhere.
#[derive(Clone)]
pub struct Credentials {
    /// Which of the preset's ways.
    auth: usize,
    parts: BTreeMap<String, Credential>,
}

impl Credentials {
    /// Finds the credentials of the first of the preset's ways for which all are given: in an environment variable, in the file that the
    /// variable's name with `_FILE` names, or in systemd's `$CREDENTIALS_DIRECTORY`. White space around a value is dropped: files that
    /// end in a newline are common.
    ///
    /// # Errors
    /// [`BuildError::NoCredentials`], [`BuildError::TwoSources`], [`BuildError::CredentialFile`], [`BuildError::CredentialForm`].
    pub fn lookup(
        preset: &Preset,
        environment: &dyn Fn(&str) -> Option<String>,
    ) -> Result<Self, BuildError> {
        for (index, auth) in preset.auth.iter().enumerate() {
            let mut parts = BTreeMap::new();
            for (name, variables) in &auth.credentials {
                let form = if name == "token" && auth.fetch.is_none() {
                    Form::Token
                } else {
                    Form::Line
                };
                if let Some(credential) = Credential::find(variables, form, environment)? {
                    parts.insert(name.clone(), credential);
                }
            }
            if parts.len() == auth.credentials.len() {
                return Ok(Self { auth: index, parts });
            }
        }
        let ways: Vec<String> = preset.auth.iter().map(|auth| auth.variables()).collect();
        Err(BuildError::NoCredentials {
            variables: ways.join(", or "),
        })
    }

    fn values(&self) -> impl Iterator<Item = (&str, &Secret)> {
        self.parts
            .iter()
            .map(|(name, credential)| (name.as_str(), &credential.value))
    }

    /// Looks whether files have changed; reads all of them if these were `refused`. Whether any credential is another one now.
    fn refresh(&mut self, refused: bool) -> bool {
        let mut changed = false;
        for credential in self.parts.values_mut() {
            changed |= credential.refresh(refused);
        }
        changed
    }

    /// The environment variables that hold the credentials or name their files, for a person. Never their values.
    #[must_use]
    pub fn variables(&self) -> String {
        let names: Vec<&str> = self.parts.values().map(|c| c.variable.as_str()).collect();
        names.join(" and ")
    }

    fn are_in_files(&self) -> bool {
        self.parts.values().any(|c| c.file.is_some())
    }
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Credentials({})", self.variables())
    }
}
