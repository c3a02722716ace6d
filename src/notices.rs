//! What the election has to tell, as log lines and history with stable event names.

use les_core::{Addr, Notice, Time};

use crate::events::{Entry, Events};
use crate::takeover::Takeovers;

/// One line in the log; evaluates to its name and its text for the history.
macro_rules! event {
    ($level:ident, $name:literal, { $($field:ident = $value:expr),* }, $($text:tt)+) => {{
        let text = format!($($text)+);
        tracing::$level!(event = $name, $($field = $value,)* "{text}");
        ($name, text)
    }};
}

/// Logs a notice and keeps it, with its cause.
pub fn tell(notice: &Notice, events: &Events, takeovers: &Takeovers, now: Time) {
    let elected = takeovers.notice(notice, now);
    let (name, text) = log(notice);
    let cause = match notice {
        Notice::Suspected { evidence, .. } => Some(evidence.as_str()),
        Notice::StreamEnded { end, .. } => Some(end.as_str()),
        Notice::MemberLost { loss, .. } => Some(loss.as_str()),
        Notice::SteppedDown { why } => Some(why.as_str()),
        Notice::Excluded { why, .. } => Some(why.as_str()),
        _ => elected,
    };
    let entry = Entry::new(name, text);
    events.tell(
        now,
        cause.map_or(entry.clone(), |cause| entry.because(cause)),
    );
}

#[rustfmt::skip] // a table: notice, level and name, fields, text
fn log(notice: &Notice) -> (&'static str, String) {
    match notice {
        Notice::Joined { stamp, behind: true } =>
            event!(info, "joined", { start_time = stamp.as_seconds(), behind = true }, "took a place behind the members of a live cluster"),
        Notice::Joined { stamp, behind: false } =>
            event!(info, "joined", { start_time = stamp.as_seconds(), behind = false }, "took a place by the wall clock"),
        Notice::MemberJoined { addr, reference: true } =>
            event!(info, "member_joined", { member = addr.as_str(), reference = true }, "{addr} is a member (a reference node)"),
        Notice::MemberJoined { addr, reference: false } =>
            event!(info, "member_joined", { member = addr.as_str(), reference = false }, "{addr} is a member"),
        Notice::Suspected { addr, evidence } =>
            event!(info, "suspected", { member = addr.as_str(), evidence = evidence.as_str() }, "{addr} did not answer ({})", evidence.as_str()),
        Notice::StreamEnded { addr, end } =>
            event!(info, "stream_ended", { member = addr.as_str(), end = end.as_str() }, "the stream of {addr} ended ({})", end.as_str()),
        Notice::MemberLost { addr, loss, was_leader } =>
            event!(warn, "member_lost", { member = addr.as_str(), loss = loss.as_str(), was_leader = *was_leader },
                "{}{addr} is lost ({})", if *was_leader { "the leader " } else { "" }, loss.as_str()),
        Notice::HeldBack { leader } =>
            event!(warn, "held_back", { leader = leader.as_str() }, "{leader} is silent and nobody else can be asked, but the shared address answers: it is left there"),
        Notice::Candidate { waiting_for } =>
            event!(info, "candidate", { waiting_for = names(waiting_for) }, "nominated; waiting for {} to confirm", names(waiting_for)),
        Notice::Elected { epoch, predecessor: Some(predecessor) } =>
            event!(info, "elected", { epoch = epoch.0, predecessor = predecessor.as_str() }, "leads in epoch {epoch}, after {predecessor}"),
        Notice::Elected { epoch, predecessor: None } =>
            event!(info, "elected", { epoch = epoch.0 }, "leads in epoch {epoch}"),
        Notice::Following { leader, epoch } =>
            event!(info, "following", { leader = leader.as_str(), epoch = epoch.0 }, "follows {leader} in epoch {epoch}"),
        Notice::SteppedDown { why } =>
            event!(warn, "stepped_down", { why = why.as_str() }, "no longer leads ({})", why.as_str()),
        Notice::Restamped { stamp } =>
            event!(info, "restamped", { start_time = stamp.as_seconds() }, "went to the end of the order"),
        Notice::MetLeader { addr, epoch } =>
            event!(warn, "met_leader", { leader = addr.as_str(), epoch = epoch.0 }, "{addr} leads too, in epoch {epoch}"),
        Notice::WonMeeting { epoch } =>
            event!(info, "won_meeting", { epoch = epoch.0 }, "remains leader, now in epoch {epoch}"),
        Notice::Clone { id, at } =>
            event!(error, "clone", { id = id.to_string(), at = names(at) }, "{} have one id, {id}: give one of them a new state_dir", names(at)),
        Notice::Pause(pause) if pause.paused =>
            event!(warn, "paused", { by = pause.by.as_str() }, "moves are paused (`les pause` at {}): elections go on, addresses stay where they are", pause.by),
        Notice::Pause(pause) =>
            event!(info, "resumed", { by = pause.by.as_str() }, "moves go on (`les resume` at {})", pause.by),
        Notice::Deaf(true) =>
            event!(warn, "deaf", {}, "is asked by others and hears nobody"),
        Notice::Deaf(false) =>
            event!(info, "hears_again", {}, "hears others again"),
        Notice::Excluded { addr, why } =>
            event!(warn, "excluded", { peer = addr.as_str(), why = why.as_str() }, "{addr} is not admitted ({})", why.as_str()),
    }
}

fn names(addrs: &[Addr]) -> String {
    addrs.iter().map(Addr::as_str).collect::<Vec<_>>().join(",")
}
