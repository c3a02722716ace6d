//! The verdict of a node that follows: by what its leader has published.

use les_core::Addr;

use super::phrases::paragraph;
use super::{Holder, Sight, Situation};
use crate::reconcile::AddressStatus;

impl Situation<'_> {
    pub(super) fn following(
        &self,
        status: &AddressStatus,
        leader: &Addr,
    ) -> (&'static str, String) {
        let id = &status.arbiter.address;
        let sight = self.sight(status);
        let (code, what) = match sight.as_ref().filter(|s| self.is_fresh(s)) {
            Some(fresh) if fresh.node() == Some(leader) => ("followed", self.followed(id, fresh)),
            Some(fresh) => ("elsewhere", self.elsewhere(id, fresh)),
            None => ("not_leader", self.not_told(id, leader, sight.as_ref())),
        };
        // Neither is about the address's place, but about the next takeover.
        let warning = paragraph([
            self.unknown_target("so it cannot lead"),
            self.standby(status),
        ]);
        let advice = match code {
            "followed" if warning.is_empty() => self.nothing_to_do(),
            "followed" => String::new(),
            _ if self.is_reference(leader) => format!(
                "To see where it is, run `les provider observe {id}` on this machine; reference nodes move it when their own loop comes round."
            ),
            _ => {
                format!("The leader knows what it waits for: `les why {id} --url http://{leader}`.")
            }
        };
        let text = paragraph([what, self.paused().unwrap_or_default(), warning, advice]);
        (code, text)
    }

    fn followed(&self, id: &str, sight: &Sight) -> String {
        let (by, leader) = (&sight.by, self.node(&sight.by));
        let (last, me) = (self.ago(sight.at), &self.view.me.addr);
        format!(
            "{id} is where it should be: on {leader}, which leads. {by} read that itself {last}; this node, {me}, follows it and reads nothing."
        )
    }

    fn elsewhere(&self, id: &str, sight: &Sight) -> String {
        let (by, leader) = (&sight.by, self.node(&sight.by));
        let (last, me) = (self.ago(sight.at), &self.view.me.addr);
        let stands = match &sight.holder {
            Holder::Unsaid => "is elsewhere; the version of that node does not say where".into(),
            holder => self.stands("is", holder),
        };
        format!(
            "{id} is not where it should be: it should be on {leader}, which leads and which this node, {me}, follows. It {stands}. {by} read that {last}, and it is for the leader to move it."
        )
    }

    fn not_told(&self, id: &str, leader: &Addr, sight: Option<&Sight>) -> String {
        let me = &self.view.me.addr;
        let should = format!(
            "{id} should be on {}, which leads and which this node, {me}, follows.",
            self.node(leader)
        );
        if self.is_reference(leader) {
            return format!(
                "{should} It is a reference node, and those publish no readings: where the address is is not known here."
            );
        }
        let Some(sight) = sight else {
            return format!(
                "{should} Where it is is not known here: {leader} has published no reading of it yet, or has no such address in its configuration."
            );
        };
        let stood = if sight.node() == Some(leader) {
            "was there".to_owned()
        } else {
            self.stands("was", &sight.holder)
        };
        format!(
            "{should} It {stood}, when {leader} read it last, {}; where it is now is not known here, since no reading was published after that.",
            self.ago(sight.at)
        )
    }

    fn is_reference(&self, leader: &Addr) -> bool {
        let members = &self.view.members;
        members
            .iter()
            .any(|m| m.addr == *leader && m.doc.ext.is_none())
    }
}
