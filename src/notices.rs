//! What the election has to tell, as log lines and history with stable event names.

use les_core::{Addr, Notice, Time};

use crate::events::Events;

/// Logs a notice and keeps it.
pub fn tell(notice: &Notice, events: &Events, now: Time) {
    let (name, text) = log(notice);
    events.record(now, name, text);
}

/// Logs one notice; returns its name and its text.
fn log(notice: &Notice) -> (&'static str, String) {
    /// One line in the log and one in the history, with the same name and text.
    macro_rules! event {
        ($level:ident, $name:literal, { $($field:ident = $value:expr),* }, $($text:tt)+) => {{
            let text = format!($($text)+);
            tracing::$level!(event = $name, $($field = $value,)* "{text}");
            ($name, text)
        }};
    }
    match notice {
        Notice::Joined { stamp, behind } => {
            let place = if *behind { "behind the members of a live cluster" } else { "by the wall clock" };
            event!(info, "joined", { start_time = stamp.as_seconds(), behind = *behind }, "took a place in the order {place}")
        }
        Notice::MemberJoined { addr, reference } => {
            let kind = if *reference { " (a reference node)" } else { "" };
            event!(info, "member_joined", { member = addr.as_str(), reference = *reference }, "{addr} is a member{kind}")
        }
        Notice::Suspected { addr, evidence } => {
            event!(info, "suspected", { member = addr.as_str(), evidence = evidence.as_str() }, "{addr} did not answer ({})", evidence.as_str())
        }
        Notice::MemberLost { addr, loss, was_leader } => {
            let rank = if *was_leader { "the leader " } else { "" };
            event!(warn, "member_lost", { member = addr.as_str(), loss = loss.as_str(), was_leader = *was_leader }, "{rank}{addr} is lost ({})", loss.as_str())
        }
        Notice::Candidate { waiting_for } => {
            let waiting = names(waiting_for);
            event!(info, "candidate", { waiting_for = waiting.as_str() }, "nominated; waiting for {waiting} to confirm")
        }
        Notice::Elected { epoch, predecessor } => {
            let after = predecessor.as_ref().map(|p| format!(" after {p}")).unwrap_or_default();
            event!(info, "elected", { epoch = epoch.0, predecessor = predecessor.as_ref().map(Addr::as_str) }, "leads in epoch {epoch}{after}")
        }
        Notice::Following { leader, epoch } => {
            event!(info, "following", { leader = leader.as_str(), epoch = epoch.0 }, "follows {leader} in epoch {epoch}")
        }
        Notice::SteppedDown { why } => event!(warn, "stepped_down", { why = why.as_str() }, "no longer leads ({})", why.as_str()),
        Notice::Restamped { stamp } => {
            event!(info, "restamped", { start_time = stamp.as_seconds() }, "went to the end of the order")
        }
        Notice::MetLeader { addr, epoch } => {
            event!(warn, "met_leader", { leader = addr.as_str(), epoch = epoch.0 }, "{addr} leads too, in epoch {epoch}")
        }
        Notice::WonMeeting { epoch } => event!(info, "won_meeting", { epoch = epoch.0 }, "remains leader, now in epoch {epoch}"),
        Notice::Clone { id, at } => {
            let at = names(at);
            event!(error, "clone", { id = id.to_string(), at = at.as_str() }, "{at} have one id {id}: give one of them a new state_dir")
        }
        Notice::Deaf(true) => event!(warn, "deaf", {}, "is asked by others and hears nobody"),
        Notice::Deaf(false) => event!(info, "hears_again", {}, "hears others again"),
        Notice::Excluded { addr, why } => {
            event!(warn, "excluded", { peer = addr.as_str(), why = why.as_str() }, "{addr} is not admitted ({})", why.as_str())
        }
    }
}

fn names(addrs: &[Addr]) -> String {
    addrs.iter().map(Addr::as_str).collect::<Vec<_>>().join(",")
}
