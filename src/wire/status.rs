//! `GET /status`: who leads, who is there, where each address is and why, for programs and for the page at `/`.

mod addresses;
mod members;
mod provider;

use les_core::{Mode, Role};
use serde::Serialize;

use self::addresses::AddressBody;
use self::members::{LostBody, MemberBody, PausedBody};
use self::provider::ProviderBody;
use super::moments::{at, rfc3339};
use crate::why::Situation;
use crate::words;

/// What the page is made from, all of it snapshots: making it waits for nobody.
#[derive(Clone, Copy, Debug)]
pub struct StatusInputs<'a> {
    /// The election, the provider, the addresses, and the time.
    pub situation: Situation<'a>,
    /// Who must confirm a leader.
    pub mode: &'a Mode,
    /// This node has joined, knows who leads, and stays.
    pub ready: bool,
    /// Calls that the cloud still allows within its present window, where that is known.
    pub budget_remaining: Option<u32>,
    /// The history is kept on the disk.
    pub events_kept: bool,
}

/// The answer.
#[derive(Clone, Debug, Serialize)]
pub struct StatusPage {
    version: &'static str,
    now: String,
    addr: String,
    id: String,
    role: &'static str,
    leader: Option<String>,
    epoch: u64,
    since: Option<String>,
    why: Option<String>,
    mode: &'static str,
    ineligible: Vec<&'static str>,
    ready: bool,
    paused: Option<PausedBody>,
    members: Vec<MemberBody>,
    lost: Vec<LostBody>,
    provider: Option<ProviderBody>,
    addresses: Vec<AddressBody>,
    events_kept: bool,
}

impl StatusPage {
    /// The answer at one moment.
    #[must_use]
    pub fn new(inputs: &StatusInputs<'_>) -> Self {
        let situation = &inputs.situation;
        let (view, now) = (situation.view, situation.now);
        let (role, since, why) = match &view.role {
            Role::Leader { since, .. } => ("leader", Some(*since), None),
            Role::Follower { since, .. } => ("follower", Some(*since), None),
            Role::Undecided(why) => ("undecided", None, Some(words::undecided(why))),
        };
        Self {
            version: env!("CARGO_PKG_VERSION"),
            now: rfc3339(now.wall),
            addr: view.me.addr.to_string(),
            id: view.me.id.to_string(),
            role,
            leader: situation.leader().map(ToString::to_string),
            epoch: view.predecessor.0.0,
            since: since.map(|since| at(now, since)),
            why,
            mode: match inputs.mode {
                Mode::Open => "open",
                Mode::Quorum(_) => "quorum",
            },
            ineligible: view.ineligible.iter().map(|why| why.as_str()).collect(),
            ready: inputs.ready,
            paused: PausedBody::new(view),
            members: MemberBody::all(situation),
            lost: view.lost.iter().map(|l| LostBody::new(l, now)).collect(),
            provider: ProviderBody::new(situation, inputs.budget_remaining),
            addresses: AddressBody::all(situation),
            events_kept: inputs.events_kept,
        }
    }

    /// In one line.
    ///
    /// # Errors
    /// None that can occur: no map of these types has keys other than strings.
    pub fn to_json(&self) -> serde_json::Result<String> {
        serde_json::to_string(self)
    }
}

#[cfg(test)]
mod tests;
