//! Streams between nodes, as TCP carries them: in order, stalled by loss and cuts, ended by the death of a process and not by that of a host.
//!
//! Beats are not events of their own (they would be nine tenths of all events): before a node looks at anything, each of its streams
//! that flows shows it the last beat that has come by then.

use std::time::Duration;

use les_core::{Evidence, Input, StateDoc, View, WatchEnd, WatchId, WatchKind};

use crate::event::Event;
use crate::network::Cut;
use crate::node::Power;
use crate::time::At;
use crate::world::World;

/// TCP sends again after this long, then after twice as long, and so on.
const RETRANSMIT: Duration = Duration::from_millis(200);
/// After a heal a stream flows again within this time: the next retransmission of the one that was stalled longest.
const RESUMES: Duration = Duration::from_secs(2);
/// One death in so many resets its streams instead of closing them.
const RESETS: u32 = 20;

/// One stream, seen from who watches.
#[derive(Clone, Debug)]
pub struct SimStream {
    /// Who watches, and in which life.
    watcher: (usize, u64),
    /// Who is watched, and in which life.
    server: (usize, u64),
    watch: WatchId,
    canary: bool,
    open: bool,
    /// Nothing comes before this moment: what was sent earlier is still under way.
    flows_at: At,
    /// When the last beat was sent that has come, or was counted as lost.
    beaten: At,
    /// A cut keeps this document back.
    kept_back: Option<Box<StateDoc>>,
}

/// What comes by a stream.
#[derive(Clone, Debug)]
pub enum Arrival {
    /// The request to open it arrives at the server.
    Request,
    /// A document arrives at the watcher.
    Document(Box<StateDoc>),
    /// The end arrives at the watcher.
    End(WatchEnd),
}

impl World {
    pub(crate) fn open_stream(&mut self, node: usize, watch: WatchId, addr: &str, kind: WatchKind) {
        let Some(server) = self.nodes.iter().position(|n| n.addr.as_str() == addr) else {
            return;
        };
        let stream = SimStream {
            watcher: (node, self.nodes[node].life),
            server: (server, self.nodes[server].life),
            watch,
            canary: kind == WatchKind::Canary,
            open: false,
            flows_at: self.now,
            beaten: self.now,
            kept_back: None,
        };
        self.streams.push(stream);
        let give_up = self.now.after(self.common.election.poll_timeout);
        self.arrives(
            node,
            watch,
            give_up,
            Arrival::End(WatchEnd::Failed(Evidence::Silent)),
        );
        let lost = self.network.loses(&mut self.rng);
        let delay = self.network.delay(node, server, &mut self.rng);
        let end = match self.network.cut(node, server) {
            Some(Cut::Drop) => return,
            Some(Cut::Reset) => Evidence::Broken,
            Some(Cut::Refuse) => Evidence::Refused {
                at: self.nodes[server].at,
            },
            None if lost => return,
            None => {
                let at = self.now.after(delay);
                return self.arrives(node, watch, at, Arrival::Request);
            }
        };
        let back = self.now.after(delay * 2);
        self.arrives(node, watch, back, Arrival::End(WatchEnd::Failed(end)));
    }

    pub(crate) fn close_stream(&mut self, node: usize, watch: WatchId) {
        let life = self.nodes[node].life;
        self.streams
            .retain(|s| s.watcher != (node, life) || s.watch != watch);
    }

    fn arrives(&mut self, node: usize, watch: WatchId, at: At, arrival: Arrival) {
        let life = self.nodes[node].life;
        let stream = Event::Stream {
            node,
            life,
            watch,
            arrival,
        };
        self.at(at, stream);
    }

    fn stream(&mut self, node: usize, watch: WatchId) -> Option<&mut SimStream> {
        let life = self.nodes[node].life;
        self.streams
            .iter_mut()
            .find(|s| s.watcher == (node, life) && s.watch == watch)
    }

    pub(crate) fn stream_event(&mut self, node: usize, watch: WatchId, arrival: Arrival) {
        let Some(stream) = self.stream(node, watch).cloned() else {
            return;
        };
        let from = self.nodes[stream.server.0].at;
        match arrival {
            Arrival::Request => self.request_of_stream(node, &stream),
            Arrival::Document(doc) => {
                if let Some(stream) = self.stream(node, watch) {
                    stream.open = true;
                }
                self.input(node, Input::Watched { watch, from, doc });
            }
            // The time-out of an opening that succeeded.
            Arrival::End(WatchEnd::Failed(Evidence::Silent)) if stream.open => {}
            Arrival::End(end) => {
                self.close_stream(node, watch);
                self.input(node, Input::WatchEnded { watch, end });
            }
        }
    }

    fn request_of_stream(&mut self, node: usize, stream: &SimStream) {
        let (server, watch) = (stream.server.0, stream.watch);
        let back = self
            .now
            .after(self.network.delay(server, node, &mut self.rng));
        let at = self.nodes[server].at;
        let arrival = match self.nodes[server].power {
            // Paused: its host accepts, and nothing follows within the time for opening.
            Power::Off | Power::Paused => return,
            Power::Crashed => Arrival::End(WatchEnd::Failed(Evidence::Refused { at })),
            Power::Running if self.nodes[server].plain => Arrival::End(WatchEnd::Unsupported),
            Power::Running => {
                let addr = self.nodes[node].addr.clone();
                let doc = Box::new(self.nodes[server].view.doc(self.now.time()));
                let life = self.nodes[server].life;
                if let Some(stream) = self.stream(node, watch) {
                    stream.server.1 = life;
                    stream.beaten = back;
                    stream.flows_at = back;
                    stream.open = true;
                }
                self.input(server, Input::PolledBy { addr, look: false });
                Arrival::Document(doc)
            }
        };
        self.arrives(node, watch, back, arrival);
    }

    /// A node's view has changed: who watches it is told, if it is news.
    pub(crate) fn push(&mut self, server: usize, before: &View) {
        let life = self.nodes[server].life;
        let watched = |s: &SimStream| s.server == (server, life) && s.open && !s.canary;
        if !self.streams.iter().any(watched) || !self.nodes[server].view.is_news_to(before) {
            return;
        }
        let doc = self.nodes[server].view.doc(self.now.time());
        for index in 0..self.streams.len() {
            if watched(&self.streams[index]) {
                self.send(index, Box::new(doc.clone()));
            }
        }
    }

    fn send(&mut self, index: usize, doc: Box<StateDoc>) {
        let (watcher, server) = (self.streams[index].watcher.0, self.streams[index].server.0);
        if self.network.cut(watcher, server).is_some() {
            self.streams[index].kept_back = Some(doc);
            return;
        }
        let mut at = self
            .now
            .after(self.network.delay(server, watcher, &mut self.rng));
        at = at.after(self.stall()).max(self.streams[index].flows_at);
        let stream = &mut self.streams[index];
        // One thing after the other.
        stream.flows_at = at.after(Duration::from_micros(1));
        stream.beaten = stream.beaten.max(self.now);
        let watch = stream.watch;
        let arrival = Arrival::Document(doc);
        self.arrives(watcher, watch, at, arrival);
    }

    /// How long loss holds up the next segment.
    fn stall(&mut self) -> Duration {
        let mut stall = Duration::ZERO;
        let mut next = RETRANSMIT;
        while self.network.loses(&mut self.rng) {
            self.stats.lost_messages += 1;
            stall += next;
            next *= 2;
        }
        stall
    }

    /// The beats that have come to a node by now.
    pub(crate) fn take_beats(&mut self, node: usize) {
        let life = self.nodes[node].life;
        for index in 0..self.streams.len() {
            if self.streams[index].watcher == (node, life) {
                self.take_beat(index);
            }
        }
    }

    fn take_beat(&mut self, index: usize) {
        let stream = self.streams[index].clone();
        let ((node, _), (server, life)) = (stream.watcher, stream.server);
        let beat = self.common.election.beat;
        let alive = self.nodes[server].power == Power::Running && self.nodes[server].life == life;
        let due = stream.beaten.after(beat) <= self.now;
        if !stream.open
            || stream.canary
            || !alive
            || !due
            || self.network.cut(node, server).is_some()
        {
            return;
        }
        if self.network.loss > 0.0 {
            // Each beat since the last look may have been lost, and holds up what follows.
            let mut sent = stream.beaten.after(beat);
            while sent <= self.now {
                let comes = sent.after(self.stall());
                self.streams[index].flows_at = self.streams[index].flows_at.max(comes);
                self.streams[index].beaten = sent;
                sent = sent.after(beat);
            }
        } else {
            self.streams[index].beaten = self.now;
        }
        if self.streams[index].flows_at > self.now {
            return;
        }
        let told = self.nodes[server].view.beat(self.now.time());
        let watch = stream.watch;
        let now = self.now.now(self.nodes[node].clock_offset);
        let beat = Input::Beat { watch, beat: told };
        self.nodes[node].election.handle(now, beat);
        self.nodes[node].view.leader_heard = self.nodes[node].election.leader_heard();
    }

    /// Before anything changes: what has come so far has come.
    pub(crate) fn settle_streams(&mut self) {
        for node in 0..self.nodes.len() {
            if self.nodes[node].power == Power::Running {
                self.take_beats(node);
                self.after_input(node);
            }
        }
    }

    /// A process is dead: its kernel closes what it had open, unless the host died with it.
    pub(crate) fn end_streams_of(&mut self, dead: usize, power: Power) {
        let life = self.nodes[dead].life;
        self.streams.retain(|s| s.watcher != (dead, life));
        if power != Power::Crashed {
            return;
        }
        for stream in self
            .streams
            .clone()
            .into_iter()
            .filter(|s| s.server == (dead, life))
        {
            let reset = self.rng.u32(0..RESETS) == 0;
            let end = if reset {
                WatchEnd::Failed(Evidence::Broken)
            } else {
                WatchEnd::Closed
            };
            self.end_stream(&stream, end);
        }
    }

    fn end_stream(&mut self, stream: &SimStream, end: WatchEnd) {
        let (node, _) = stream.watcher;
        if self.network.cut(node, stream.server.0).is_some() {
            return;
        }
        let at = self
            .now
            .after(self.network.delay(stream.server.0, node, &mut self.rng))
            .after(self.stall());
        let at = at.max(stream.flows_at);
        let (watch, arrival) = (stream.watch, Arrival::End(end));
        self.arrives(node, watch, at, arrival);
    }

    /// A proxy closes every stream to and from a node.
    pub(crate) fn close_streams_by_proxy(&mut self, node: usize) {
        for stream in self.streams.clone() {
            if stream.open && (stream.watcher.0 == node || stream.server.0 == node) {
                self.end_stream(&stream, WatchEnd::Closed);
            }
        }
    }

    /// A firewall was changed. What it resets, it resets at the next beat; who is refused may also just hear nothing.
    pub(crate) fn cut_streams(&mut self) {
        for stream in self.streams.clone() {
            let reset = match self.network.cut(stream.watcher.0, stream.server.0) {
                Some(Cut::Reset) => true,
                Some(Cut::Refuse) => self.rng.bool(),
                Some(Cut::Drop) | None => false,
            };
            if reset && stream.open {
                let (node, _) = stream.watcher;
                let at = self.now.after(self.common.election.beat);
                let arrival = Arrival::End(WatchEnd::Failed(Evidence::Broken));
                self.arrives(node, stream.watch, at, arrival);
            }
        }
    }

    /// The network is whole: streams that were stalled flow again, sooner or later.
    pub(crate) fn heal_streams(&mut self) {
        for index in 0..self.streams.len() {
            let (node, server) = (self.streams[index].watcher.0, self.streams[index].server);
            let alive = self.nodes[server.0].life == server.1;
            if self.network.cut(node, server.0).is_none() || !alive {
                continue;
            }
            let flows = self.now.after(RESUMES.mul_f64(self.rng.f64()));
            self.streams[index].flows_at = self.streams[index].flows_at.max(flows);
            if let Some(doc) = self.streams[index].kept_back.take() {
                let watch = self.streams[index].watch;
                let at = self.streams[index].flows_at;
                let arrival = Arrival::Document(doc);
                self.arrives(node, watch, at, arrival);
            }
        }
    }
}
