//! Words that more than one sentence needs: spans, moments, machines.

use std::time::Duration;

use les_core::{Addr, Loss, Time, Wall};

use super::{Holder, Situation};
use crate::wire::wall_time;

/// "0.9 s", "48 s", "12 min", "5 h", "3 days".
pub(super) fn span(duration: Duration) -> String {
    let secs = duration.as_secs();
    match secs {
        0..10 => format!("{:.1} s", duration.as_secs_f64()),
        10..120 => format!("{secs} s"),
        120..7_200 => format!("{} min", secs / 60),
        7_200..172_800 => format!("{} h", secs / 3600),
        _ => format!("{} days", secs / 86_400),
    }
}

/// "2026-11-27 09:00:01 UTC".
pub(super) fn clock_face(wall: Wall) -> String {
    let text = humantime::format_rfc3339_seconds(wall_time(wall)).to_string();
    text.replace('T', " ").replace('Z', " UTC")
}

/// What became of a node, after its name and "which".
pub(super) const fn lost(loss: Loss) -> &'static str {
    match loss {
        Loss::Dead => "died",
        Loss::Goodbye => "said goodbye",
        Loss::Silent => "fell silent, here and at other nodes",
        Loss::LoneSilence => "fell silent, with nobody else to ask",
        Loss::Zombie => "answered, but its own loop stood still",
        Loss::Resigned => "gave up the lead",
    }
}

impl Situation<'_> {
    /// "0.9 s ago".
    pub(super) fn ago(&self, at: Time) -> String {
        format!("{} ago", span(self.now.mono.since(at)))
    }

    /// "2026-11-27 09:00:01 UTC (18 min ago)".
    pub(super) fn moment(&self, at: Time) -> String {
        let face = clock_face(self.now.wall_at(at));
        format!("{face} ({})", self.ago(at))
    }

    /// The same for a moment of another node's wall clock.
    pub(super) fn wall_moment(&self, at: Wall) -> String {
        let ago = Duration::from_micros(self.now.wall.0.saturating_sub(at.0));
        format!("{} ({} ago)", clock_face(at), span(ago))
    }

    /// "in 3.0 s"; with the clock's face if that is far away.
    pub(super) fn in_time(&self, at: Time) -> String {
        let left = at.since(self.now.mono);
        let text = format!("in {}", span(left));
        if left < Duration::from_secs(120) {
            return text;
        }
        format!("at {} ({text})", clock_face(self.now.wall_at(at)))
    }

    /// "this node, 10.0.0.1:4000 (target 1001)", or the same of another node.
    pub(super) fn node(&self, addr: &Addr) -> String {
        let this = if *addr == self.view.me.addr {
            "this node, "
        } else {
            ""
        };
        match self.target_of(addr) {
            Some(target) => format!("{this}{addr} (target {target})"),
            None => format!("{this}{addr}"),
        }
    }

    /// "is on 10.0.0.3:4000 (target 3)", with another verb for what is past.
    pub(super) fn stands(&self, verb: &str, holder: &Holder) -> String {
        match holder {
            Holder::Nobody => format!("{verb} held by nobody"),
            Holder::Unsaid => {
                format!("{verb} not there, and the version of that node does not say where")
            }
            Holder::Machine {
                node: Some(node), ..
            } => format!("{verb} on {}", self.node(node)),
            Holder::Machine { target, .. } => {
                let target = target.as_deref().unwrap_or_default();
                format!("{verb} on an unknown machine ({target})")
            }
        }
    }

    /// That moves are paused, if they are.
    pub(super) fn paused(&self) -> Option<String> {
        let pause = self.view.pause.as_ref().filter(|pause| pause.paused)?;
        Some(format!(
            "Moves have been paused since {}, by an order at {}.",
            self.wall_moment(pause.at),
            pause.by
        ))
    }

    /// What to do where all is well.
    pub(super) fn nothing_to_do(&self) -> String {
        if self.view.is_paused() {
            "Until `les resume` no node moves the address, whatever happens.".into()
        } else {
            "Nothing needs doing.".into()
        }
    }
}

/// One paragraph of what there is to say.
pub(super) fn paragraph(sentences: impl IntoIterator<Item = String>) -> String {
    let said: Vec<_> = sentences.into_iter().filter(|s| !s.is_empty()).collect();
    said.join(" ")
}
