//! Each address: where it should be, where it is, and why.

use les_core::{Role, Time};
use serde::Serialize;

use crate::reconcile::{AddressStatus, Call};
use crate::why::{Holder, Sight, Situation};
use crate::wire::moments::{ago, at};

#[derive(Clone, Debug, Serialize)]
pub(super) struct AddressBody {
    id: String,
    wanted: Option<WantedBody>,
    observed: Option<ObservedBody>,
    here: bool,
    right: bool,
    moving: bool,
    code: &'static str,
    why: String,
}

#[derive(Clone, Debug, Serialize)]
struct WantedBody {
    node: String,
    target: Option<String>,
}

/// One reading. Nobody holds the address: neither node nor target. An unknown machine: a target only.
#[derive(Clone, Debug, Serialize)]
struct ObservedBody {
    node: Option<String>,
    target: Option<String>,
    age_ms: u64,
    by: String,
    since: Option<String>,
}

impl AddressBody {
    pub(super) fn all(situation: &Situation<'_>) -> Vec<Self> {
        let addresses = situation.addresses.iter();
        addresses.map(|a| Self::new(situation, a)).collect()
    }

    fn new(situation: &Situation<'_>, status: &AddressStatus) -> Self {
        let verdict = situation.verdict(status);
        // Only a leader's own readings are in a row; of a follower's leader only the last one is known.
        let leads = matches!(situation.view.role, Role::Leader { .. });
        let since = status.held_since.filter(|_| leads);
        Self {
            id: status.arbiter.address.clone(),
            wanted: situation.leader().map(|leader| WantedBody {
                node: leader.to_string(),
                target: situation.target_of(leader).cloned(),
            }),
            observed: situation
                .sight(status)
                .and_then(|sight| ObservedBody::new(situation, sight, since)),
            here: verdict.here,
            right: verdict.right,
            moving: matches!(status.call, Some((Call::Assign, _))),
            code: verdict.code,
            why: verdict.text,
        }
    }
}

impl ObservedBody {
    /// A reading that does not say who holds the address is none.
    fn new(situation: &Situation<'_>, sight: Sight, since: Option<Time>) -> Option<Self> {
        let (node, target) = match sight.holder {
            Holder::Unsaid => return None,
            Holder::Nobody => (None, None),
            Holder::Machine { target, node } => (node, target),
        };
        Some(Self {
            node: node.map(|node| node.to_string()),
            target,
            age_ms: ago(situation.now.mono, sight.at),
            by: sight.by.to_string(),
            since: since.map(|since| at(situation.now, since)),
        })
    }
}
