//! The picture of a cluster: the lead, pauses, members, the cloud, addresses.

use crate::cli::paint::Paint;
use crate::cli::read::{AddressPart, ProviderPart, StatusPage, age, moment, wrap};

use super::members;

/// Columns before the text of an address's or the provider's lines.
const INDENT: usize = 12;
/// Trouble that is older does not stand out any more.
const RECENT_MS: u64 = 60_000;

/// In lines of `width` columns, as far as names allow it.
pub(super) fn text(page: &StatusPage, paint: Paint, width: usize) -> String {
    let mut parts = vec![head(page, paint, width)];
    parts.push(members::table(page, paint, width));
    parts.extend(
        page.provider
            .as_ref()
            .map(|cloud| provider(cloud, page.role == "leader", paint, width)),
    );
    let addresses = page.addresses.iter();
    parts.extend(addresses.map(|part| address(part, &page.now, paint, width)));
    if page.addresses.is_empty() {
        parts.push("no address is configured on this node\n".to_owned());
    }
    parts.join("\n")
}

fn head(page: &StatusPage, paint: Paint, width: usize) -> String {
    let mut lines = vec![match &page.leader {
        Some(leader) => paint.bold(&lead(page, leader)),
        None => {
            let why = page.why.as_deref().unwrap_or("it does not say why");
            paint.alarm(&wrap(&format!("NOBODY LEADS: {why}"), width, 2))
        }
    }];
    let ready = if page.ready { "" } else { ", not ready" };
    lines.push(format!(
        "asked: {}, {} (les {}, mode {}){ready}",
        page.addr,
        role(&page.role),
        page.version,
        page.mode
    ));
    if !page.ineligible.is_empty() {
        lines.push(format!(
            "that node may not lead: {}",
            page.ineligible.join(", ")
        ));
    }
    lines.extend(pause(page, paint, width));
    lines.join("\n") + "\n"
}

fn lead(page: &StatusPage, leader: &str) -> String {
    let epoch = page.epoch.map(|epoch| format!(" in epoch {epoch}"));
    let since = page.since.as_deref();
    let since = since.map(|since| format!(" since {}", moment(since, &page.now)));
    format!(
        "{leader} leads{}{}",
        epoch.unwrap_or_default(),
        since.unwrap_or_default()
    )
}

fn role(role: &str) -> &str {
    match role {
        "leader" => "the leader",
        "follower" => "a follower",
        other => other,
    }
}

fn pause(page: &StatusPage, paint: Paint, width: usize) -> Option<String> {
    let paused = page.paused.as_ref()?;
    let by = paused
        .by
        .as_deref()
        .map_or(String::new(), |by| format!(" by {by}"));
    let since = paused.since.as_deref().map_or(String::new(), |since| {
        format!(" since {}", moment(since, &page.now))
    });
    let text = format!("MOVES ARE PAUSED{by}{since}; `les resume` ends it");
    let mut lines = vec![paint.doubt(&wrap(&text, width, 2))];
    if !paused.unaware.is_empty() {
        let text = format!("  NOT YET known to {}", paused.unaware.join(", "));
        lines.push(paint.alarm(&text));
    }
    if !paused.unable.is_empty() {
        let nodes = paused.unable.join(", ");
        let text = format!("reference nodes know no pauses and move addresses: {nodes}");
        lines.push(format!("  {}", paint.alarm(&wrap(&text, width, 2))));
    }
    Some(lines.join("\n"))
}

fn provider(cloud: &ProviderPart, leads: bool, paint: Paint, width: usize) -> String {
    let me = match &cloud.target {
        Some(target) => format!("that node is {target}"),
        None => "who that node is there is not known".to_owned(),
    };
    let mut facts = vec![me];
    // Whoever does not lead reads nothing.
    let tick = cloud.tick_ms.filter(|_| leads);
    facts.extend(tick.map(|tick| format!("reads every {}", age(tick))));
    facts.extend(
        cloud
            .budget_remaining
            .map(|left| format!("{left} calls left")),
    );
    let text = format!("provider {}: {}", cloud.name, facts.join(", "));
    let mut text = wrap(&text, width, 2) + "\n";
    if let Some(error) = &cloud.last_error {
        let ago = error
            .ago_ms
            .map_or(String::new(), |ms| format!("{} ago, ", age(ms)));
        let trouble = format!("{ago}{}: {} ({})", error.meaning, error.message, error.kind);
        // It stays when it is over, and only its age tells.
        let is_recent = error.ago_ms.is_none_or(|ms| ms < RECENT_MS);
        let painted = |text: &str| match is_recent {
            true => paint.doubt(text),
            false => text.to_owned(),
        };
        text += &labelled("trouble", &trouble, painted, width);
    }
    text
}

fn address(address: &AddressPart, now: &str, paint: Paint, width: usize) -> String {
    let AddressPart { id, code, .. } = address;
    let id = paint.bold(id);
    let code = if code.is_empty() {
        String::new()
    } else {
        format!(" ({code})")
    };
    let head = match (address.right, address.moving) {
        (_, true) => paint.doubt(&format!("on the move{code}")),
        (true, false) => paint.good(&format!("as it should be{code}")),
        (false, false) => paint.alarm(&format!("NOT AS IT SHOULD BE{code}")),
    };
    let plain = |text: &str| text.to_owned();
    let mut text = format!("{id}: {head}\n");
    text += &labelled("wanted", &wanted(address), plain, width);
    text += &labelled("observed", &observed(address, now), plain, width);
    if !address.why.is_empty() {
        text += &labelled("why", &address.why, plain, width);
    }
    text
}

fn labelled(label: &str, text: &str, paint: impl Fn(&str) -> String, width: usize) -> String {
    format!("  {label:<10}{}\n", paint(&wrap(text, width, INDENT)))
}

fn wanted(address: &AddressPart) -> String {
    match &address.wanted {
        Some(wanted) => holder(wanted.node.as_deref(), wanted.target.as_deref(), "a node"),
        None => "nowhere: nobody leads who would know".to_owned(),
    }
}

fn observed(address: &AddressPart, now: &str) -> String {
    let Some(seen) = &address.observed else {
        return "not read yet".to_owned();
    };
    let mut text = holder(
        seen.node.as_deref(),
        seen.target.as_deref(),
        "an unknown machine",
    );
    if let Some(since) = &seen.since {
        text += &format!(" since {}", moment(since, now));
    }
    if let Some(ms) = seen.age_ms {
        text += &format!("; read {} ago", age(ms));
    }
    if let Some(by) = &seen.by {
        text += &format!(" by {by}");
    }
    text
}

/// A node and its target; the node may be unknown, and the target nobody.
fn holder(node: Option<&str>, target: Option<&str>, unknown: &str) -> String {
    match (node, target) {
        (Some(node), Some(target)) => format!("{node} ({target})"),
        (Some(node), None) => node.to_owned(),
        (None, Some(target)) => format!("{unknown} ({target})"),
        (None, None) => "nobody".to_owned(),
    }
}

#[cfg(test)]
mod tests;
