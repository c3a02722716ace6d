//! For unit tests: what a node thinks that has just started and has met nobody.

use les_core::{Election, ElectionConfig, Identity, Incarnation, NodeId, Now, Time, View, Wall};

/// The view of the node `127.0.0.1:1` at its start.
pub(crate) fn lone_view() -> View {
    let me = Identity {
        addr: "127.0.0.1:1".parse().unwrap(),
        id: NodeId(1),
        inc: Incarnation(2),
    };
    let now = Now {
        mono: Time::ZERO,
        wall: Wall(1_700_000_000_000_000),
    };
    Election::new(me, ElectionConfig::default(), now).view(now)
}
