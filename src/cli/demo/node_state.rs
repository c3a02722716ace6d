//! What one node said since its last start.

use std::collections::{BTreeSet, VecDeque};
use std::net::SocketAddr;

use super::process::Life;
use super::report::Said;

/// Lines of each node's log that a failure shows.
const LAST_LINES: usize = 8;

/// The part that a node plays.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Post {
    Undecided,
    Leads,
    /// The address of the leader.
    Follows(String),
}

/// One node.
#[derive(Debug)]
pub(super) struct NodeState {
    pub(super) addr: SocketAddr,
    pub(super) pid: u32,
    /// `None`: it is gone, and that is known.
    pub(super) life: Option<u32>,
    pub(super) listens: bool,
    pub(super) post: Post,
    pub(super) members: BTreeSet<String>,
    /// Whose confirmation it seeks.
    pub(super) awaited: BTreeSet<String>,
    pub(super) last_lines: VecDeque<String>,
    start_time: f64,
}

impl NodeState {
    /// A node that was not started yet.
    pub(super) fn new(addr: SocketAddr) -> Self {
        Self {
            addr,
            pid: 0,
            life: None,
            listens: false,
            post: Post::Undecided,
            members: BTreeSet::new(),
            awaited: BTreeSet::new(),
            last_lines: VecDeque::with_capacity(LAST_LINES),
            start_time: f64::INFINITY,
        }
    }

    /// A node that was just started.
    pub(super) fn started(addr: SocketAddr, pid: u32, Life { life, .. }: Life) -> Self {
        Self {
            pid,
            life: Some(life),
            ..Self::new(addr)
        }
    }

    pub(super) const fn is_alive(&self) -> bool {
        self.life.is_some()
    }

    /// Smaller is more senior: the election's rule, by what the node said when it took its place.
    pub(super) fn seniority(&self) -> (f64, String) {
        (self.start_time, self.addr.to_string())
    }

    pub(super) fn keep_line(&mut self, line: String) {
        if self.last_lines.len() == LAST_LINES {
            self.last_lines.pop_front();
        }
        self.last_lines.push_back(line);
    }

    /// Takes in what it said.
    pub(super) fn learn(&mut self, said: &Said) {
        match said {
            Said::Listening {} => self.listens = true,
            Said::Joined { start_time, .. } | Said::Restamped { start_time } => {
                self.start_time = *start_time;
            }
            Said::MemberJoined { member } => {
                self.members.insert(member.clone());
                // Whoever comes during a candidacy must confirm it too.
                if !self.awaited.is_empty() {
                    self.awaited.insert(member.clone());
                }
            }
            Said::MemberLost {
                member, was_leader, ..
            } => {
                self.members.remove(member);
                self.awaited.remove(member);
                if *was_leader {
                    self.post = Post::Undecided;
                }
            }
            Said::Candidate { waiting_for } => {
                self.awaited = waiting_for.split(',').map(str::to_owned).collect();
            }
            Said::Elected { .. } => self.post = Post::Leads,
            Said::Following { leader, .. } => self.post = Post::Follows(leader.clone()),
            Said::SteppedDown { .. } => self.post = Post::Undecided,
            Said::Suspected { .. } | Said::Other => {}
        }
    }
}
