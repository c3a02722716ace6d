//! Why another member cannot take over now.

use std::fmt;

use les_core::{Addr, MemberView, View};

/// Why a member is not among the heirs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WhyNot {
    /// It does not answer.
    Silent,
    /// It answers, but its own loop is dead.
    Zombie,
    /// It is about to exit.
    Leaving,
    /// It is asked by others and hears nobody.
    Deaf,
    /// It says that it may not lead, and not why.
    Ineligible,
    /// It was not heard for long enough to count.
    NotCounted,
}

impl fmt::Display for WhyNot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Silent => "does not answer",
            Self::Zombie => "answers, but its own loop is dead",
            Self::Leaving => "is about to exit",
            Self::Deaf => "is asked by others and hears nobody",
            Self::Ineligible => "says that it may not lead (drained, or not known to its provider: its /diag/ has the reason)",
            Self::NotCounted => "does not count as a member now",
        })
    }
}

/// Why `member` cannot take over; `None` if it can.
pub(super) fn why_not(view: &View, member: &MemberView) -> Option<WhyNot> {
    if view.heirs.contains(&member.addr) {
        return None;
    }
    let ext = member.doc.ext.as_ref();
    let reasons = [
        (member.silent, WhyNot::Silent),
        (member.zombie, WhyNot::Zombie),
        (ext.is_some_and(|e| e.leaving), WhyNot::Leaving),
        (ext.is_some_and(|e| e.deaf), WhyNot::Deaf),
        (ext.is_some_and(|e| !e.eligible), WhyNot::Ineligible),
    ];
    let found = reasons.into_iter().find(|(holds, _)| *holds);
    Some(found.map_or(WhyNot::NotCounted, |(_, why)| why))
}

/// Every member that cannot take over, with the reason.
pub(super) fn unable(view: &View) -> Vec<(Addr, WhyNot)> {
    let members = view.members.iter();
    members
        .filter_map(|member| Some((member.addr.clone(), why_not(view, member)?)))
        .collect()
}
