//! One election among scripted peers: everything a peer can be seen doing, without a network.

pub(crate) mod readings;
mod streams;

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::time::Duration;

use les_core::*;

pub(crate) use streams::watching;

/// What a scripted peer does when it is asked.
#[derive(Clone, Debug)]
pub(crate) enum Manner {
    /// Answers with this document.
    Answers(Box<StateDoc>),
    /// Its host refuses connections.
    Refuses,
    /// Nothing comes back.
    Silent,
    /// Something comes back that is no document.
    Garbles,
}

/// A scripted peer.
#[derive(Clone, Debug)]
pub(crate) struct Peer {
    pub(crate) manner: Manner,
    /// It asks us every so often; a dead loop never does.
    pub(crate) polls_us: bool,
}

/// The node under test and its peers, on a simulated clock.
pub(crate) struct Table {
    pub(crate) now: Now,
    pub(crate) node: Election,
    pub(crate) peers: BTreeMap<String, Peer>,
    pub(crate) notices: Vec<Notice>,
    /// Every address that was polled, in order.
    pub(crate) polled: Vec<(Time, String)>,
    /// Peers that answer have streams, which show life all the time; without it they are polled.
    pub(crate) streams: bool,
    /// The stream or canary that is open to each peer.
    pub(crate) watches: BTreeMap<String, (WatchId, WatchKind)>,
    /// Answers are held back while this is set, to be delivered by `release`.
    pub(crate) hold: bool,
    held: Vec<Input>,
    /// Outcomes that are on their way.
    coming: Vec<Input>,
}

pub(crate) const START: u64 = 1_795_000_000_000_000;
/// One round trip.
const RTT: Duration = Duration::from_millis(2);

pub(crate) fn addr(text: &str) -> Addr {
    text.parse().expect("a literal address")
}

/// The stamp of a node that started `s` seconds after the test's start; negative ones are older.
pub(crate) fn stamp(s: i64) -> Stamp {
    Stamp::from_micros(START.saturating_add_signed(s * 1_000_000))
}

pub(crate) fn inc(n: u128) -> Incarnation {
    Incarnation(n)
}

/// A document of one of our nodes.
pub(crate) fn ours(name: &str, n: u128, started: i64, leader: Option<&str>) -> StateDoc {
    StateDoc {
        addr: addr(name),
        others: Vec::new(),
        stamp: stamp(started),
        leader: leader.map(addr),
        ext: Some(Ext {
            id: NodeId(n),
            inc: inc(n),
            epoch: Epoch::NONE,
            epoch_leader: None,
            eligible: true,
            leaving: false,
            deaf: false,
            leader_heard: None,
            suspects: Vec::new(),
            targets: BTreeMap::new(),
            holds: BTreeMap::new(),
            meets: Vec::new(),
            made: Duration::ZERO,
            ballot: 0,
            confirms: None,
            resigned: None,
            reached: None,
            seeks_reach: false,
            preference: 0,
            stands_for: None,
            vote: None,
            pause: None,
            moving: Default::default(),
            trace: None,
        }),
    }
}

/// It answers with that document.
pub(crate) fn answers(doc: StateDoc) -> Manner {
    Manner::Answers(Box::new(doc))
}

/// The same, of a reign.
pub(crate) fn in_reign(mut doc: StateDoc, epoch: u64, leader: &str) -> StateDoc {
    let ext = doc.ext.as_mut().expect("one of ours");
    ext.epoch = Epoch(epoch);
    ext.epoch_leader = Some(addr(leader));
    doc
}

/// A document of a reference node.
pub(crate) fn reference(name: &str, started: i64, leader: Option<&str>) -> StateDoc {
    StateDoc {
        ext: None,
        ..ours(name, 0, started, leader)
    }
}

impl Peer {
    pub(crate) fn answering(doc: StateDoc) -> Self {
        Self {
            manner: answers(doc),
            polls_us: true,
        }
    }

    pub(crate) fn doc(&mut self) -> &mut StateDoc {
        match &mut self.manner {
            Manner::Answers(doc) => doc,
            other => panic!("the peer does not answer: {other:?}"),
        }
    }
}

/// Follows `a:2` in reign 7, beside `b:3`, which is junior.
pub(crate) fn following() -> Table {
    following_with(|_| {})
}

pub(crate) fn following_with(change: impl FnOnce(&mut ElectionConfig)) -> Table {
    let soon = Duration::from_secs(3);
    let leader = in_reign(ours("a:2", 2, -100, Some("a:2")), 7, "a:2");
    let other = in_reign(ours("b:3", 3, 100, Some("a:2")), 7, "a:2");
    let peers = [
        ("a:2", Peer::answering(leader)),
        ("b:3", Peer::answering(other)),
    ];
    let mut table = Table::with(&["a:2", "b:3"], &peers, change);
    table.until("follows", soon, |v| {
        matches!(v.role, Role::Follower { .. }) && v.members.len() == 2
    });
    // Joined behind: b:3 must be junior for this node to stand.
    table.peer("b:3").doc().stamp = stamp(1000);
    table.run(soon);
    table
}

impl Table {
    /// A node `me:1` with those seeds.
    pub(crate) fn new(seeds: &[&str], peers: &[(&str, Peer)]) -> Self {
        Self::with(seeds, peers, |_| {})
    }

    pub(crate) fn with(
        seeds: &[&str],
        peers: &[(&str, Peer)],
        change: impl FnOnce(&mut ElectionConfig),
    ) -> Self {
        let mut config = ElectionConfig {
            seeds: seeds.iter().map(|s| addr(s)).collect(),
            ..ElectionConfig::default()
        };
        change(&mut config);
        let now = Now {
            mono: Time::ZERO,
            wall: Wall(START),
        };
        let me = Identity {
            addr: addr("me:1"),
            id: NodeId(1),
            inc: inc(1),
        };
        let node = Election::new(me, config, now);
        let peers = peers
            .iter()
            .map(|(name, peer)| ((*name).to_owned(), peer.clone()))
            .collect();
        Self {
            now,
            node,
            peers,
            notices: Vec::new(),
            polled: Vec::new(),
            streams: false,
            watches: BTreeMap::new(),
            hold: false,
            held: Vec::new(),
            coming: Vec::new(),
        }
    }

    /// Lets time pass: timers fire, polls are answered, living peers ask us once a second.
    pub(crate) fn run(&mut self, span: Duration) {
        let end = self.now.mono + span;
        let mut next_asks = self.now.mono;
        while self.now.mono < end {
            for input in std::mem::take(&mut self.coming) {
                self.advance(RTT / 8);
                self.node.handle(self.now, input);
            }
            self.show_life();
            if self.now.mono >= next_asks {
                next_asks = self.now.mono + Duration::from_secs(1);
                let asking: Vec<String> = self
                    .peers
                    .iter()
                    .filter(|(_, p)| p.polls_us)
                    .map(|(n, _)| n.clone())
                    .collect();
                for name in asking {
                    self.node.handle(
                        self.now,
                        Input::PolledBy {
                            addr: addr(&name),
                            look: false,
                        },
                    );
                }
            }
            let timer = self.node.poll_timeout().unwrap_or(end);
            let next = timer
                .max(self.now.mono + RTT)
                .min(next_asks.max(self.now.mono + RTT))
                .min(end);
            let beat = self.now.mono + Duration::from_millis(50);
            let next = if self.streams { next.min(beat) } else { next };
            self.advance(next.since(self.now.mono));
            self.node.handle_timeout(self.now);
            let inputs = self.drain();
            self.coming.extend(inputs);
        }
    }

    pub(crate) fn advance(&mut self, by: Duration) {
        self.now.mono = self.now.mono + by;
        self.now.wall.0 += u64::try_from(by.as_micros()).expect("a short while");
    }

    /// Runs until the predicate holds.
    pub(crate) fn until(
        &mut self,
        what: &str,
        most: Duration,
        done: impl Fn(&View) -> bool,
    ) -> Duration {
        let start = self.now.mono;
        while !done(&self.view()) {
            assert!(
                self.now.mono.since(start) < most,
                "{what}: not within {most:?}; {:#?}",
                self.view().role
            );
            self.run(Duration::from_millis(10));
        }
        self.now.mono.since(start)
    }

    fn drain(&mut self) -> Vec<Input> {
        let mut inputs = Vec::new();
        while let Some(output) = self.node.poll_output() {
            match output {
                Output::Notice(notice) => self.notices.push(notice),
                Output::Watch {
                    watch, addr, kind, ..
                } => {
                    self.watches.insert(addr.to_string(), (watch, kind));
                    if self.streams && kind == WatchKind::Stream {
                        inputs.extend(self.document(addr.as_str()));
                    }
                }
                Output::Unwatch { watch } => self.watches.retain(|_, (open, _)| *open != watch),
                Output::Poll { poll, addr, .. } => {
                    self.polled.push((self.now.mono, addr.to_string()));
                    if let Some(input) = self.outcome(poll, &addr) {
                        inputs.push(input);
                    }
                }
            }
        }
        if self.hold {
            self.held.append(&mut inputs);
        }
        inputs
    }

    /// Something else happens.
    pub(crate) fn happen(&mut self, input: Input) {
        self.node.handle(self.now, input);
        let inputs = self.drain();
        self.coming.extend(inputs);
    }

    /// Delivers what was held back.
    pub(crate) fn release(&mut self) {
        self.hold = false;
        for input in std::mem::take(&mut self.held) {
            self.node.handle(self.now, input);
        }
    }

    /// Silence has no outcome here: the core itself gives up on a poll that its driver does not report.
    fn outcome(&self, poll: PollId, name: &Addr) -> Option<Input> {
        let at = SocketAddr::from(([10, 0, 0, 1], name.port()));
        match self.peers.get(name.as_str()).map(|p| p.manner.clone()) {
            Some(Manner::Answers(doc)) => Some(Input::Answer {
                poll,
                from: at,
                doc,
            }),
            Some(Manner::Refuses) | None => Some(Input::Failed {
                poll,
                evidence: Evidence::Refused { at },
            }),
            Some(Manner::Garbles) => Some(Input::Failed {
                poll,
                evidence: Evidence::BadAnswer,
            }),
            Some(Manner::Silent) => None,
        }
    }

    pub(crate) fn view(&self) -> View {
        self.node.view(self.now)
    }

    pub(crate) fn peer(&mut self, name: &str) -> &mut Peer {
        self.peers.get_mut(name).expect("a peer of this test")
    }

    /// Every peer names that leader from now on.
    pub(crate) fn all_name(&mut self, leader: &str) {
        for peer in self.peers.values_mut() {
            if let Manner::Answers(doc) = &mut peer.manner {
                doc.leader = Some(addr(leader));
            }
        }
    }

    /// Every peer of ours acknowledges that reign from now on.
    pub(crate) fn all_acknowledge(&mut self, epoch: Epoch, leader: &str) {
        for peer in self.peers.values_mut() {
            if let Manner::Answers(doc) = &mut peer.manner
                && let Some(ext) = &mut doc.ext
            {
                ext.epoch = epoch;
                ext.epoch_leader = Some(addr(leader));
            }
        }
    }
}
