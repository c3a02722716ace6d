//! What is known about the nodes and the cloud from their reports; each report that matters becomes an entry of the timeline.

use std::net::SocketAddr;
use std::time::Duration;

use les_provider::memory::What;

use super::cloud_state::CloudState;
use super::happening::{Happening, Name};
use super::node_state::{NodeState, Post};
use super::process::Life;
use super::report::{Report, Said, Source};
use super::takeover::Takeover;

/// Everything that is known.
#[derive(Debug)]
pub(super) struct State {
    pub(super) nodes: Vec<NodeState>,
    pub(super) cloud: CloudState,
    /// The measurement under way.
    pub(super) takeover: Option<Takeover>,
    /// A node that ended although the demo did not kill it.
    pub(super) gone: Option<usize>,
    began: Duration,
}

impl State {
    /// Nothing was started yet. `began` is the moment from which the timeline counts.
    pub(super) fn new(addrs: &[SocketAddr], began: Duration) -> Self {
        Self {
            nodes: addrs.iter().map(|addr| NodeState::new(*addr)).collect(),
            cloud: CloudState::default(),
            takeover: None,
            gone: None,
            began,
        }
    }

    pub(super) fn started(&mut self, pid: u32, life: Life) {
        let node = &mut self.nodes[life.node];
        *node = NodeState::started(node.addr, pid, life);
    }

    /// The demo killed it: its end is no surprise.
    pub(super) fn killed(&mut self, node: usize) {
        self.nodes[node].life = None;
    }

    /// Every node that runs listens.
    pub(super) fn all_listen(&self) -> bool {
        self.alive().all(|(_, node)| node.listens)
    }

    /// The leader, if all live nodes follow it and everybody lists everybody.
    pub(super) fn agreed(&self) -> Option<usize> {
        let mut leaders = self.alive().filter(|(_, node)| node.post == Post::Leads);
        let (leader, leading) = leaders.next()?;
        let followed = Post::Follows(leading.addr.to_string());
        let others = self.alive().count() - 1;
        let agrees = |(index, node): (usize, &NodeState)| {
            (index == leader || node.post == followed) && node.members.len() == others
        };
        self.alive().all(agrees).then_some(leader)
    }

    fn alive(&self) -> impl Iterator<Item = (usize, &NodeState)> {
        let nodes = self.nodes.iter().enumerate();
        nodes.filter(|(_, node)| node.is_alive())
    }

    /// Takes a report in.
    pub(super) fn apply(&mut self, report: Report) -> Option<Happening> {
        let Report { at, source } = report;
        match source {
            Source::Cloud(what) => {
                self.measure_cloud(at, &what);
                self.cloud.learn(at, &what)
            }
            Source::Line {
                node,
                life,
                text,
                said,
            } => {
                let speaker = self.nodes.get_mut(node)?;
                if speaker.life != Some(life) {
                    return None;
                }
                speaker.keep_line(text);
                speaker.learn(&said);
                self.measure_node(at, Name(node), &said);
                self.tell(node, said)
            }
            Source::Ended { node, life } => {
                let ended = self.nodes.get_mut(node)?;
                if ended.life == Some(life) {
                    ended.life = None;
                    self.gone = Some(node);
                }
                None
            }
        }
    }

    fn measure_node(&mut self, at: Duration, name: Name, said: &Said) {
        let Some(takeover) = &mut self.takeover else {
            return;
        };
        match said {
            Said::Suspected { .. } | Said::MemberLost { .. } => takeover.noticed(at, name),
            Said::Elected { .. } => takeover.elected(at, name),
            _ => {}
        }
    }

    fn measure_cloud(&mut self, at: Duration, what: &What) {
        let Some(takeover) = &mut self.takeover else {
            return;
        };
        match what {
            What::Asked {
                call, operation, ..
            } if operation.writes() => takeover.asked(at, *call),
            What::Confirmed {
                call, done: true, ..
            } => takeover.confirmed(at, *call),
            _ => {}
        }
    }

    /// The entry that tells it; `None` for what a person need not know.
    fn tell(&self, index: usize, said: Said) -> Option<Happening> {
        let node = Name(index);
        Some(match said {
            Said::Listening {} => Happening::Started {
                node,
                addr: self.nodes[index].addr,
                pid: self.nodes[index].pid,
            },
            Said::Joined { start_time, behind } => Happening::Joined {
                node,
                behind,
                since_s: start_time - self.began.as_secs_f64(),
            },
            Said::Restamped { start_time } => Happening::Restamped {
                node,
                since_s: start_time - self.began.as_secs_f64(),
            },
            // What is refused is given up at the same moment, and that is told.
            Said::Suspected { evidence, .. } if evidence == "refused" => return None,
            Said::Suspected { member, evidence } => Happening::Suspected {
                node,
                member: self.name(&member)?,
                evidence,
            },
            Said::MemberLost {
                member,
                loss,
                was_leader,
            } => Happening::Lost {
                node,
                member: self.name(&member)?,
                loss,
                was_leader,
            },
            Said::Elected { epoch } => self.elected(index, epoch),
            Said::Following { leader, epoch } => Happening::Following {
                node,
                leader: self.name(&leader)?,
                epoch,
            },
            Said::SteppedDown { why } => Happening::SteppedDown { node, why },
            Said::MemberJoined { .. } | Said::Candidate { .. } | Said::Other => return None,
        })
    }

    fn elected(&self, index: usize, epoch: u64) -> Happening {
        let elected = &self.nodes[index];
        let confirmed_by: Vec<Name> = (0..self.nodes.len())
            .filter(|other| {
                elected
                    .awaited
                    .contains(&self.nodes[*other].addr.to_string())
            })
            .map(Name)
            .collect();
        let mine = elected.seniority();
        let most_senior = confirmed_by
            .iter()
            .all(|other| mine < self.nodes[other.0].seniority());
        Happening::Elected {
            node: Name(index),
            epoch,
            most_senior,
            confirmed_by,
        }
    }

    /// The node at an address.
    pub(super) fn name(&self, addr: &str) -> Option<Name> {
        let place = |node: &NodeState| node.addr.to_string() == addr;
        self.nodes.iter().position(place).map(Name)
    }
}
