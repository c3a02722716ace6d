//! One node: the processes that one command has started.

use std::fs;
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use anyhow::{Context as _, Result};
use nix::sys::signal::{Signal, killpg};
use nix::unistd::Pid;
use tokio::process::{Child, Command};
use tokio::time::timeout;

/// For a node that was told to end; the longest hand-over takes 10 s.
const END: Duration = Duration::from_secs(30);
/// The unit of CPU time in /proc, on every Linux that anybody runs: 1/100 s.
const TICK: Duration = Duration::from_millis(10);

/// A process group of its own. It is killed when this is dropped.
pub(crate) struct Node {
    child: Child,
    group: Pid,
}

/// What the processes of a node have used.
#[derive(Clone, Copy, Default)]
pub(crate) struct Usage {
    /// Resident memory, in KiB. Pages that processes share count for each.
    pub(crate) resident_kib: u64,
    /// CPU time since the start, of user and system.
    pub(crate) cpu: Duration,
}

impl Node {
    /// Starts it. The command says where output goes.
    pub(crate) fn start(command: &mut Command) -> Result<Self> {
        let child = command
            .stdin(Stdio::null())
            .process_group(0)
            .kill_on_drop(true)
            .spawn()
            .with_context(|| format!("{:?} cannot be started", command.as_std().get_program()))?;
        let id = child.id().context("a process that has just been started")?;
        let group = Pid::from_raw(i32::try_from(id)?);
        Ok(Self { child, group })
    }

    pub(crate) fn child(&mut self) -> &mut Child {
        &mut self.child
    }

    /// Sends a signal to all of its processes at once, as when the machine dies or stops.
    pub(crate) fn signal_all(&self, signal: Signal) -> Result<()> {
        Ok(killpg(self.group, signal)?)
    }

    /// Sends a signal to its first process, as a service manager does.
    pub(crate) fn signal(&self, signal: Signal) -> Result<()> {
        Ok(nix::sys::signal::kill(self.group, signal)?)
    }

    /// Waits until it has ended; kills it if it takes too long.
    pub(crate) async fn ended(&mut self) -> Result<()> {
        if timeout(END, self.child.wait()).await.is_err() {
            eprintln!("  a node did not end within {END:?}: it is killed");
            self.signal_all(Signal::SIGKILL)?;
            self.child.wait().await?;
        }
        Ok(())
    }

    /// What all of its processes have used until now.
    pub(crate) fn usage(&self) -> Result<Usage> {
        let mut total = Usage::default();
        for entry in fs::read_dir("/proc")? {
            // A process may end at any moment; other entries are no processes.
            if let Some((group, usage)) = usage_of(&entry?.path())
                && group == self.group.as_raw()
            {
                total.cpu += usage.cpu;
                total.resident_kib += usage.resident_kib;
            }
        }
        Ok(total)
    }
}

impl Drop for Node {
    fn drop(&mut self) {
        // Fails if all of them are gone.
        let _ = self.signal_all(Signal::SIGKILL);
    }
}

/// The process group of a process, and what it has used.
fn usage_of(process: &Path) -> Option<(i32, Usage)> {
    let (group, ticks) = parse(&fs::read_to_string(process.join("stat")).ok()?)?;
    let status = fs::read_to_string(process.join("status")).ok()?;
    let resident = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let usage = Usage {
        resident_kib: resident
            .map_or(Some(0), |text| text.split_whitespace().next()?.parse().ok())?,
        cpu: TICK * ticks,
    };
    Some((group, usage))
}

/// The process group and the ticks of CPU time in /proc/PID/stat; proc(5) numbers its fields from 1.
fn parse(stat: &str) -> Option<(i32, u32)> {
    // The second field, the program's name, may contain anything; it ends with the last parenthesis.
    let rest: Vec<&str> = stat.rsplit_once(')')?.1.split_whitespace().collect();
    let field = |number: usize| rest.get(number - 3).copied();
    let ticks = field(14)?.parse::<u32>().ok()? + field(15)?.parse::<u32>().ok()?;
    Some((field(5)?.parse().ok()?, ticks))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_of_proc_is_read_whatever_the_program_is_called() {
        let stat = "32 (keep) alive)) S 30 29 28 0 -1 4194560 254 0 3 0 7 11 0 0 20 0 1 0 417 9052160 2048 1844";
        assert_eq!(parse(stat), Some((29, 18)));
    }
}
