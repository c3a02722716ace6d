//! Calls to the cloud that failed, and what a person can do about them.

use les_core::FailureKind;

use super::Situation;
use crate::reconcile::{AddressStatus, LastError, StandbyStatus};
use crate::words;

impl Situation<'_> {
    /// "the cloud asked for fewer calls: observe: 429 Too Many Requests".
    fn failure(error: &LastError) -> String {
        let message = error.message.trim_end_matches('.');
        format!("{}: {message}.", words::failure(error.kind))
    }

    /// The row of failed calls of this address, if the latest call is one of it.
    pub(super) fn failed_calls(&self, status: &AddressStatus) -> String {
        let attempts = status.arbiter.attempts;
        let Some(error) = status.last_error.as_ref().filter(|_| attempts > 0) else {
            return String::new();
        };
        format!(
            "The latest call to the cloud failed {}, number {attempts} in a row; {}",
            self.ago(error.at),
            Self::failure(error)
        )
    }

    /// Why this node does not know who it is at the provider, if it does not.
    pub(super) fn unknown_target(&self, so: &str) -> String {
        let Some(provider) = self.provider.filter(|p| p.target.is_none()) else {
            return String::new();
        };
        let tells = format!("Who this node is at the provider is not known yet, {so}");
        match &provider.last_error {
            None => format!("{tells}: it was asked and has not answered."),
            Some(error) => format!(
                "{tells}. It was asked last {}; {} If that lasts, `les check` on this node tries it, and provider.target gives the answer by hand.",
                self.ago(error.at),
                Self::failure(error)
            ),
        }
    }

    /// That this node could not take over, if it is the next in line.
    pub(super) fn standby(&self, status: &AddressStatus) -> String {
        let is = |s: &AddressStatus| s.arbiter.address == status.arbiter.address;
        let index = self.addresses.iter().position(is);
        let fails = |s: &&StandbyStatus| {
            let failed = s.last_error.as_ref().map(|e| e.at);
            s.next_in_line && failed > s.last_ok
        };
        let standby = index.and_then(|i| self.standbys.get(i)).filter(fails);
        let Some(error) = standby.and_then(|s| s.last_error.as_ref()) else {
            return String::new();
        };
        format!(
            "But this node would lead next, and could not take over: its own latest reading failed {}; {} {} Until then, `les drain` on this node keeps it from the lead.",
            self.ago(error.at),
            Self::failure(error),
            self.mend(error.kind)
        )
    }

    /// The same on a leader, which can give the lead to a node that reaches the cloud.
    pub(super) fn mend_of_a_leader(&self, kind: FailureKind) -> String {
        let mend = self.mend(kind);
        if kind != FailureKind::Unreachable {
            return mend;
        }
        format!("{mend} If other nodes reach it, `les handoff` gives one of them the lead.")
    }

    /// What a person can do about a call that failed like this.
    pub(super) fn mend(&self, kind: FailureKind) -> String {
        let cloud = self.provider.map_or("the provider", |p| &p.name);
        match kind {
            FailureKind::Throttled => "Nothing needs doing if it passes. If it lasts, see what else uses the same account or token, or read more seldom (node.loop_rate).".into(),
            FailureKind::Transient => format!("Nothing needs doing if it passes. If it lasts, see whether {cloud} reports an outage."),
            FailureKind::Unreachable => format!("Nothing needs doing if it passes. If it lasts, look at this machine's way to {cloud} (DNS, route, proxy, firewall): `les check` tries it."),
            FailureKind::InProgress => "Nothing needs doing: it is tried again when that action has ended.".into(),
            FailureKind::MaybeApplied | FailureKind::Conflict => "Nothing needs doing: the address is read before anything else.".into(),
            FailureKind::Denied => format!("A person must mend this: grant the credentials of this node what {cloud} refused (the page of this provider lists the permissions), or replace them. `les check` on this node tries them, and credentials in a file are read again when it changes."),
            FailureKind::NotFound => format!("A person must mend this: see whether the address's id and this node's target are written as {cloud} writes them, and whether the credentials belong to the project or account that has both. `les check` on this node shows what it finds."),
            FailureKind::Misconfigured => "A person must mend this: the configuration of this node ([provider] and [[address]]) is not accepted by the cloud. `les check` on this node says what is wrong; restart the node after the change.".into(),
        }
    }
}
