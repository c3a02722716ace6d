//! What the cloud's log said.

use std::time::Duration;

use les_provider::Operation;
use les_provider::memory::{CallId, What};

use super::cloud::node_of;
use super::happening::{Happening, Name};
use super::takeover::milliseconds;

/// The cloud, by its log.
#[derive(Debug, Default)]
pub(super) struct CloudState {
    pub(super) holder: Option<usize>,
    /// Readings since the address last moved or was to be moved: while nothing happens, one for each tick of the leader.
    pub(super) readings: usize,
    /// Calls under way: those that read until they are answered, those that write until they are done.
    calls: Vec<(CallId, Operation, Duration)>,
}

impl CloudState {
    /// Takes in an entry of the log.
    pub(super) fn learn(&mut self, at: Duration, what: &What) -> Option<Happening> {
        match what {
            What::Asked {
                call,
                operation,
                target,
                ..
            } => {
                self.calls.push((*call, *operation, at));
                if operation.writes() {
                    self.readings = 0;
                    let to = target.as_ref().and_then(node_of).map(Name);
                    return Some(Happening::CloudAsked { to });
                }
                None
            }
            What::Answered { call, refused } => {
                self.answered(*call, refused.is_some()).map(|operation| {
                    let kind = refused.as_ref().map_or("", |kind| kind.as_str());
                    Happening::CloudRefused {
                        operation: operation.as_str(),
                        kind,
                    }
                })
            }
            What::Confirmed { call, done, .. } => {
                self.calls.retain(|(asked, ..)| asked != call);
                (!done).then_some(Happening::CloudFailed)
            }
            What::Moved { from, to, call, .. } => {
                self.readings = 0;
                self.holder = to.as_ref().and_then(node_of);
                let asked = self.calls.iter().find(|(asked, ..)| Some(*asked) == *call);
                Some(Happening::Moved {
                    from: from.as_ref().and_then(node_of).map(Name),
                    to: self.holder.map(Name),
                    took_ms: asked.map(|(.., asked)| milliseconds(*asked, at)),
                })
            }
        }
    }

    /// The operation, if the answer was a refusal.
    fn answered(&mut self, call: CallId, refused: bool) -> Option<Operation> {
        let place = self.calls.iter().position(|(asked, ..)| *asked == call)?;
        let (_, operation, _) = self.calls[place];
        if refused || !operation.writes() {
            self.calls.swap_remove(place);
        }
        if operation == Operation::Observe && !refused {
            self.readings += 1;
        }
        refused.then_some(operation)
    }
}
