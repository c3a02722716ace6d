//! What is known about the nodes and the cloud from their reports; each report that matters becomes an entry of the timeline.

use std::net::SocketAddr;
use std::time::Duration;

use les_provider::memory::What;

use super::cloud_state::CloudState;
use super::happening::{Happening, LastLine, Name};
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
    /// Nodes that ended although the demo did not kill them. Each is in it once: it must be started to end again.
    pub(super) gone: Vec<usize>,
    began: Duration,
}

impl State {
    /// Nothing was started yet. `began` is the moment from which the timeline counts.
    pub(super) fn new(addrs: &[SocketAddr], began: Duration) -> Self {
        Self {
            nodes: addrs.iter().map(|addr| NodeState::new(*addr)).collect(),
            cloud: CloudState::default(),
            takeover: None,
            gone: Vec::new(),
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
                    self.gone.push(node);
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
                since_s: self.seconds(start_time),
            },
            Said::Restamped { start_time } => Happening::Restamped {
                node,
                since_s: self.seconds(start_time),
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

    /// A time of day in seconds on the timeline, to the microsecond.
    fn seconds(&self, unix_time: f64) -> f64 {
        ((unix_time - self.began.as_secs_f64()) * 1e6).round() / 1e6
    }

    /// What the nodes said last.
    pub(super) fn last_lines(&self) -> Vec<LastLine> {
        let nodes = self.nodes.iter().enumerate();
        let lines = nodes.flat_map(|(index, node)| {
            let node_lines = node.last_lines.iter().cloned();
            node_lines.map(move |line| LastLine {
                node: Name(index),
                line,
            })
        });
        lines.collect()
    }

    /// The node at an address.
    pub(super) fn name(&self, addr: &str) -> Option<Name> {
        let place = |node: &NodeState| node.addr.to_string() == addr;
        self.nodes.iter().position(place).map(Name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::demo::report::parse;

    const ADDRS: [&str; 3] = ["127.0.0.1:1", "127.0.0.1:2", "127.0.0.1:3"];

    fn three() -> State {
        let mut state = State::new(&ADDRS.map(|addr| addr.parse().unwrap()), Duration::ZERO);
        for node in 0..3 {
            state.started(100, Life { node, life: 7 });
        }
        state
    }

    fn say(state: &mut State, node: usize, life: u32, event: &str) -> Option<Happening> {
        let text = format!(r#"{{"timestamp":"1970-01-01T00:00:01Z",{event}}}"#);
        let (at, said) = parse(&text).unwrap();
        let source = Source::Line {
            node,
            life,
            text,
            said,
        };
        state.apply(Report { at, source })
    }

    fn join_all(state: &mut State) {
        for (node, addr) in ADDRS.into_iter().enumerate() {
            let event = format!(r#""event":"joined","start_time":{node}.5,"behind":false"#);
            say(state, node, 7, &event);
            for member in ADDRS.into_iter().filter(|member| *member != addr) {
                let event = format!(r#""event":"member_joined","member":"{member}""#);
                say(state, node, 7, &event);
            }
        }
    }

    #[test]
    fn who_confirmed_is_who_was_asked_and_still_there() {
        let mut state = three();
        join_all(&mut state);
        let both = r#""event":"candidate","waiting_for":"127.0.0.1:1,127.0.0.1:3""#;
        say(&mut state, 1, 7, both);
        let lost =
            r#""event":"member_lost","member":"127.0.0.1:1","loss":"dead","was_leader":true"#;
        say(&mut state, 1, 7, lost);
        let elected = say(&mut state, 1, 7, r#""event":"elected","epoch":9"#).unwrap();
        let Happening::Elected {
            most_senior,
            confirmed_by,
            ..
        } = elected
        else {
            panic!("{elected:?}");
        };
        assert_eq!((most_senior, confirmed_by), (true, vec![Name(2)]));
    }

    #[test]
    fn agreement_is_of_all_who_live() {
        let mut state = three();
        join_all(&mut state);
        say(&mut state, 0, 7, r#""event":"elected","epoch":9"#);
        let follows = r#""event":"following","leader":"127.0.0.1:1","epoch":9"#;
        say(&mut state, 1, 7, follows);
        assert_eq!(state.agreed(), None);
        say(&mut state, 2, 6, follows);
        assert_eq!(state.agreed(), None, "said by an earlier process");
        say(&mut state, 2, 7, follows);
        assert_eq!(state.agreed(), Some(0));
    }
}
