//! keepalived (VRRP by multicast). It acts when the script has been started that it calls on becoming master; in a cloud, that script
//! would then call the API.

use std::fs::OpenOptions;
use std::io::Write as _;
use std::path::PathBuf;
use std::process::Command as Tool;
use std::time::Duration;

use anyhow::Result;
use tokio::process::Command;

use super::Act;
use crate::args::Note;
use crate::clock;
use crate::site::{INTERFACE, Site};

pub(crate) const PROGRAM: &str = "keepalived";
/// Of the first node; each further one has [`PRIORITY_STEP`] less. A backup waits three adverts and (256 - priority)/256 of one more: steps
/// of 50 keep two backups from becoming master at once.
const PRIORITY: usize = 200;
const PRIORITY_STEP: usize = 50;
/// Of its first process and of the one that speaks VRRP.
const PID_FILES: [&str; 2] = ["pid", "vrrp.pid"];
/// After three adverts a backup takes over; one more settles who.
const ADVERTS_TO_SETTLE: u32 = 4;

pub(crate) struct Keepalived {
    advert: Duration,
    directory: PathBuf,
    notes: PathBuf,
}

/// What a node said that it has become.
#[derive(Clone, Debug, PartialEq, Eq)]
struct State {
    at: Duration,
    node: usize,
    name: String,
}

impl Keepalived {
    pub(super) fn open(advert: Duration, site: &Site, directory: PathBuf) -> Result<Self> {
        let keepalived = Self {
            advert,
            notes: directory.join("notes"),
            directory,
        };
        std::fs::write(&keepalived.notes, "")?;
        for node in 0..site.hosts().len() {
            std::fs::write(keepalived.file(node, "conf"), keepalived.config(node)?)?;
        }
        Ok(keepalived)
    }

    /// Its own defaults but for: `nopreempt`, so that a node that comes back takes nothing back, and version 3 of VRRP where adverts are
    /// more frequent than version 2 can say.
    fn config(&self, node: usize) -> Result<String> {
        let version = if self.advert < Duration::from_secs(1) {
            3
        } else {
            2
        };
        let priority = PRIORITY.saturating_sub(PRIORITY_STEP * node).max(1);
        let advert = self.advert.as_secs_f64();
        let bench = std::env::current_exe()?;
        let notify = format!("{} note {} {node}", bench.display(), self.notes.display());
        Ok(format!(
            "global_defs {{\n  router_id node{node}\n  script_user root\n  vrrp_version {version}\n}}\n\
             vrrp_instance bench {{\n  state BACKUP\n  nopreempt\n  interface {INTERFACE}\n  virtual_router_id 51\n  \
             priority {priority}\n  advert_int {advert}\n  virtual_ipaddress {{\n    10.79.0.1/32\n  }}\n  notify \"{notify}\"\n}}\n"
        ))
    }

    fn file(&self, node: usize, suffix: &str) -> PathBuf {
        self.directory.join(format!("node{node}.{suffix}"))
    }

    pub(super) fn command(&self, site: &Site, node: usize) -> Result<Command> {
        note(&Note {
            file: self.notes.clone(),
            words: vec![node.to_string(), "STARTED".to_owned()],
        })?;
        for suffix in PID_FILES {
            // Of a process that was killed: it would keep the next one from starting as long as nobody has reaped it.
            let _ = std::fs::remove_file(self.file(node, suffix));
        }
        let mut command = site.hosts()[node].command(PROGRAM);
        command
            .args(["--dont-fork", "--log-console", "--vrrp", "--use-file"])
            .arg(self.file(node, "conf"))
            .arg("--pid")
            .arg(self.file(node, PID_FILES[0]))
            .arg("--vrrp_pid")
            .arg(self.file(node, PID_FILES[1]));
        Ok(command)
    }

    fn states(&self) -> Vec<State> {
        let text = std::fs::read_to_string(&self.notes).unwrap_or_default();
        let mut states: Vec<State> = text.lines().filter_map(parse).collect();
        states.sort_by_key(|state| state.at);
        states
    }

    /// The only one that is master, if all others are backups.
    pub(super) fn leader(&self) -> Option<usize> {
        let mut latest = std::collections::BTreeMap::new();
        for state in self.states() {
            latest.insert(state.node, state.name);
        }
        let masters: Vec<usize> = latest
            .iter()
            .filter_map(|(node, name)| (name == "MASTER").then_some(*node))
            .collect();
        let backups = latest.values().filter(|name| *name == "BACKUP").count();
        match masters[..] {
            [master] if backups + 1 == latest.len() => Some(master),
            _ => None,
        }
    }

    pub(super) fn acts(&self) -> Vec<Act> {
        let states = self.states().into_iter();
        states
            .filter(|state| state.name == "MASTER")
            .map(|State { at, node, .. }| Act { at, node })
            .collect()
    }

    pub(super) fn rhythm(&self) -> Duration {
        self.advert * ADVERTS_TO_SETTLE
    }
}

/// The other side of the script: appends the time, the node and its state, in one write.
pub(crate) fn note(note: &Note) -> Result<()> {
    let at = clock::now();
    let line = format!("{} {}\n", at.as_nanos(), note.words.join(" "));
    let mut file = OpenOptions::new().append(true).open(&note.file)?;
    Ok(file.write_all(line.as_bytes())?)
}

/// A line of [`note`]: `TIME NODE STARTED`, or `TIME NODE INSTANCE bench STATE PRIORITY`.
fn parse(line: &str) -> Option<State> {
    let words: Vec<&str> = line.split_whitespace().collect();
    Some(State {
        at: Duration::from_nanos(words.first()?.parse().ok()?),
        node: words.get(1)?.parse().ok()?,
        name: words.get(4).or(words.get(2))?.to_string(),
    })
}

/// Its version, if it is installed.
pub(crate) fn version() -> Option<String> {
    // It tells it on standard error.
    let output = Tool::new(PROGRAM).arg("--version").output().ok()?;
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    said.lines().next().map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn notes_say_when_which_node_became_what() {
        let state = |at, node, name: &str| State {
            at: Duration::from_secs(at),
            node,
            name: name.to_owned(),
        };
        let master = parse("5000000000 2 INSTANCE bench MASTER 140");
        assert_eq!(master, Some(state(5, 2, "MASTER")));
        assert_eq!(parse("4000000000 0 STARTED"), Some(state(4, 0, "STARTED")));
        assert_eq!(parse("400000"), None);
    }
}
