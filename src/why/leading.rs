//! The verdict of a node that leads: by its own readings.

use std::time::Duration;

use les_core::{Addr, FailureKind, Licence, Time, Why};

use super::phrases::{lost, paragraph, span};
use super::{Sight, Situation};
use crate::reconcile::{AddressStatus, Call};

/// A reading that takes longer than this is worth a word.
const SLOW: Duration = Duration::from_secs(3);

/// What is being done or waited for, and what a person can do.
pub(super) struct Doing {
    pub(super) code: &'static str,
    pub(super) rule: String,
    pub(super) advice: String,
}

impl Situation<'_> {
    pub(super) fn leading(&self, status: &AddressStatus, since: Time) -> (&'static str, String) {
        let me = &self.view.me.addr;
        let sight = self.sight(status);
        let doing = self.doing(status);
        let fresh = sight.as_ref().filter(|s| self.is_fresh(s));
        let here = fresh.is_some_and(|s| s.node() == Some(me));
        if here && doing.code == Why::Mine.as_str() {
            return (doing.code, self.all_is_well(status, fresh));
        }
        let text = paragraph([
            self.where_it_is(status, sight.as_ref(), since),
            self.failed_calls(status),
            doing.rule,
            self.paused()
                .filter(|_| doing.code != Why::Paused.as_str())
                .unwrap_or_default(),
            doing.advice,
        ]);
        (doing.code, text)
    }

    fn all_is_well(&self, status: &AddressStatus, sight: Option<&Sight>) -> String {
        let id = &status.arbiter.address;
        let me = self.node(&self.view.me.addr);
        paragraph([
            format!("{id} is where it should be: on {me}, which leads."),
            sight.map_or_else(String::new, |s| self.read_since(status, s)),
            self.how_it_came(status),
            self.paused().unwrap_or_default(),
            self.nothing_to_do(),
        ])
    }

    /// "This node has read that since ..., last 0.4 s ago."
    fn read_since(&self, status: &AddressStatus, sight: &Sight) -> String {
        let since = status.held_since.unwrap_or(sight.at);
        let (since, last) = (self.moment(since), self.ago(sight.at));
        format!("This node has read that since {since}, last {last}.")
    }

    /// How the address came here.
    fn how_it_came(&self, status: &AddressStatus) -> String {
        let two_ticks = self.pace.map_or(SLOW, |pace| pace.tick * 2);
        let brought_it = |at: Time| {
            let held = status.held_since.unwrap_or(at);
            held.since(at) <= two_ticks
        };
        match &status.arbiter.moved {
            Some((licence, at)) if brought_it(*at) => {
                format!("It moved the address here {}.", came_from(licence))
            }
            _ if status.arbiter.moves == 0 => {
                "It did not have to move the address since it started: it was found here.".into()
            }
            _ => String::new(),
        }
    }

    fn where_it_is(&self, status: &AddressStatus, sight: Option<&Sight>, since: Time) -> String {
        let id = &status.arbiter.address;
        let me = self.node(&self.view.me.addr);
        let Some(sight) = sight else {
            return format!(
                "{id} should be on {me}, which has led since {}. Where it is is not known: no reading has succeeded since then.",
                self.moment(since)
            );
        };
        let is_here = sight.node() == Some(&self.view.me.addr);
        if !self.is_fresh(sight) {
            let since = if sight.believed {
                "where it is now is not known"
            } else {
                "this node has tried to move it since, and has not read it again"
            };
            return format!(
                "{id} should be on {me}, which leads. At the last reading that succeeded, {}, it {}; {since}.",
                self.ago(sight.at),
                if is_here {
                    "was there".to_owned()
                } else {
                    self.stands("was", &sight.holder)
                }
            );
        }
        if is_here {
            let last = self.ago(sight.at);
            return format!("{id} is on {me}, which leads; this node read that {last}.");
        }
        paragraph([
            format!("{id} is not where it should be: it should be on {me}, which leads."),
            format!("It {}.", self.stands("is", &sight.holder)),
            self.read_since(status, sight),
        ])
    }

    fn doing(&self, status: &AddressStatus) -> Doing {
        let arbiter = &status.arbiter;
        match (status.call, &arbiter.rested) {
            (Some((Call::Assign, begun)), _) => self.moving(status, begun),
            (Some((Call::Observe, begun)), _) if self.now.mono.since(begun) > SLOW => {
                self.waits_for_a_reading(begun)
            }
            (_, Some((why, until))) if *why != Why::NotLeader => self.rule(status, why, *until),
            _ => Doing {
                code: "reading",
                rule: "It is being read now.".into(),
                advice: "Nothing needs doing: ask again in a moment.".into(),
            },
        }
    }

    fn moving(&self, status: &AddressStatus, begun: Time) -> Doing {
        let from = status.arbiter.moving.as_ref().map(came_from);
        let taken = span(self.now.mono.since(begun));
        Doing {
            code: "moving",
            rule: format!(
                "This node is moving it here now {}; the cloud has been at it for {taken}.",
                from.unwrap_or_default()
            ),
            advice: "Nothing needs doing: ask again when the cloud has answered.".into(),
        }
    }

    fn waits_for_a_reading(&self, begun: Time) -> Doing {
        let asked = self.now.mono.since(begun);
        let cloud = self.provider.map_or("the cloud", |p| &p.name);
        Doing {
            code: "reading",
            rule: format!(
                "This node asked {cloud} {} ago where it is, and has no answer yet. Not knowing is no reason to move it: nothing is moved until a reading succeeds.",
                span(asked)
            ),
            advice: self.mend_of_a_leader(FailureKind::Unreachable),
        }
    }
}

/// From whom an address came, and what allowed that.
fn came_from(licence: &Licence) -> String {
    let from = |addr: &Addr, which: &str| format!("from {addr}, {which}");
    match licence {
        Licence::Free => "because nobody held it".into(),
        Licence::Drift(addr) => from(
            addr,
            "which follows this node (the lead had changed, or somebody had moved the address by hand)",
        ),
        Licence::Succession(addr, loss) => {
            from(addr, &format!("which led before and {}", lost(*loss)))
        }
        Licence::Departed(addr) => from(addr, "which is proven dead or said goodbye"),
        Licence::Majority(addr) => from(
            addr,
            "which the majority that elected this node does not reach",
        ),
        Licence::HolderDown => "from a machine that the cloud reports as stopped or gone".into(),
        Licence::Stranger => "from an unknown machine (address.on_stranger)".into(),
        Licence::Blind(addr) => from(
            addr,
            "which led before and was proven dead or resigned, without reading it first",
        ),
    }
}
