//! What a reconciler tells a person: log lines with stable event names, and the history. Nothing is said twice in a row.

use std::time::Duration;

use les_core::{Epoch, Licence, Seen, Why};
use les_provider::{AddressId, ErrorKind, Target};

use super::status::{Call, LastError};
use crate::clock::Clock;
use crate::events::{Entry, Events};
use crate::metrics::Metrics;
use crate::words;

/// Speaks for one address.
#[derive(Debug)]
pub(super) struct Voice {
    id: AddressId,
    clock: Clock,
    events: Events,
    metrics: Metrics,
    said_resting: Option<Why>,
    said_holder: Option<Option<String>>,
    said_failure: Option<&'static str>,
}

impl Voice {
    pub(super) const fn new(id: AddressId, clock: Clock, events: Events, metrics: Metrics) -> Self {
        Self {
            id,
            clock,
            events,
            metrics,
            said_resting: None,
            said_holder: None,
            said_failure: None,
        }
    }

    pub(super) fn resting(&mut self, why: Why) {
        if self.said_resting.as_ref() == Some(&why) {
            return;
        }
        let (text, code) = (words::resting(&why), why.as_str());
        if is_usual(&why) {
            tracing::debug!(event = "resting", address = %self.id, why = code, "{text}");
        } else {
            tracing::info!(event = "resting", address = %self.id, why = code, "{text}");
            self.record("resting", &text, Some(code));
        }
        self.said_resting = Some(why);
    }

    /// A reading succeeded.
    pub(super) fn read(&mut self, seen: &Seen, mine: bool) {
        self.said_failure = None;
        if self.said_holder.as_ref() != Some(&seen.holder) {
            let holder = seen.holder.as_deref().unwrap_or("nobody");
            let text = format!("held by {holder}{}", if mine { ", this node" } else { "" });
            tracing::info!(event = "address_read", address = %self.id, holder = seen.holder, mine, "{text}");
            self.record("address_read", &text, None);
            self.said_holder = Some(seen.holder.clone());
        }
    }

    pub(super) fn begun(&self, epoch: Epoch, licence: &Licence, from: Option<&str>, to: &Target) {
        // A blind takeover has read nothing: it overwrites whatever the predecessor's machine is.
        let holder = match licence {
            Licence::Blind(predecessor) => predecessor.as_str(),
            _ => from.unwrap_or("nobody"),
        };
        let licence = licence.as_str();
        let text = format!("moving it from {holder} to {to} in epoch {epoch} ({licence})");
        tracing::info!(event = "assign_begun", address = %self.id, epoch = epoch.0, licence, from, to = %to, "{text}");
        self.record("assign_begun", &text, Some(licence));
    }

    pub(super) fn done(&mut self, took: Duration, licence: &Licence) {
        self.said_failure = None;
        let took_ms = millis(took);
        let text = format!("moved here in {took_ms} ms");
        tracing::info!(event = "assign_done", address = %self.id, took_ms, "{text}");
        self.metrics.moved(&self.id.0, licence.as_str());
        self.record("assign_done", &text, Some(licence.as_str()));
    }

    pub(super) fn cancelled(&self) {
        let text =
            "the call was dropped, since this node no longer leads; it may still take effect";
        tracing::warn!(event = "assign_cancelled", address = %self.id, "{text}");
        self.record("assign_cancelled", text, None);
    }

    /// A failure of a new kind is said; the same one again only to those who look for it.
    pub(super) fn failed(
        &mut self,
        call: Call,
        kind: ErrorKind,
        error: &LastError,
        retry_in: Duration,
    ) {
        let event = match call {
            Call::Observe => "observe_failed",
            Call::Assign => "assign_failed",
        };
        let for_a_person = needs_a_person(kind);
        let (kind, retry_ms) = (kind.as_str(), millis(retry_in));
        let message = &error.message;
        if self.said_failure.replace(kind) == Some(kind) {
            tracing::debug!(event, address = %self.id, kind, retry_ms, "{message}");
            return;
        }
        if for_a_person {
            tracing::error!(event, address = %self.id, kind, retry_ms, "a person must mend this: {message}");
        } else {
            tracing::warn!(event, address = %self.id, kind, retry_ms, "{message}");
        }
        self.record(event, &format!("{kind}: {message}"), Some(kind));
    }

    fn record(&self, name: &'static str, text: &str, cause: Option<&'static str>) {
        let text = format!("{}: {text}", self.id);
        let entry = Entry::new(name, text).about(&self.id.0);
        let entry = match cause {
            Some(cause) => entry.because(cause),
            None => entry,
        };
        self.events.tell(self.clock.mono(), entry);
    }
}

const fn needs_a_person(kind: ErrorKind) -> bool {
    matches!(
        kind,
        ErrorKind::Denied | ErrorKind::NotFound | ErrorKind::Misconfigured
    )
}

/// What a healthy cluster does all the time, and what something else was already said about.
const fn is_usual(why: &Why) -> bool {
    matches!(
        why,
        Why::NotLeader
            | Why::NoTarget
            | Why::Mine
            | Why::Busy
            | Why::Settling
            | Why::OnItsWay
            | Why::BackingOff(_)
    )
}

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}
