//! `node.admin_*`: by which way operators may give orders.

use std::path::{Path, PathBuf};

use les_provider::Secret;

use super::error::{ConfigError, Origin, Rule};
use super::raw::{RawNode, Scalar};
use super::validate::{Check, text};
use crate::admin::MAX_SOCKET_PATH;

/// Beside the node's other state.
const SOCKET_NAME: &str = "admin.sock";

/// By which ways operators may give orders.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AdminConfig {
    /// The Unix socket.
    pub socket: Option<AdminSocketPath>,
    /// What opens `/admin` on the HTTP port; without it there is no such page.
    pub token: Option<TokenSource>,
}

/// Where the admin socket is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AdminSocketPath {
    /// The path; at most [`MAX_SOCKET_PATH`] bytes if it was written.
    pub path: PathBuf,
    /// Nobody wrote it: it is `admin.sock` in `state_dir` or in the systemd unit's directory, and a node starts without it if it cannot be there.
    pub is_default: bool,
}

/// Where the token is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TokenSource {
    /// In the environment.
    Given(Secret),
    /// In a file.
    File(PathBuf),
}

impl Check<'_> {
    pub(super) fn admin(
        &self,
        raw: &RawNode,
        state_dir: Option<&Path>,
    ) -> Result<AdminConfig, ConfigError> {
        let default = state_dir.map(|dir| AdminSocketPath {
            path: dir.join(SOCKET_NAME),
            is_default: true,
        });
        let key = "node.admin_socket";
        let mut socket = self.value(key, raw.admin_socket.as_ref(), default, socket)?;
        if let (Some(socket), Origin::Unit(_)) = (&mut socket, self.origins.of(key)) {
            socket.is_default = true;
        }
        Ok(AdminConfig {
            socket,
            token: self.admin_token(raw)?,
        })
    }

    fn admin_token(&self, raw: &RawNode) -> Result<Option<TokenSource>, ConfigError> {
        let key = "node.admin_token";
        let given = raw.admin_token.as_ref().map(|Scalar(token)| token.trim());
        let given = given.filter(|token| !token.is_empty());
        if given.is_some() && !matches!(self.origins.of(key), Origin::Env(_)) {
            return Err(self.invalid(key, "[secret]", Rule::SecretInFile));
        }
        let path = |v: &str| text(v).map(|path| Some(PathBuf::from(path)));
        let file = self.value(
            "node.admin_token_file",
            raw.admin_token_file.as_ref(),
            None,
            path,
        )?;
        match (given, file) {
            (Some(_), Some(file)) => {
                let other = Rule::SecretTwice { file };
                Err(self.invalid(key, "[secret]", other))
            }
            (Some(token), None) => Ok(Some(TokenSource::Given(Secret::new(token)))),
            (None, file) => Ok(file.map(TokenSource::File)),
        }
    }
}

fn socket(written: &str) -> Result<Option<AdminSocketPath>, Rule> {
    if written == "none" {
        return Ok(None);
    }
    let path = PathBuf::from(text(written)?);
    if !path.is_absolute() {
        return Err(Rule::NotASocketPath);
    }
    if written.len() > MAX_SOCKET_PATH {
        return Err(Rule::SocketPathTooLong {
            bytes: written.len(),
        });
    }
    Ok(Some(AdminSocketPath {
        path,
        is_default: false,
    }))
}
