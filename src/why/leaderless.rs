//! The verdict of a node that knows no leader: what it waits for.

use les_core::{Addr, Ineligible, Undecided};

use super::Situation;
use super::phrases::{lost, paragraph};
use crate::reconcile::AddressStatus;
use crate::words::{self, list};

impl Situation<'_> {
    pub(super) fn leaderless(
        &self,
        status: &AddressStatus,
        why: &Undecided,
    ) -> (&'static str, String) {
        let id = &status.arbiter.address;
        let me = &self.view.me.addr;
        let sight = self.sight(status).map_or_else(
            || format!("Only a leader reads it, so where it is is not known here: `les provider observe {id}` on this machine reads it."),
            |s| format!("It {}, when this node read it last, {}.", self.stands("was", &s.holder), self.ago(s.at)),
        );
        let text = paragraph([
            format!("{id} should be on the node that leads, and this node, {me}, knows of none."),
            self.last_leader(),
            sight,
            format!("Why nobody leads: {}.", words::undecided(why)),
            self.unknown_target("so it cannot lead"),
            self.paused().unwrap_or_default(),
            self.advice(id, why),
        ]);
        ("no_leader", text)
    }

    /// What became of the last leader, if it was lost.
    fn last_leader(&self) -> String {
        let last = self.view.predecessor.1.as_ref();
        let mut gone = self.view.lost.iter();
        match gone.find(|l| Some(&l.addr) == last) {
            Some(gone) => format!(
                "The last leader was {}, which {} ({}).",
                gone.addr,
                lost(gone.loss),
                self.ago(gone.at)
            ),
            None => String::new(),
        }
    }

    fn advice(&self, id: &str, why: &Undecided) -> String {
        let ask = |addr: &Addr| format!("`les why {id} --url http://{addr}`");
        match why {
            Undecided::Joining => "Nothing needs doing: that takes a second or two.".into(),
            Undecided::NoContact => {
                let seeds = &self.view.leadership.unheard_seeds;
                let look = if seeds.is_empty() {
                    "Give this node the others as node.seeds, or let it discover them".to_owned()
                } else {
                    format!("Look whether {} runs and can be reached from here", list(seeds))
                };
                format!("{look}. If this node is meant to be alone, set election.alone_after.")
            }
            Undecided::NobodyEligible => self.who_may_lead(),
            Undecided::Nominated(addr) => format!(
                "Nothing needs doing if that takes a moment. If it lasts, see what {addr} waits for: {}.",
                ask(addr)
            ),
            Undecided::Candidate(waiting) => match &waiting[..] {
                [] => "Nothing needs doing: that takes a moment.".into(),
                [first, ..] => format!(
                    "Nothing needs doing if that takes a moment. If it lasts, look at {}: {}.",
                    list(waiting),
                    ask(first)
                ),
            },
            Undecided::NoQuorum { .. } => "Start the other voters, or mend the network to them: without a majority nobody moves the address in quorum mode, on purpose.".into(),
            Undecided::Leaving => match self.view.heirs.first() {
                Some(heir) => format!("Ask another node: {}.", ask(heir)),
                None => "No other node may lead now: start one.".into(),
            },
        }
    }

    /// Why each of those who are heard may not lead, and what changes that.
    fn who_may_lead(&self) -> String {
        let mine = &self.view.ineligible;
        let reasons: Vec<_> = mine.iter().map(|why| words::ineligible(*why)).collect();
        let own = if reasons.is_empty() {
            String::new()
        } else {
            format!("This node may not lead: {}.", reasons.join(", "))
        };
        let members = self.view.members.iter();
        let may_not = members.filter(|m| m.doc.ext.as_ref().is_some_and(|ext| !ext.eligible));
        let others: Vec<Addr> = may_not.map(|m| m.addr.clone()).collect();
        let others = if others.is_empty() {
            "No other node is heard that may.".to_owned()
        } else {
            format!(
                "By what they say, these may not lead either: {}.",
                list(&others)
            )
        };
        let mend = if mine.contains(&Ineligible::Drained) {
            "Run `les undrain` on the node that is to lead."
        } else {
            "Start a node that may lead, or run `les undrain` on one that was drained."
        };
        paragraph([own, others, mend.to_owned()])
    }
}
