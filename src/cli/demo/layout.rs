//! Entries of the timeline that are more than a line.

use std::net::SocketAddr;

use super::happening::{LastLine, Playable, list};
use super::summary::Summary;
use super::takeover::Timings;

/// What is shown, and on what terms.
pub(super) fn terms(
    cloud: SocketAddr,
    address: &str,
    action_takes_ms: u128,
    loop_rate_s: u64,
) -> String {
    format!(
        "  Every node is a real `les run` process with the digitalocean provider. The cloud is a server at http://{cloud}
  that speaks DigitalOcean's API; it has the address {address} and takes {action_takes_ms} ms to move it (the real one: about 11 s).
  The nodes' loop rate is {loop_rate_s} s (by default 5 s). All times are measured.
"
    )
}

/// Each part of the move, counted from the kill and from the part before.
pub(super) fn timings(timings: &Timings) -> String {
    let Timings {
        noticed_by,
        elected,
        ..
    } = timings;
    let steps = [
        ("noticed", timings.noticed_ms, format!("by {noticed_by}")),
        ("elected", timings.elected_ms, elected.to_string()),
        (
            "cloud asked",
            timings.cloud_asked_ms,
            "to move the address".to_owned(),
        ),
        (
            "cloud confirmed",
            timings.cloud_confirmed_ms,
            "the address is there".to_owned(),
        ),
    ];
    let mut text = format!("  {:<18}{:>12}{:>14}\n", "", "since kill", "this part");
    let mut before = 0.0;
    for (step, since_kill, remark) in steps {
        let part = since_kill - before;
        text += &format!("  {step:<18}{since_kill:>9.1} ms{part:>11.1} ms  {remark}\n");
        before = since_kill;
    }
    text
}

/// The outcome.
pub(super) fn summary(summary: &Summary) -> String {
    let Summary {
        address,
        killed,
        new_leader,
        returned_follows,
        ticks_watched,
        assigns_after_return,
        timings,
        ..
    } = summary;
    let Timings {
        cloud_asked_ms,
        cloud_confirmed_ms,
        ..
    } = timings;
    let cloud_part = cloud_confirmed_ms - cloud_asked_ms;
    format!(
        "  {address} went from {killed} to {new_leader} {cloud_confirmed_ms:.0} ms after the kill; the cloud needed {cloud_part:.0} ms of that.
  It was held by {holders} in turn, and by nobody else.
  {killed} is back and follows {returned_follows}: in {ticks_watched} ticks since then there were {assigns_after_return} calls to move the address.
",
        holders = list(&summary.holders),
    )
}

/// What to type.
pub(super) fn playground(nodes: &[Playable]) -> String {
    let mut text = String::new();
    for node in nodes {
        let Playable {
            node,
            addr,
            pid,
            leads,
        } = node;
        let role = if *leads { "leads" } else { "" };
        text += &format!(
            "  {node:<8}{role:<7}curl -s http://{addr}/diag/    kill -9 {pid}    kill -STOP {pid}    kill -CONT {pid}\n"
        );
    }
    text
}

/// The nodes' last words.
pub(super) fn logs(logs: &[LastLine]) -> String {
    let line = |LastLine { node, line }: &LastLine| format!("  {node}  {}\n", log_line(line));
    logs.iter().map(line).collect()
}

/// A JSON log line for a person; as it is, if it is something else.
fn log_line(line: &str) -> String {
    let Ok(parsed) = serde_json::from_str::<serde_json::Value>(line) else {
        return line.to_owned();
    };
    let part = |key: &str| parsed[key].as_str().unwrap_or_default().to_owned();
    format!(
        "{} {:<5} {}",
        part("timestamp"),
        part("level"),
        part("message")
    )
}
