//! What the admin API and the command line say to each other.

use les_core::{Ineligible, Role, View};
use serde::{Deserialize, Serialize};

use super::state::millis;
use crate::admin::{Handover, Refusal, WhyNot};
use crate::handover::{Progress, Report};

/// `POST /admin/handoff`; an empty body is one without `to`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct HandoffBody {
    /// Who shall lead.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub to: Option<String>,
}

/// `POST /admin/drain`; an empty body is one without `force`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct DrainBody {
    /// Also if nobody else may lead.
    pub force: bool,
}

/// `/admin/log-level`: what is in force, or shall be.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct LogLevelBody {
    /// A level, or `target=level` with commas between; empty is what the node was started with.
    pub filter: String,
}

/// A hand-over: the answer to `/admin/handoff`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HandoverBody {
    /// Counts from 1 in each life of the node.
    pub number: u64,
    /// `underway`, `done`, `took_back` or `late`.
    pub progress: ProgressBody,
    /// Who gave up the lead.
    pub from: String,
    /// The reign that it gave up.
    pub given_up: u64,
    /// Who leads now.
    pub leader: Option<String>,
    /// In which reign; `null` for a reference node too.
    pub epoch: Option<u64>,
    /// After how many milliseconds it was seen to lead.
    pub leads_after_ms: Option<u64>,
    /// Every configured address.
    pub addresses: Vec<HeldBody>,
    /// Milliseconds since the beginning, or until the end.
    pub elapsed_ms: u64,
    /// All of it in a sentence.
    pub text: String,
}

/// How far a hand-over is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ProgressBody {
    /// It goes on.
    Underway,
    /// The successor leads and holds every address.
    Done,
    /// The old leader leads again.
    TookBack,
    /// Not done within 10 s.
    Late,
}

/// One address.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HeldBody {
    /// Its identity.
    pub id: String,
    /// After how many milliseconds the successor said that it holds it.
    pub held_after_ms: Option<u64>,
}

/// The answer to `/admin/drain` and `/admin/undrain`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DrainedBody {
    /// This node.
    pub addr: String,
    /// It never leads.
    pub drained: bool,
    /// A restart does not change that.
    pub kept: bool,
    /// Who leads, as this node knows.
    pub leader: Option<String>,
    /// Why it may not lead, besides.
    pub ineligible: Vec<String>,
    /// The hand-over that the drain began.
    pub handover: Option<HandoverBody>,
}

/// The answer to `GET /admin/status`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StatusBody {
    /// This node.
    pub addr: String,
    /// `leader`, `follower` or `undecided`.
    pub role: String,
    /// Whom it names.
    pub leader: Option<String>,
    /// The reign that it acknowledges.
    pub epoch: u64,
    /// It never leads.
    pub drained: bool,
    /// A restart does not change that.
    pub kept: bool,
    /// Why it may not lead.
    pub ineligible: Vec<String>,
    /// Who could take over now, the most senior first.
    pub heirs: Vec<String>,
    /// Members that could not.
    pub unable: Vec<UnableBody>,
    /// The latest hand-over of this life.
    pub handover: Option<HandoverBody>,
}

/// A member that cannot take over.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UnableBody {
    /// Who.
    pub addr: String,
    /// Why.
    pub why: String,
}

/// An order that was refused; nothing was changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RefusalBody {
    /// Why, in one word.
    pub code: String,
    /// Why, and what to do about it.
    pub message: String,
    /// Who leads instead, where that is the reason.
    #[serde(default)]
    pub leader: Option<String>,
}

impl From<&Refusal> for RefusalBody {
    fn from(refusal: &Refusal) -> Self {
        Self {
            code: refusal.code().to_owned(),
            message: crate::words::chain(refusal),
            leader: refusal.leader().map(ToString::to_string),
        }
    }
}

impl From<&Handover> for HandoverBody {
    fn from(handover: &Handover) -> Self {
        let Report {
            from,
            given_up,
            successor,
            addresses,
            progress,
            elapsed,
        } = &handover.report;
        let held = addresses.iter().map(|held| HeldBody {
            id: held.id.clone(),
            held_after_ms: held.after.map(millis),
        });
        let successor = successor.as_ref();
        Self {
            number: handover.number,
            progress: (*progress).into(),
            from: from.to_string(),
            given_up: given_up.0,
            leader: successor.map(|s| s.addr.to_string()),
            epoch: successor.filter(|s| !s.reference).map(|s| s.epoch.0),
            leads_after_ms: successor.map(|s| millis(s.after)),
            addresses: held.collect(),
            elapsed_ms: millis(*elapsed),
            text: handover.report.to_string(),
        }
    }
}

impl From<Progress> for ProgressBody {
    fn from(progress: Progress) -> Self {
        match progress {
            Progress::Underway => Self::Underway,
            Progress::Done => Self::Done,
            Progress::TookBack => Self::TookBack,
            Progress::Late => Self::Late,
        }
    }
}

impl DrainedBody {
    /// The answer, of a node that is as `view` shows.
    #[must_use]
    pub fn new(view: &View, kept: bool, handover: Option<HandoverBody>) -> Self {
        Self {
            addr: view.me.addr.to_string(),
            drained: view.ineligible.contains(&Ineligible::Drained),
            kept,
            leader: view.named.as_ref().map(ToString::to_string),
            ineligible: ineligible(view),
            handover,
        }
    }
}

impl StatusBody {
    /// The page, of a node that is as `view` shows.
    #[must_use]
    pub fn new(
        view: &View,
        kept: bool,
        unable: &[(les_core::Addr, WhyNot)],
        handover: Option<HandoverBody>,
    ) -> Self {
        let role = match view.role {
            Role::Leader { .. } => "leader",
            Role::Follower { .. } => "follower",
            Role::Undecided(_) => "undecided",
        };
        let unable = unable.iter().map(|(addr, why)| UnableBody {
            addr: addr.to_string(),
            why: why.to_string(),
        });
        Self {
            addr: view.me.addr.to_string(),
            role: role.to_owned(),
            leader: view.named.as_ref().map(ToString::to_string),
            epoch: view.predecessor.0.0,
            drained: view.ineligible.contains(&Ineligible::Drained),
            kept,
            ineligible: ineligible(view),
            heirs: view.heirs.iter().map(ToString::to_string).collect(),
            unable: unable.collect(),
            handover,
        }
    }
}

fn ineligible(view: &View) -> Vec<String> {
    let reasons = view.ineligible.iter();
    reasons.map(|why| why.as_str().to_owned()).collect()
}
