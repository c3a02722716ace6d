//! `GET /diag`: the reference's two keys, then everything of ours under one key `les`.

mod members;

use std::collections::BTreeMap;
use std::sync::Arc;

use les_core::{FailureKind, Role, Time};
use serde::Serialize;

use self::members::{LostBody, MemberBody, ResignedBody};
use super::moments::ago;
use super::state::{StateBody, millis};
use crate::discovery::SourceStatus;
use crate::events::Event;
use crate::reconcile::{AddressStatus, LastError, StandbyStatus};
use crate::why::Situation;
use crate::words;

/// What the page is made from, all of it snapshots: making it waits for nobody.
#[derive(Debug)]
pub struct DiagInputs<'a> {
    /// The election, the provider, the addresses, and the time at which ages are counted.
    pub situation: Situation<'a>,
    /// Where seeds are found.
    pub discovery: &'a [SourceStatus],
    /// The history, oldest first.
    pub events: &'a [Arc<Event>],
}

/// The page.
#[derive(Debug, Serialize)]
pub struct DiagBody {
    state: StateBody,
    member_states: BTreeMap<String, StateBody>,
    les: OursBody,
}

#[derive(Debug, Serialize)]
struct OursBody {
    version: &'static str,
    id: String,
    inc: String,
    role: &'static str,
    leader: Option<String>,
    epoch: u64,
    since_ms: Option<u64>,
    why: Option<String>,
    paused: bool,
    ineligible: Vec<&'static str>,
    ballot: u64,
    resigned: Option<ResignedBody>,
    heirs: Vec<String>,
    members: Vec<MemberBody>,
    lost: Vec<LostBody>,
    suspects: Vec<String>,
    discovery: Vec<SourceBody>,
    provider: Option<ProviderBody>,
    addresses: Vec<AddressBody>,
    events: Vec<EventBody>,
}

#[derive(Debug, Serialize)]
struct ProviderBody {
    name: String,
    target: Option<String>,
    tick_ms: Option<u64>,
    standby_ms: Option<u64>,
    last_error: Option<ErrorBody>,
}

#[derive(Debug, Serialize)]
struct AddressBody {
    id: String,
    wanted_holder: Option<String>,
    observed_holder: Option<String>,
    observed_age_ms: Option<u64>,
    resting: Option<&'static str>,
    why: Option<String>,
    call: Option<&'static str>,
    call_ms: Option<u64>,
    attempts: u32,
    moves: u64,
    last_error: Option<ErrorBody>,
    standby: Option<StandbyBody>,
}

#[derive(Debug, Serialize)]
struct StandbyBody {
    next_in_line: bool,
    last_ok_ms: Option<u64>,
    last_error: Option<ErrorBody>,
}

#[derive(Debug, Serialize)]
struct SourceBody {
    source: String,
    found: Vec<String>,
    kept: bool,
    answered_ms: Option<u64>,
    last_error: Option<SourceErrorBody>,
}

#[derive(Debug, Serialize)]
struct SourceErrorBody {
    message: String,
    ago_ms: u64,
}

#[derive(Debug, Serialize)]
struct ErrorBody {
    kind: &'static str,
    meaning: &'static str,
    message: String,
    ago_ms: u64,
}

#[derive(Debug, Serialize)]
struct EventBody {
    ago_ms: u64,
    event: String,
    text: String,
}

impl DiagBody {
    /// The page at one moment.
    #[must_use]
    pub fn new(inputs: &DiagInputs<'_>) -> Self {
        let view = inputs.situation.view;
        let now = inputs.situation.now.mono;
        let own = StateBody::from(&view.doc(now));
        let mut member_states: BTreeMap<_, _> = view
            .members
            .iter()
            .map(|m| (m.addr.to_string(), StateBody::from(&*m.doc)))
            .collect();
        member_states.insert(view.me.addr.to_string(), own.clone());
        Self {
            state: own,
            member_states,
            les: OursBody::new(inputs),
        }
    }

    /// Two spaces of indentation and a newline at the end, as the reference's is.
    ///
    /// # Errors
    /// None that can occur: no map of these types has keys other than strings.
    pub fn to_json(&self) -> serde_json::Result<String> {
        serde_json::to_string_pretty(self).map(|json| json + "\n")
    }
}

impl OursBody {
    fn new(inputs: &DiagInputs<'_>) -> Self {
        let DiagInputs {
            situation,
            discovery,
            events,
        } = *inputs;
        let Situation {
            view,
            provider,
            pace,
            addresses,
            standbys,
            now,
        } = situation;
        let now = now.mono;
        let (role, since, why) = match &view.role {
            Role::Leader { since, .. } => ("leader", Some(*since), None),
            Role::Follower { since, .. } => ("follower", Some(*since), None),
            Role::Undecided(why) => ("undecided", None, Some(words::undecided(why))),
        };
        let leader = view.named.as_ref();
        let wanted = leader.and_then(|leader| situation.target_of(leader));
        Self {
            version: env!("CARGO_PKG_VERSION"),
            id: view.me.id.to_string(),
            inc: view.me.inc.to_string(),
            role,
            leader: view.named.as_ref().map(ToString::to_string),
            epoch: view.predecessor.0.0,
            since_ms: since.map(|at| ago(now, at)),
            why,
            paused: view.is_paused(),
            ineligible: view.ineligible.iter().map(|why| why.as_str()).collect(),
            ballot: view.ballot,
            resigned: view.resigned.as_ref().map(ResignedBody::new),
            heirs: view.heirs.iter().map(ToString::to_string).collect(),
            members: view
                .members
                .iter()
                .map(|m| MemberBody::new(m, now))
                .collect(),
            lost: view.lost.iter().map(|l| LostBody::new(l, now)).collect(),
            suspects: view.suspects.iter().map(ToString::to_string).collect(),
            discovery: discovery.iter().map(|s| source(s, now)).collect(),
            provider: provider.map(|p| ProviderBody {
                name: p.name.clone(),
                target: p.target.clone(),
                tick_ms: pace.map(|pace| millis(pace.tick)),
                standby_ms: pace.map(|pace| millis(pace.standby)),
                last_error: p.last_error.as_ref().map(|e| error(e, now)),
            }),
            addresses: addresses
                .iter()
                .enumerate()
                .map(|(i, status)| AddressBody {
                    standby: standbys.get(i).map(|s| standby(s, now)),
                    ..address(status, wanted, now)
                })
                .collect(),
            events: events
                .iter()
                .map(|e| EventBody {
                    ago_ms: e.at.map_or(0, |at| ago(now, at)),
                    event: e.entry.name.to_string(),
                    text: e.entry.text.clone(),
                })
                .collect(),
        }
    }
}

fn address(status: &AddressStatus, wanted: Option<&String>, now: Time) -> AddressBody {
    let arbiter = &status.arbiter;
    let seen = arbiter.seen.as_ref();
    AddressBody {
        id: arbiter.address.clone(),
        wanted_holder: wanted.cloned(),
        observed_holder: seen.and_then(|(seen, _)| seen.holder.clone()),
        observed_age_ms: seen.map(|(_, begun)| ago(now, *begun)),
        resting: arbiter.resting.as_ref().map(les_core::Why::as_str),
        why: arbiter.resting.as_ref().map(words::resting),
        call: status.call.map(|(call, _)| call.as_str()),
        call_ms: status.call.map(|(_, begun)| ago(now, begun)),
        attempts: arbiter.attempts,
        moves: arbiter.moves,
        last_error: status.last_error.as_ref().map(|e| error(e, now)),
        standby: None,
    }
}

fn standby(status: &StandbyStatus, now: Time) -> StandbyBody {
    StandbyBody {
        next_in_line: status.next_in_line,
        last_ok_ms: status.last_ok.map(|at| ago(now, at)),
        last_error: status.last_error.as_ref().map(|e| error(e, now)),
    }
}

fn source(status: &SourceStatus, now: Time) -> SourceBody {
    SourceBody {
        source: status.source.clone(),
        found: status.found.iter().map(ToString::to_string).collect(),
        kept: status.kept,
        answered_ms: status.answered.map(|at| ago(now, at)),
        last_error: status.last_error.as_ref().map(|e| SourceErrorBody {
            message: e.message.clone(),
            ago_ms: ago(now, e.at),
        }),
    }
}

fn error(error: &LastError, now: Time) -> ErrorBody {
    let kind: FailureKind = error.kind;
    ErrorBody {
        kind: words::failure_code(kind),
        meaning: words::failure(kind),
        message: error.message.clone(),
        ago_ms: ago(now, error.at),
    }
}
