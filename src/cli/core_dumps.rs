//! No core dump of a node, unless its operator wants one (`node.core_dumps`).
//!
//! The others see a death by its closed sockets, and the kernel closes them after it has written the dump: 200 MB of it took 272 ms.
//! Besides, a dump holds the provider's credentials.

use std::io;

use nix::sys::resource::{Resource, setrlimit};

/// Forbids them for this process, and says so if the system does not let it: the node runs all the same.
pub(super) fn forbid() {
    if let Err(error) = setrlimit(Resource::RLIMIT_CORE, 0, 0)
        .and_then(|()| not_dumpable())
        .map_err(io::Error::from)
    {
        tracing::warn!(
            event = "core_dumps",
            "a crash may leave a core dump, and be noticed later for it: {error}"
        );
    }
}

/// A handler to which the kernel pipes dumps (systemd-coredump, apport) is not bound by the limit, but by this. It also keeps other
/// processes of the same user from reading this one's memory and environment.
#[cfg(target_os = "linux")]
fn not_dumpable() -> nix::Result<()> {
    nix::sys::prctl::set_dumpable(false)
}

#[cfg(not(target_os = "linux"))]
#[allow(
    clippy::unnecessary_wraps,
    reason = "the system has one kind of dumps only"
)]
fn not_dumpable() -> nix::Result<()> {
    Ok(())
}
