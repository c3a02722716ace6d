//! Which rule keeps a leader from moving an address here, what it waits for, and what a person can do.

use les_core::{Addr, Loss, OnStranger, Time, Why};

use super::Situation;
use super::leading::Doing;
use crate::reconcile::AddressStatus;
use crate::words::list;

impl Situation<'_> {
    pub(super) fn rule(&self, status: &AddressStatus, why: &Why, until: Option<Time>) -> Doing {
        let again = until.map_or_else(
            || "when something changes".into(),
            |until| self.in_time(until),
        );
        let id = &status.arbiter.address;
        let (rule, advice) = match why {
            Why::NotLeader => (String::new(), String::new()),
            Why::NoTarget => (self.unknown_target("so nothing can be moved here"), String::new()),
            Why::Mine => (
                "It is read again as soon as the cloud's allowance of calls permits.".into(),
                self.nothing_to_do(),
            ),
            Why::Busy => (
                format!("The cloud is at work on it, so nothing is done until that ends; it is read again {again}."),
                "Nothing needs doing. If it lasts for minutes, look at the address in the cloud's own console.".into(),
            ),
            Why::Settling => (
                format!("This node's own write has just ended, and readings may still be old; it is read again {again}."),
                "Nothing needs doing.".into(),
            ),
            Why::OnItsWay => (
                format!("Nobody holds it, but a leader that is not heard may be moving it: this cloud shows an address as free meanwhile. This node waits for the time that a move takes, and looks again {again}."),
                "Nothing needs doing.".into(),
            ),
            Why::BackingOff(kind) => (format!("It is tried again {again}."), self.mend_of_a_leader(*kind)),
            Why::Meeting => self.meeting(id),
            Why::WaitingTurn => self.turn(&again),
            Why::AwaitingAnswer(node) => (
                format!("{node} holds it and has not said since that reading that it follows this node. As soon as it says so, the address is moved here."),
                format!("Nothing needs doing if that takes a moment. If it lasts, see what {node} thinks: `les why {id} --url http://{node}`."),
            ),
            Why::UnreachableMember(node) => self.unreachable(id, node),
            Why::Yielded(holder, node) => self.yielded(id, holder, node.as_ref()),
            Why::Confirming(holder) => (
                format!("It was here, and was moved to {} by somebody else. A second reading {again} decides whether this node yields.", self.machine(holder)),
                "Nothing needs doing yet: ask again after that.".into(),
            ),
            Why::StrangerSeedsUnheard(holder, seeds) => self.hidden(id, holder, seeds),
            Why::StrangerLeft(holder) => self.stranger(status, holder),
            Why::Paused => (
                format!("It is left where it is. {}", self.paused().unwrap_or_default()),
                "Run `les resume` when the work is done: it is moved here then, if the rules allow it.".into(),
            ),
        };
        let code = why.as_str();
        Doing { code, rule, advice }
    }

    /// Who a target is, as far as is known.
    fn machine(&self, target: &str) -> String {
        match self.node_of(target) {
            Some(node) => self.node(&node),
            None => format!("an unknown machine ({target})"),
        }
    }

    fn meeting(&self, id: &str) -> (String, String) {
        let claims = self.view.members.iter();
        let claims = claims.filter(|m| m.doc.leader.as_ref() == Some(&m.addr));
        let others: Vec<Addr> = claims.map(|m| m.addr.clone()).collect();
        let who = if others.is_empty() {
            "Another node".to_owned()
        } else {
            list(&others)
        };
        let url = others.first().map_or("NODE", |addr| addr.as_str());
        (
            format!(
                "{who} leads too: the two have just met, after a partition as a rule. Each reads the address, whoever holds it stays, and nothing is written until the other one yields."
            ),
            format!(
                "Nothing needs doing for some seconds. If it lasts, one of the two cannot read the address: see `les why {id} --url http://{url}`."
            ),
        )
    }

    fn turn(&self, again: &str) -> (String, String) {
        let silent = self.view.lost.iter();
        let silent = silent.filter(|l| matches!(l.loss, Loss::Silent | Loss::LoneSilence));
        let silent: Vec<Addr> = silent.map(|l| l.addr.clone()).collect();
        let who = if silent.is_empty() {
            "More senior nodes".to_owned()
        } else {
            format!(
                "More senior nodes that this node does not hear ({})",
                list(&silent)
            )
        };
        (
            format!(
                "{who} may be taking it over themselves: they have the first turn, and this node begins {again}."
            ),
            "Nothing needs doing.".into(),
        )
    }

    fn unreachable(&self, id: &str, node: &Addr) -> (String, String) {
        (
            format!(
                "{node} holds it and is not heard. It may be serving beyond a partition, so the address is not taken from there. It is moved here when {node} is heard and follows this node, when its machine refuses connections, or when the cloud reports that machine as stopped."
            ),
            format!(
                "Look whether {node} is alive. If it serves, mend the network between the two. If it is dead, switch its machine off in the cloud, or move the address by order: {}.",
                by_order(id)
            ),
        )
    }

    fn yielded(&self, id: &str, holder: &str, node: Option<&Addr>) -> (String, String) {
        let taker = self.machine(holder);
        let waits = node.map_or_else(
            || "until the address is read as free for a while, or back here".to_owned(),
            |node| format!("until {node} is heard and follows this node, or the cloud reports its machine as stopped"),
        );
        (
            format!(
                "It was here, and was moved to {taker} while this node could not hear who did that: by another leader, or by hand. To take it back would be the beginning of a tug-of-war, so this node yields, {waits}."
            ),
            format!(
                "If it belongs there, nothing needs doing. If it does not, move it back by order: {}.",
                by_order(id)
            ),
        )
    }

    fn hidden(&self, id: &str, holder: &str, seeds: &[Addr]) -> (String, String) {
        let (unheard, look) = if seeds.is_empty() {
            (
                "members are out of reach".to_owned(),
                "Bring back the members that `les status` shows as lost or silent".to_owned(),
            )
        } else {
            let seeds = list(seeds);
            (
                format!("these seeds were never heard: {seeds}"),
                format!("Start {seeds}, or take out of node.seeds what is not there any more"),
            )
        };
        (
            format!(
                "{holder} is no node that this one has met, but {unheard}. It may be one of them, serving beyond a partition, so the address is not taken from there until they answer or refuse, or a majority has been heard for a minute."
            ),
            format!(
                "{look}. If {holder} has no right to the address, move it by order: {}.",
                by_order(id)
            ),
        )
    }

    fn stranger(&self, status: &AddressStatus, holder: &str) -> (String, String) {
        let id = &status.arbiter.address;
        let taken = status
            .arbiter
            .moved
            .as_ref()
            .map(|(_, at)| self.moment(*at));
        let taken = taken.unwrap_or_else(|| "a while ago".into());
        let rule = match status.arbiter.on_stranger {
            OnStranger::Report => format!(
                "{holder} is no node of this cluster, and address.on_stranger = \"report\" says to leave the address there."
            ),
            OnStranger::Repair => format!(
                "{holder} is no node of this cluster. The address was taken back from a stranger at {taken} and was moved away again since; that is done once an hour at most, so that nobody fights over it."
            ),
            OnStranger::Always => format!(
                "{holder} is no node of this cluster. The address was taken back from a stranger at {taken}; that is done once a minute at most."
            ),
        };
        let advice = format!(
            "Find out who moved it to {holder}. If it belongs there, take the address out of this configuration. If it does not, move it back by order: {}.",
            by_order(id)
        );
        (rule, advice)
    }
}

/// How a person moves the address to the leader, which says this, past all rules.
fn by_order(id: &str) -> String {
    format!("`les pause`, `les provider assign {id}`, `les resume`, on this node")
}
