//! Where a credential is: in an environment variable, or in a file that may change.

use std::fs::Metadata;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use les_provider::Secret;

use crate::build_error::BuildError;

/// Bytes of a file with a credential; a private key in PEM has 4 KiB.
const MAX_FILE: u64 = 64 * 1024;

/// What is added to a variable's name to give a file's path.
const FILE_SUFFIX: &str = "_FILE";

/// systemd's directory of credentials: `LoadCredential=HCLOUD_TOKEN:/etc/les/token` puts a file of that name there.
const SYSTEMD_DIRECTORY: &str = "CREDENTIALS_DIRECTORY";

/// What a credential can look like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    /// It stands alone in a header: ASCII without spaces.
    Token,
    /// Anything on one line.
    Line,
}

/// One credential, with where it came from.
#[derive(Clone, Debug)]
pub(super) struct Credential {
    form: Form,
    /// The environment variable that holds it or names its file.
    pub(super) variable: String,
    pub(super) value: Secret,
    pub(super) file: Option<File>,
    /// It was told that the file cannot be used.
    complained: bool,
}

/// The file that holds a credential.
#[derive(Clone, Debug)]
pub(super) struct File {
    path: PathBuf,
    /// What it was like when it was last read.
    stamp: Option<Stamp>,
}

/// What changes when a file does.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Stamp {
    modified: Option<SystemTime>,
    length: u64,
}

impl Credential {
    /// The first of these variables that is given in any way. An empty one counts as not given.
    pub(super) fn find(
        variables: &[String],
        form: Form,
        environment: &dyn Fn(&str) -> Option<String>,
    ) -> Result<Option<Self>, BuildError> {
        for variable in variables {
            let given = |name: &str| environment(name).filter(|value| !value.trim().is_empty());
            let named = given(&format!("{variable}{FILE_SUFFIX}")).map(PathBuf::from);
            let credential = match (given(variable), named) {
                (Some(_), Some(_)) => {
                    return Err(BuildError::TwoSources {
                        variable: variable.clone(),
                    });
                }
                (Some(value), None) => Some(Self {
                    form,
                    variable: variable.clone(),
                    value: Secret::new(value.trim()),
                    file: None,
                    complained: false,
                }),
                (None, Some(path)) => Some(Self::from_file(variable, form, path)?),
                (None, None) => {
                    let path =
                        given(SYSTEMD_DIRECTORY).map(|dir| Path::new(dir.trim()).join(variable));
                    let path = path.filter(|path| path.exists());
                    path.map(|path| Self::from_file(variable, form, path))
                        .transpose()?
                }
            };
            if let Some(credential) = credential {
                if form.accepts(&credential.value) {
                    return Ok(Some(credential));
                }
                return Err(BuildError::CredentialForm {
                    variable: credential.variable,
                });
            }
        }
        Ok(None)
    }

    fn from_file(variable: &str, form: Form, path: PathBuf) -> Result<Self, BuildError> {
        let mut file = File { path, stamp: None };
        let value = file.read().map_err(|source| BuildError::CredentialFile {
            variable: variable.to_owned(),
            path: file.path.display().to_string(),
            source,
        })?;
        Ok(Self {
            form,
            variable: variable.to_owned(),
            value,
            file: Some(file),
            complained: false,
        })
    }

    /// Looks at the file, and reads it again if it has changed or if this one was `refused`. Whether the credential is another one now.
    /// What cannot be read or sent leaves the old one in place: a file is replaced in two steps.
    pub(super) fn refresh(&mut self, refused: bool) -> bool {
        let Some(file) = &mut self.file else {
            return false;
        };
        let stamp = std::fs::metadata(&file.path).map(|metadata| Stamp::of(&metadata));
        if !refused && stamp.as_ref().ok() == file.stamp.as_ref() {
            return false;
        }
        let problem = match file.read() {
            Ok(value) if value == self.value => {
                self.complained = false;
                return false;
            }
            Ok(value) if self.form.accepts(&value) => {
                self.value = value;
                self.complained = false;
                return true;
            }
            Ok(_) => "it does not hold a credential on one line".to_owned(),
            Err(error) => error.to_string(),
        };
        if !std::mem::replace(&mut self.complained, true) {
            tracing::warn!(
                event = "credential_unreadable",
                variable = self.variable,
                "the file {} cannot be used, and the credential in use is kept: {problem}",
                file.path.display()
            );
        }
        false
    }
}

impl Form {
    fn accepts(self, secret: &Secret) -> bool {
        let text = secret.expose();
        let good = match self {
            Self::Token => text.bytes().all(|byte| byte.is_ascii_graphic()),
            Self::Line => !text.chars().any(char::is_control),
        };
        good && !text.is_empty()
    }
}

impl File {
    fn read(&mut self) -> io::Result<Secret> {
        // A pipe or a device would keep whoever opens it waiting, and with it every call.
        if !std::fs::metadata(&self.path)?.is_file() {
            return Err(io::Error::other("it is not a regular file"));
        }
        let file = std::fs::File::open(&self.path)?;
        let stamp = Stamp::of(&file.metadata()?);
        if stamp.length > MAX_FILE {
            return Err(io::Error::other(format!(
                "it has more than {MAX_FILE} bytes"
            )));
        }
        let mut text = String::new();
        file.take(MAX_FILE).read_to_string(&mut text)?;
        self.stamp = Some(stamp);
        Ok(Secret::new(text.trim()))
    }
}

impl Stamp {
    fn of(metadata: &Metadata) -> Self {
        Self {
            modified: metadata.modified().ok(),
            length: metadata.len(),
        }
    }
}
