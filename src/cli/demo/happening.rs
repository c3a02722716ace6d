//! The timeline's entries: what happened, for a person (`Display`) and for a program (`Serialize`).

use std::fmt;
use std::net::SocketAddr;

use serde::{Serialize, Serializer};

use super::cloud::{ADDRESS, droplet_number};
use super::summary::Summary;
use super::takeover::Timings;

/// A node as the timeline names it: counted from 1, like its droplet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Name(pub(super) usize);

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&format!("node {}", droplet_number(self.0)))
    }
}

impl Serialize for Name {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        droplet_number(self.0).serialize(serializer)
    }
}

/// Who does or tells something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Subject {
    Node(Name),
    Cloud,
    Demo,
}

/// One entry.
#[derive(Debug, Serialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub(super) enum Happening {
    /// What is about to be shown, and on what terms.
    Began {
        nodes: usize,
        address: &'static str,
        cloud: SocketAddr,
        action_takes_ms: u128,
        loop_rate_s: u64,
    },
    /// The next part of the show.
    Part { title: String },
    /// A process listens.
    Started {
        node: Name,
        addr: SocketAddr,
        pid: u32,
    },
    /// It took its place in the order of seniority: `since_s` is its place, in seconds since the demo began.
    Joined {
        node: Name,
        behind: bool,
        since_s: f64,
    },
    /// It went to the end of the order.
    Restamped { node: Name, since_s: f64 },
    /// A poll of a member failed for the first time.
    Suspected {
        node: Name,
        member: Name,
        evidence: String,
    },
    /// A member was given up.
    Lost {
        node: Name,
        member: Name,
        loss: String,
        was_leader: bool,
    },
    /// A node leads.
    Elected {
        node: Name,
        epoch: u64,
        most_senior: bool,
        confirmed_by: Vec<Name>,
    },
    /// A node follows.
    Following {
        node: Name,
        leader: Name,
        epoch: u64,
    },
    /// A leader gave up.
    SteppedDown { node: Name, why: String },
    /// The cloud received a call to move the address.
    CloudAsked { to: Option<Name> },
    /// The cloud refused a call.
    CloudRefused {
        operation: &'static str,
        kind: &'static str,
    },
    /// The cloud could not do what it was asked.
    CloudFailed,
    /// The address changed hands, `took_ms` after the cloud was asked; nobody asked if it was done by hand.
    Moved {
        from: Option<Name>,
        to: Option<Name>,
        took_ms: Option<f64>,
    },
    /// The demo killed a node.
    Killed { node: Name, pid: u32 },
    /// A node is gone, and the demo did not do it.
    Gone { node: Name, how: String },
    /// What to play with.
    Playground { nodes: Vec<Playable> },
    /// How long the move took.
    Measured { timings: Timings },
    /// What the cloud's log says about the time since the old leader came back.
    Watched { readings: usize, assigns: usize },
    /// The end, and what it was about.
    Summary(Summary),
    /// Something did not happen.
    Failed { reason: String, logs: Vec<LastLine> },
    /// A signal ended the demo.
    Interrupted { signal: &'static str },
}

/// One of the last lines that a node logged.
#[derive(Debug, Serialize)]
pub(super) struct LastLine {
    pub(super) node: Name,
    pub(super) line: String,
}

/// A node that a person can play with.
#[derive(Debug, Serialize)]
pub(super) struct Playable {
    pub(super) node: Name,
    pub(super) addr: SocketAddr,
    pub(super) pid: u32,
    pub(super) leads: bool,
}

impl Happening {
    pub(super) const fn subject(&self) -> Subject {
        match self {
            Self::Started { node, .. }
            | Self::Joined { node, .. }
            | Self::Restamped { node, .. }
            | Self::Suspected { node, .. }
            | Self::Lost { node, .. }
            | Self::Elected { node, .. }
            | Self::Following { node, .. }
            | Self::SteppedDown { node, .. }
            | Self::Killed { node, .. }
            | Self::Gone { node, .. } => Subject::Node(*node),
            Self::CloudAsked { .. }
            | Self::CloudRefused { .. }
            | Self::CloudFailed
            | Self::Moved { .. }
            | Self::Watched { .. } => Subject::Cloud,
            Self::Began { .. }
            | Self::Part { .. }
            | Self::Playground { .. }
            | Self::Measured { .. }
            | Self::Summary(_)
            | Self::Failed { .. }
            | Self::Interrupted { .. } => Subject::Demo,
        }
    }
}

impl fmt::Display for Happening {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Part { title } => f.write_str(title),
            Self::Started { addr, pid, .. } => write!(f, "listens at {addr} (pid {pid})"),
            Self::Joined {
                behind, since_s, ..
            } => {
                let behind = if *behind {
                    " behind the members of a live cluster"
                } else {
                    ""
                };
                write!(
                    f,
                    "joined{behind}; its seniority counts from {since_s:.3} s"
                )
            }
            Self::Restamped { since_s, .. } => write!(
                f,
                "goes to the end of the order; its seniority counts from {since_s:.3} s"
            ),
            Self::Suspected {
                member, evidence, ..
            } => write!(f, "gets no answer from {member}: {}", describe(evidence)),
            Self::Lost {
                member,
                loss,
                was_leader,
                ..
            } => {
                let leader = if *was_leader { "the leader, " } else { "" };
                write!(f, "gives up {leader}{member}: {}", describe(loss))
            }
            Self::Elected {
                most_senior,
                confirmed_by,
                ..
            } => elected(f, *most_senior, confirmed_by),
            Self::Following { leader, .. } => write!(f, "follows {leader}"),
            Self::SteppedDown { why, .. } => write!(f, "leads no more ({})", why.replace('_', " ")),
            Self::CloudAsked { to: Some(to) } => write!(f, "is asked to move {ADDRESS} to {to}"),
            Self::CloudAsked { to: None } => write!(f, "is asked to move {ADDRESS} away"),
            Self::CloudRefused { operation, kind } => {
                write!(f, "refuses a call ({operation}: {kind})")
            }
            Self::CloudFailed => f.write_str("could not do it"),
            Self::Moved { from, to, took_ms } => moved(f, *from, *to, *took_ms),
            Self::Killed { pid, .. } => write!(f, "is killed: kill -9 {pid}"),
            Self::Gone { how, .. } => write!(f, "is gone ({how})"),
            Self::Watched { readings, assigns } => {
                write!(
                    f,
                    "was asked {readings} times where {ADDRESS} is, and {assigns} times to move it"
                )
            }
            Self::Interrupted { signal } => write!(f, "{signal}: all processes are ended"),
            Self::Failed { reason, .. } => write!(f, "failed: {reason}"),
            // These are more than a line: the screen has a layout for each.
            Self::Began { .. }
            | Self::Playground { .. }
            | Self::Measured { .. }
            | Self::Summary(_) => Ok(()),
        }
    }
}

fn elected(f: &mut fmt::Formatter<'_>, most_senior: bool, confirmed_by: &[Name]) -> fmt::Result {
    f.write_str("LEADS: ")?;
    match (most_senior, confirmed_by.len() + 1) {
        (_, 1) => return f.write_str("nobody else is left to ask"),
        (true, count) => write!(f, "the most senior of {count} members, ")?,
        (false, _) => {}
    }
    write!(f, "confirmed by {}", list(confirmed_by))
}

fn moved(
    f: &mut fmt::Formatter<'_>,
    from: Option<Name>,
    to: Option<Name>,
    took_ms: Option<f64>,
) -> fmt::Result {
    match to {
        Some(to) => write!(f, "has {ADDRESS} at {to} now")?,
        None => write!(f, "has {ADDRESS} nowhere now")?,
    }
    match from {
        Some(from) => write!(f, ", no longer at {from}")?,
        None => f.write_str("; nobody held it before")?,
    }
    match took_ms {
        Some(ms) => write!(f, " ({ms:.0} ms after it was asked)"),
        None => Ok(()),
    }
}

/// `node 1, node 2 and node 3`.
pub(super) fn list(names: &[Name]) -> String {
    let words: Vec<String> = names.iter().map(ToString::to_string).collect();
    match words.split_last() {
        Some((last, [])) => last.clone(),
        Some((last, others)) => format!("{} and {last}", others.join(", ")),
        None => "nobody".to_owned(),
    }
}

/// A node's code for what it saw, in words.
fn describe(code: &str) -> &str {
    match code {
        "refused" => "a new connection was refused",
        "dead" => "a new connection to its port was refused, so it is dead",
        "silent" => "silence",
        "lone_silence" => "silence, and nobody else to ask",
        "goodbye" => "it said goodbye",
        "broken" => "the connection broke off",
        "resigned" => "it does not lead any more",
        "zombie" => "it answers, but its own loop is dead",
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_listed_as_in_a_sentence() {
        assert_eq!(list(&[]), "nobody");
        assert_eq!(list(&[Name(0)]), "node 1");
        assert_eq!(list(&[Name(0), Name(2)]), "node 1 and node 3");
        assert_eq!(
            list(&[Name(0), Name(1), Name(2)]),
            "node 1, node 2 and node 3"
        );
    }
}
