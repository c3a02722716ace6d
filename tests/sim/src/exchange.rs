//! A poll and its outcome, over the simulated network.

use les_core::{Evidence, Input, PollId};

use crate::event::{Event, Outcome};
use crate::network::Cut;
use crate::node::Power;
use crate::world::World;

impl World {
    pub(crate) fn send_poll(&mut self, from: usize, poll: PollId, addr: &str, look: bool) {
        self.stats.polls += 1;
        let life = self.nodes[from].life;
        self.settled_polls.insert((from, life, poll), ());
        let timeout = self.now.after(self.common.election.poll_timeout);
        self.at(
            timeout,
            Event::Outcome {
                node: from,
                life,
                poll,
                outcome: Outcome::Failed(Evidence::Silent),
            },
        );
        let Some(to) = self.nodes.iter().position(|n| n.addr.as_str() == addr) else {
            return;
        };
        match self.network.cut(from, to) {
            Some(Cut::Drop) => {}
            Some(cut) => {
                let at = self.nodes[to].at;
                let evidence = if cut == Cut::Reset {
                    Evidence::Broken
                } else {
                    Evidence::Refused { at }
                };
                let outcome = Outcome::Failed(evidence);
                let back = self
                    .now
                    .after(self.network.delay(from, to, &mut self.rng) * 2);
                self.at(
                    back,
                    Event::Outcome {
                        node: from,
                        life,
                        poll,
                        outcome,
                    },
                );
            }
            None if self.network.loses(&mut self.rng) => self.stats.lost_messages += 1,
            None => {
                let arrives = self.now.after(self.network.delay(from, to, &mut self.rng));
                self.at(
                    arrives,
                    Event::Request {
                        from,
                        to,
                        life,
                        poll,
                        look,
                    },
                );
            }
        }
    }

    pub(crate) fn request_arrives(
        &mut self,
        from: usize,
        to: usize,
        life: u64,
        poll: PollId,
        look: bool,
    ) {
        let outcome = match self.nodes[to].power {
            Power::Off => return,
            Power::Paused => {
                self.nodes[to].deferred.push(Event::Request {
                    from,
                    to,
                    life,
                    poll,
                    look,
                });
                return;
            }
            // Right after the process died its listener may still be there.
            Power::Crashed if self.now < self.nodes[to].listens_until => {
                Outcome::Failed(Evidence::Broken)
            }
            Power::Crashed => Outcome::Failed(Evidence::Refused {
                at: self.nodes[to].at,
            }),
            Power::Running => {
                let addr = self.nodes[from].addr.clone();
                let doc = self.nodes[to].view.doc(self.now.time());
                self.input(to, Input::PolledBy { addr, look });
                Outcome::Answer(to, Box::new(doc))
            }
        };
        if self.network.loses(&mut self.rng) {
            self.stats.lost_messages += 1;
            return;
        }
        let back = self.now.after(self.network.delay(to, from, &mut self.rng));
        self.at(
            back,
            Event::Outcome {
                node: from,
                life,
                poll,
                outcome,
            },
        );
    }

    pub(crate) fn outcome_arrives(
        &mut self,
        node: usize,
        life: u64,
        poll: PollId,
        outcome: Outcome,
    ) {
        // The first outcome counts: an answer, or the timeout.
        if self.settled_polls.remove(&(node, life, poll)).is_none() {
            return;
        }
        let input = match outcome {
            Outcome::Answer(peer, doc) => Input::Answer {
                poll,
                from: self.nodes[peer].at,
                doc,
            },
            Outcome::Failed(evidence) => Input::Failed { poll, evidence },
        };
        self.input(node, input);
    }
}
