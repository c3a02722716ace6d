//! Namespaces of the bench's own: network, mounts and processes. Nothing outside them is configured, and all of it is gone when the
//! bench ends, however it ends.

use std::os::unix::process::CommandExt as _;
use std::process::{Command, Stdio};

use anyhow::{Context as _, Result, bail};

/// What a new namespace of each kind costs, and who dies with whom.
const NAMESPACES: [&str; 6] = [
    "--net",
    "--mount",
    "--pid",
    "--fork",
    "--kill-child",
    "--mount-proc",
];
/// The cloud and the stopwatch are on another machine in real life: the load of the nodes' machine must not slow them down.
const PRIORITY: &str = "-15";
/// Gives a node the priority that everybody has, busy loops too.
pub(crate) const ORDINARY_PRIORITY: &str = "15";

/// Why nothing can be measured in namespaces on this machine; `None` if it can.
pub(crate) fn why_not() -> Option<String> {
    if !nix::unistd::geteuid().is_root() {
        return Some("needs root".to_owned());
    }
    for tool in ["unshare", "ip", "iptables-restore", "nice"] {
        if !is_installed(tool) {
            return Some(format!("{tool} is not installed (make deps)"));
        }
    }
    let tried = run(Command::new("unshare")
        .args(NAMESPACES)
        .args(["iptables-restore", "--test"]));
    tried
        .err()
        .map(|error| format!("network namespaces with iptables cannot be made here: {error:#}"))
}

/// Whether the search path has this program.
pub(crate) fn is_installed(tool: &str) -> bool {
    std::env::var_os("PATH").is_some_and(|path| {
        std::env::split_paths(&path).any(|directory| directory.join(tool).is_file())
    })
}

/// Becomes the same program with the same arguments in new namespaces; returns only if that fails.
pub(crate) fn enter() -> Result<()> {
    let program = std::env::current_exe()?;
    let error = Command::new("nice")
        .args(["-n", PRIORITY, "unshare"])
        .args(NAMESPACES)
        .arg(program)
        .args(std::env::args_os().skip(1))
        .arg("--inside")
        .exec();
    Err(error).context("new namespaces cannot be entered")
}

/// What needs to be done first in new namespaces.
pub(crate) fn furnish() -> Result<()> {
    // `ip netns` and keepalived keep their files in /run.
    run(Command::new("mount").args(["-t", "tmpfs", "tmpfs", "/run"]))?;
    run(Command::new("ip").args(["link", "set", "lo", "up"]))
}

/// Runs a command to its end.
///
/// # Errors
/// With what it printed, if it fails.
pub(crate) fn run(command: &mut Command) -> Result<()> {
    let output = command.stdin(Stdio::null()).output()?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        bail!("{command:?}: {}: {}", output.status, said.trim());
    }
    Ok(())
}
