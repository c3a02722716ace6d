//! The members as this node sees them: how each is watched, who could lead, who was lost.

use les_core::{LostView, MemberView, Resignation, StreamView, Time};
use serde::Serialize;

use crate::wire::moments::ago;

#[derive(Debug, Serialize)]
pub(super) struct MemberBody {
    addr: String,
    reference: bool,
    eligible: bool,
    stream: &'static str,
    heard_ms: u64,
    missed: u32,
    silent: bool,
    zombie: bool,
}

/// A reign that this node gave up and that nobody followed yet.
#[derive(Debug, Serialize)]
pub(super) struct ResignedBody {
    epoch: u64,
    to: Option<String>,
}

#[derive(Debug, Serialize)]
pub(super) struct LostBody {
    addr: String,
    id: Option<String>,
    loss: &'static str,
    ago_ms: u64,
}

impl MemberBody {
    pub(super) fn new(member: &MemberView, now: Time) -> Self {
        let ours = member.doc.ext.as_ref();
        Self {
            addr: member.addr.to_string(),
            reference: ours.is_none(),
            eligible: ours.is_none_or(|ext| ext.eligible),
            stream: match member.stream {
                // Nothing is expected on a reference node's connection but its end.
                StreamView::Open if ours.is_none() => "canary",
                stream => stream.as_str(),
            },
            heard_ms: ago(now, member.heard),
            missed: member.missed,
            silent: member.silent,
            zombie: member.zombie,
        }
    }
}

impl ResignedBody {
    pub(super) fn new(resigned: &Resignation) -> Self {
        Self {
            epoch: resigned.epoch.0,
            to: resigned.to.as_ref().map(ToString::to_string),
        }
    }
}

impl LostBody {
    pub(super) fn new(lost: &LostView, now: Time) -> Self {
        Self {
            addr: lost.addr.to_string(),
            id: lost.id.map(|id| id.to_string()),
            loss: lost.loss.as_str(),
            ago_ms: ago(now, lost.at),
        }
    }
}
