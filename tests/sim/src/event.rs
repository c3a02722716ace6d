//! What is going to happen, in the order of simulated time.

use std::cmp::Ordering;

use les_core::{Evidence, FailureKind, PollId, Seen, StateDoc, WatchId};

use crate::cloud::WriteFate;
use crate::streams::Arrival;
use crate::time::At;
use crate::two_calls::TwoCalls;

/// Something that is going to happen.
#[derive(Clone, Debug)]
#[expect(
    missing_docs,
    reason = "the fields of an event are ids, and named by what they identify"
)]
pub enum Event {
    /// A node's timer.
    Wake { node: usize, life: u64 },
    /// A node's discovery of seeds ends.
    Discovery { node: usize, life: u64 },
    /// An arbiter's timer.
    AddressWake {
        node: usize,
        life: u64,
        address: usize,
    },
    /// Something comes by a stream, or its request arrives at the other end.
    Stream {
        node: usize,
        life: u64,
        watch: WatchId,
        arrival: Arrival,
    },
    /// A request arrives.
    Request {
        from: usize,
        to: usize,
        life: u64,
        poll: PollId,
        look: bool,
    },
    /// A request's outcome arrives.
    Outcome {
        node: usize,
        life: u64,
        poll: PollId,
        outcome: Outcome,
    },
    /// A follower whose leader has no answer from the cloud tries whether it has.
    TriesReach { node: usize, life: u64 },
    /// That ended.
    TriedReach { node: usize, life: u64, begun: At },
    /// A reading reaches the cloud.
    ReadArrives {
        node: usize,
        life: u64,
        address: usize,
        call: u64,
        returns: At,
    },
    /// A reading returns.
    ReadReturns {
        node: usize,
        life: u64,
        address: usize,
        call: u64,
        result: Result<Seen, FailureKind>,
    },
    /// A write reaches the cloud, which carries it out if the address is still at the version that it expects.
    WriteLands {
        node: usize,
        address: usize,
        call: u64,
        expected: Option<u64>,
        late: bool,
    },
    /// A node probes the shared address.
    Probes { node: usize, life: u64 },
    /// A probe ended.
    Probed {
        node: usize,
        life: u64,
        begun: At,
        answered: Option<bool>,
    },
    /// At a cloud that needs two calls: the reading before the first one arrives.
    CheckArrives { returns: At, step: TwoCalls },
    /// The first call may be sent.
    Checked {
        step: TwoCalls,
        result: Result<(), FailureKind>,
    },
    /// The first call takes effect: whoever holds the address loses it.
    FreeLands {
        node: usize,
        address: usize,
        late: bool,
    },
    /// The second call may be sent.
    Freed {
        step: TwoCalls,
        result: Result<(), FailureKind>,
    },
    /// The second call arrives: it takes effect if the address is free.
    AttachArrives { step: TwoCalls, fate: WriteFate },
    /// A write returns.
    WriteReturns {
        node: usize,
        life: u64,
        address: usize,
        call: u64,
        result: Result<(), FailureKind>,
    },
}

/// How a poll ended.
#[derive(Clone, Debug)]
pub enum Outcome {
    /// With a document of that node.
    Answer(usize, Box<StateDoc>),
    /// Without one.
    Failed(Evidence),
}

/// An event, its moment, and its place among the events of that moment.
#[derive(Clone, Debug)]
pub(crate) struct Scheduled(pub(crate) At, pub(crate) u64, pub(crate) Event);

impl PartialEq for Scheduled {
    fn eq(&self, other: &Self) -> bool {
        (self.0, self.1) == (other.0, other.1)
    }
}
impl Eq for Scheduled {}
impl PartialOrd for Scheduled {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}
impl Ord for Scheduled {
    fn cmp(&self, other: &Self) -> Ordering {
        (self.0, self.1).cmp(&(other.0, other.1))
    }
}
