//! The streams of scripted peers.

use std::net::SocketAddr;
use std::time::Duration;

use les_core::*;

use super::{Manner, Table, addr, following};

/// As [`following`], with streams.
pub(crate) fn watching() -> Table {
    let mut table = following();
    table.streams = true;
    for name in ["a:2", "b:3"] {
        table.push(name);
    }
    table.run(Duration::from_secs(1));
    table
}

impl Table {
    /// Every stream to a peer that answers brings a beat.
    pub(super) fn show_life(&mut self) {
        for (name, (watch, kind)) in self.watches.clone() {
            let manner = self.peers.get(&name).map(|p| &p.manner);
            let answers = matches!(manner, Some(Manner::Answers(_)));
            if self.streams && answers && kind == WatchKind::Stream {
                let beat = Beat {
                    leader_heard: Some(Duration::ZERO),
                    made: self.now.mono.since_epoch(),
                };
                self.node.handle(self.now, Input::Beat { watch, beat });
            }
        }
    }

    /// The peer's document, as its stream brings it.
    pub(super) fn document(&self, name: &str) -> Option<Input> {
        let (watch, _) = *self.watches.get(name)?;
        let Some(Manner::Answers(doc)) = self.peers.get(name).map(|p| p.manner.clone()) else {
            return None;
        };
        let from = SocketAddr::from(([10, 0, 0, 1], addr(name).port()));
        Some(Input::Watched { watch, from, doc })
    }

    /// The peer's stream brings its present document.
    pub(crate) fn push(&mut self, name: &str) {
        let document = self.document(name).expect("an open stream");
        self.node.handle(self.now, document);
        let inputs = self.drain();
        self.coming.extend(inputs);
    }

    /// The peer's stream or canary ends.
    pub(crate) fn end_stream(&mut self, name: &str, end: WatchEnd) {
        let (watch, _) = self.watches.remove(name).expect("an open stream");
        self.node.handle(self.now, Input::WatchEnded { watch, end });
        let inputs = self.drain();
        self.coming.extend(inputs);
    }
}
