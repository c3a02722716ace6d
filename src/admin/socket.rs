//! The admin socket: whoever may open the file may give orders.

use std::fs::{self, Permissions};
use std::io;
use std::os::unix::fs::{FileTypeExt as _, MetadataExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use socket2::{Domain, SockAddr, Socket, Type};
use tokio::net::UnixListener;

/// Bytes of a path that fit into `sun_path` (Linux, unix(7)) with its terminating zero.
pub const MAX_SOCKET_PATH: usize = 107;
/// Connections that wait to be accepted; operators are few.
const BACKLOG: i32 = 8;
/// The owner alone, and root.
const MODE: u32 = 0o600;

/// Why there is no admin socket.
#[derive(Debug, thiserror::Error)]
pub enum SocketError {
    /// Its address has no room for the path.
    #[error("the path has {bytes} bytes, and a Unix socket's may have {MAX_SOCKET_PATH}")]
    TooLong {
        /// How long it is.
        bytes: usize,
    },
    /// Another process answers there.
    #[error(
        "another process listens there: is this node running already? Each node needs a socket (and a state_dir) of its own"
    )]
    InUse,
    /// Somebody's file.
    #[error("something that is not a socket is there; it is left alone")]
    NotASocket,
    /// The folder does not exist.
    #[error("its folder does not exist")]
    NoFolder,
    /// Anything else: not permitted, read-only, full.
    #[error("it cannot be made: {0}")]
    Io(io::Error),
}

/// The bound socket. Its file goes with it.
#[derive(Debug)]
pub struct AdminSocket {
    listener: UnixListener,
    path: PathBuf,
    /// Device and inode of the file: what another process has put there since is not removed.
    file: Option<(u64, u64)>,
}

impl AdminSocket {
    /// Listens at `path`. The file of a process that is dead is replaced. Must be called within a runtime.
    ///
    /// # Errors
    /// Each [`SocketError`].
    pub fn bind(path: &Path) -> Result<Self, SocketError> {
        let bytes = path.as_os_str().len();
        if bytes > MAX_SOCKET_PATH {
            return Err(SocketError::TooLong { bytes });
        }
        clear(path)?;
        let listener = listen(path).map_err(SocketError::from)?;
        Ok(Self {
            listener,
            path: path.to_owned(),
            file: identity(path),
        })
    }

    /// Where it is.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    pub(super) const fn listener(&self) -> &UnixListener {
        &self.listener
    }
}

impl Drop for AdminSocket {
    fn drop(&mut self) {
        if self.file.is_some() && identity(&self.path) == self.file {
            // What stays is replaced at the next start.
            let _ = fs::remove_file(&self.path);
        }
    }
}

impl From<io::Error> for SocketError {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::AddrInUse => Self::InUse,
            io::ErrorKind::NotFound => Self::NoFolder,
            _ => Self::Io(error),
        }
    }
}

/// Nobody can connect before `listen`, and by then the mode is set.
fn listen(path: &Path) -> io::Result<UnixListener> {
    let socket = Socket::new(Domain::UNIX, Type::STREAM, None)?;
    socket.set_nonblocking(true)?;
    socket.bind(&SockAddr::unix(path)?)?;
    fs::set_permissions(path, Permissions::from_mode(MODE))?;
    socket.listen(BACKLOG)?;
    UnixListener::from_std(socket.into())
}

/// Removes what a dead process left.
fn clear(path: &Path) -> Result<(), SocketError> {
    let found = match fs::symlink_metadata(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(SocketError::Io(error)),
        Ok(found) => found,
    };
    if !found.file_type().is_socket() {
        return Err(SocketError::NotASocket);
    }
    match connect(path) {
        // Only the kernel refuses: nobody listens.
        Err(error) if error.kind() == io::ErrorKind::ConnectionRefused => {
            fs::remove_file(path).map_err(SocketError::Io)
        }
        Err(error) if error.kind() == io::ErrorKind::PermissionDenied => {
            Err(SocketError::Io(error))
        }
        // Accepted, or its queue is full: somebody listens.
        Ok(()) | Err(_) => Err(SocketError::InUse),
    }
}

/// Does not wait: a process that listens and accepts nothing would keep this one from starting.
fn connect(path: &Path) -> io::Result<()> {
    let socket = Socket::new(Domain::UNIX, Type::STREAM, None)?;
    socket.set_nonblocking(true)?;
    socket.connect(&SockAddr::unix(path)?)
}

fn identity(path: &Path) -> Option<(u64, u64)> {
    let found = fs::symlink_metadata(path).ok()?;
    Some((found.dev(), found.ino()))
}

#[cfg(test)]
#[path = "socket_test.rs"]
mod tests;
