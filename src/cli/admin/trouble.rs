//! Why a node could not be asked, and what to do about it.

use std::fs;
use std::io;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

use hyper::StatusCode;

/// The node could not be asked.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Trouble {
    #[error("there is no admin socket at {}: does the node run, with this node.state_dir or node.admin_socket?", .path.display())]
    NoSocket { path: PathBuf },
    #[error("nobody listens at {}: the node is not running (the file is from an earlier one)", .path.display())]
    NotRunning { path: PathBuf },
    #[error("{}", denied(.path, *.owner, *.me))]
    Denied {
        path: PathBuf,
        owner: Option<u32>,
        me: Option<u32>,
    },
    #[error("{} cannot be opened", .path.display())]
    Socket {
        path: PathBuf,
        #[source]
        source: io::Error,
    },
    #[error("{host} cannot be reached")]
    Unreachable {
        host: String,
        #[source]
        source: io::Error,
    },
    #[error("the node did not answer in time; the order may have been taken: look at its log")]
    Silent,
    #[error("the connection broke; the order may have been taken: look at the node's log")]
    Broken,
    #[error("the node does not accept this token")]
    WrongToken,
    #[error(
        "this node takes no orders there: its HTTP port does so only with node.admin_token configured"
    )]
    NoAdmin,
    #[error("the node was restarted meanwhile: ask again")]
    Restarted,
    #[error(
        "what answers there is no node of les, or one of another version (HTTP status {status})"
    )]
    NotUnderstood { status: StatusCode },
}

impl Trouble {
    pub(super) fn at_socket(path: &Path, source: io::Error) -> Self {
        let path = path.to_owned();
        match source.kind() {
            io::ErrorKind::NotFound => Self::NoSocket { path },
            io::ErrorKind::ConnectionRefused => Self::NotRunning { path },
            io::ErrorKind::PermissionDenied => Self::Denied {
                owner: owner(&path),
                me: fs::metadata("/proc/self").ok().map(|me| me.uid()),
                path,
            },
            _ => Self::Socket { path, source },
        }
    }
}

/// Of the file, or of the folder that hides it.
fn owner(path: &Path) -> Option<u32> {
    let visible = path.ancestors().find_map(|at| fs::metadata(at).ok());
    visible.map(|found| found.uid())
}

fn denied(path: &Path, owner: Option<u32>, me: Option<u32>) -> String {
    let shown = path.display();
    let (Some(owner), Some(me)) = (owner, me) else {
        return format!("you may not open {shown}: only the node's own user and root may");
    };
    let (owner, me) = (name(owner), name(me));
    format!(
        "you may not open {shown}: it belongs to {owner} and you are {me}; ask again as {owner} or as root (sudo)"
    )
}

/// A user as people know it.
fn name(uid: u32) -> String {
    let passwd = fs::read_to_string("/etc/passwd").unwrap_or_default();
    let named = passwd.lines().find_map(|line| {
        let mut fields = line.split(':');
        let (name, id) = (fields.next()?, fields.nth(1)?);
        (id == uid.to_string()).then(|| name.to_owned())
    });
    named.unwrap_or_else(|| format!("uid {uid}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_user_that_may_not_is_told_who_may() {
        let text = denied(
            Path::new("/var/lib/les/admin.sock"),
            Some(0),
            Some(4_000_000),
        );
        assert!(
            text.contains("belongs to root and you are uid 4000000"),
            "{text}"
        );
        assert_eq!(
            owner(Path::new("/proc/1/no/such/file")),
            Some(0),
            "the folder's"
        );
    }
}
