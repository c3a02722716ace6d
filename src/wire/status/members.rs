//! The members, this node among them, the most senior first; who was lost; who knows of a pause.

use les_core::{Addr, LostView, MemberView, Now, Role, Stamp, StreamView, View, Wall};
use serde::Serialize;

use crate::why::Situation;
use crate::wire::moments::{ago, rfc3339};

#[derive(Clone, Debug, Serialize)]
pub(super) struct MemberBody {
    addr: String,
    me: bool,
    seniority: usize,
    since: Option<String>,
    role: &'static str,
    state: &'static str,
    reference: bool,
    eligible: bool,
    evidence: &'static str,
    heard_ms: u64,
    target: Option<String>,
}

#[derive(Clone, Debug, Serialize)]
pub(super) struct LostBody {
    addr: String,
    loss: &'static str,
    ago_ms: u64,
}

#[derive(Clone, Debug, Serialize)]
pub(super) struct PausedBody {
    by: String,
    since: String,
    unaware: Vec<String>,
    unable: Vec<String>,
}

impl MemberBody {
    /// In the order of seniority: by stamp, then by address, as the election has it. Who may not lead publishes the last stamp of all.
    pub(super) fn all(situation: &Situation<'_>) -> Vec<Self> {
        let view = situation.view;
        let mut members: Vec<(Stamp, &Addr, Self)> = view
            .members
            .iter()
            .map(|m| (m.doc.stamp, &m.addr, Self::other(situation, m)))
            .collect();
        members.push((view.stamp, &view.me.addr, Self::this(situation)));
        members.sort_by_key(|(stamp, addr, _)| (*stamp, *addr));
        let ranked = members.into_iter().enumerate();
        ranked
            .map(|(index, (_, _, member))| Self {
                seniority: index + 1,
                ..member
            })
            .collect()
    }

    fn this(situation: &Situation<'_>) -> Self {
        let view = situation.view;
        Self {
            addr: view.me.addr.to_string(),
            me: true,
            seniority: 0,
            since: since(view.stamp),
            role: match &view.role {
                Role::Leader { .. } => "leader",
                Role::Follower { .. } => "follower",
                Role::Undecided(_) => "undecided",
            },
            state: if view.leaving { "leaving" } else { "ok" },
            reference: false,
            eligible: view.ineligible.is_empty(),
            evidence: "it is this node",
            heard_ms: 0,
            target: situation.target_of(&view.me.addr).cloned(),
        }
    }

    fn other(situation: &Situation<'_>, member: &MemberView) -> Self {
        let ours = member.doc.ext.as_ref();
        Self {
            addr: member.addr.to_string(),
            me: false,
            seniority: 0,
            since: since(member.doc.stamp),
            role: match &member.doc.leader {
                Some(leader) if *leader == member.addr => "leader",
                Some(_) => "follower",
                None => "undecided",
            },
            state: state(member),
            reference: ours.is_none(),
            eligible: ours.is_none_or(|ext| ext.eligible),
            evidence: evidence(member),
            heard_ms: ago(situation.now.mono, member.heard),
            target: situation.target_of(&member.addr).cloned(),
        }
    }
}

/// Its place in the order of seniority as a moment; who may not lead has none.
fn since(stamp: Stamp) -> Option<String> {
    (stamp < Stamp::LAST).then(|| rfc3339(Wall(stamp.as_micros())))
}

fn state(member: &MemberView) -> &'static str {
    if member.doc.ext.as_ref().is_some_and(|ext| ext.leaving) {
        "leaving"
    } else if member.zombie {
        "zombie"
    } else if member.silent {
        "silent"
    } else {
        "ok"
    }
}

/// By what this node knows that it lives, or why it doubts that.
fn evidence(member: &MemberView) -> &'static str {
    if member.zombie {
        return "it answers, but its own loop stands still";
    }
    if member.silent {
        return "nothing was heard of it for too long";
    }
    if member.missed > 0 {
        return "it left the latest request unanswered";
    }
    match member.stream {
        StreamView::Open if member.doc.ext.is_none() => "its connection is open, and it is polled",
        StreamView::Open => "its stream is open",
        StreamView::Opening => "it answers, and its stream is being opened",
        StreamView::Closed => "it answers polls; its stream ended and is tried again",
        StreamView::Unsupported => "it answers polls; it has no streams",
    }
}

impl LostBody {
    pub(super) fn new(lost: &LostView, now: Now) -> Self {
        Self {
            addr: lost.addr.to_string(),
            loss: lost.loss.as_str(),
            ago_ms: ago(now.mono, lost.at),
        }
    }
}

impl PausedBody {
    /// `None` unless moves are paused.
    pub(super) fn new(view: &View) -> Option<Self> {
        let pause = view.pause.as_ref().filter(|pause| pause.paused)?;
        let names = |is: &dyn Fn(&MemberView) -> bool| {
            let members = view.members.iter().filter(|m| is(m));
            members.map(|m| m.addr.to_string()).collect()
        };
        let knows = |m: &MemberView| {
            let heard = m.doc.ext.as_ref().and_then(|ext| ext.pause.as_ref());
            heard >= Some(pause)
        };
        Some(Self {
            by: pause.by.to_string(),
            since: rfc3339(pause.at),
            unaware: names(&|m| m.doc.ext.is_some() && !knows(m)),
            unable: names(&|m| m.doc.ext.is_none()),
        })
    }
}
