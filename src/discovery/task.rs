//! Collects what the sources say, and tells the election.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::time::Duration;

use les_core::{Addr, Input, MAX_SEEDS, Time};
use tokio::sync::{mpsc, watch};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use super::asker::{AskFailure, Asker};
use super::cache::{Cache, Found};
use super::known::{Answer, Known};
use super::source::{Pauses, Report, SourceLoop};
use super::status::{SourceError, SourceStatus};
use crate::clock::Clock;
use crate::config::DiscoverySource;
use crate::events::Events;
use crate::words;

/// Reports that wait: a source has one at a time.
const REPORTS: usize = 8;
/// So many addresses are named in a log line.
const NAMED: usize = 8;

/// What a discovery needs.
#[derive(Clone, Debug)]
pub struct DiscoveryWiring {
    /// Who asks.
    pub asker: Asker,
    /// This node.
    pub me: Addr,
    /// How many seeds are configured: they count first.
    pub configured: usize,
    /// From one question to the next.
    pub interval: Duration,
    /// Where what was found is kept.
    pub state_dir: Option<PathBuf>,
    /// The time.
    pub clock: Clock,
    /// Where it is told.
    pub inputs: mpsc::Sender<Input>,
    /// The history.
    pub events: Events,
    /// Ends it.
    pub stop: CancellationToken,
    /// Spreads the questions of several nodes.
    pub jitter_seed: u64,
}

#[derive(Debug)]
struct Source {
    source: DiscoverySource,
    name: String,
    known: Known,
    last_error: Option<SourceError>,
    /// The error that was told last, until the source answers.
    said: Option<String>,
}

/// The discovery of one node.
#[derive(Debug)]
pub struct Discovery {
    sources: Vec<Source>,
    wiring: DiscoveryWiring,
    cache: Option<Cache>,
    kept: Found,
    left_out: usize,
    status: watch::Sender<Vec<SourceStatus>>,
}

impl Discovery {
    /// A discovery, and where its state appears. What an earlier life found is read now.
    #[must_use]
    pub fn new(
        sources: &[DiscoverySource],
        wiring: DiscoveryWiring,
    ) -> (Self, watch::Receiver<Vec<SourceStatus>>) {
        let cache = wiring.state_dir.clone().map(Cache::new);
        let kept = cache.as_ref().map(Cache::load).unwrap_or_default();
        let remember = |source: &DiscoverySource| {
            let name = source.to_string();
            let known = Known::remembered(kept.get(&name).cloned().unwrap_or_default());
            Source {
                source: source.clone(),
                name,
                known,
                last_error: None,
                said: None,
            }
        };
        let (status, receiver) = watch::channel(Vec::new());
        let discovery = Self {
            sources: sources.iter().map(remember).collect(),
            wiring,
            cache,
            kept,
            left_out: 0,
            status,
        };
        discovery.publish();
        (discovery, receiver)
    }

    /// What is known so far, for the election.
    #[must_use]
    pub fn seeds(&self) -> Input {
        let found = self.union().into_iter();
        Input::Seeds {
            found: found.take(self.room()).collect(),
            complete: self.sources.iter().all(|s| s.known.is_complete()),
        }
    }

    /// Runs until the wiring's `stop`, or until the election is gone.
    pub async fn run(mut self) {
        let (sender, mut reports) = mpsc::channel::<Report>(REPORTS);
        let mut loops = JoinSet::new();
        for (index, source) in self.sources.iter().enumerate() {
            let jitter_seed = self.wiring.jitter_seed.wrapping_add(index as u64);
            let source_loop = SourceLoop {
                index,
                source: source.source.clone(),
                asker: self.wiring.asker.clone(),
                me: self.wiring.me.clone(),
                pauses: Pauses::new(self.wiring.interval, jitter_seed),
                reports: sender.clone(),
            };
            loops.spawn(source_loop.run());
        }
        let stop = self.wiring.stop.clone();
        loop {
            tokio::select! {
                () = stop.cancelled() => return,
                Some((index, answer)) = reports.recv() => self.heed(index, answer),
            }
            let told = tokio::select! {
                () = stop.cancelled() => return,
                told = self.wiring.inputs.send(self.seeds()) => told,
            };
            if told.is_err() {
                return;
            }
            self.keep().await;
        }
    }

    fn heed(&mut self, index: usize, answer: Result<Answer, AskFailure>) {
        let (now, interval) = (self.wiring.clock.mono(), self.wiring.interval);
        let Some(source) = self.sources.get_mut(index) else {
            return;
        };
        let events = &self.wiring.events;
        match answer {
            Ok(answer) => source.answered(now, answer, interval, events),
            Err(failure) => source.failed(now, &failure, events),
        }
        self.tell_left_out();
        self.publish();
    }

    fn union(&self) -> BTreeSet<Addr> {
        let found = self.sources.iter().flat_map(|s| s.known.found());
        found.cloned().collect()
    }

    /// How many discovered seeds there can be.
    const fn room(&self) -> usize {
        MAX_SEEDS.saturating_sub(self.wiring.configured)
    }

    fn tell_left_out(&mut self) {
        let left_out = self.union().len().saturating_sub(self.room());
        if left_out > self.left_out {
            tracing::warn!(
                event = "discovery_too_many",
                left_out,
                "{left_out} of the discovered addresses are left out: with the configured seeds there can be {MAX_SEEDS}"
            );
        }
        self.left_out = left_out;
    }

    /// On disk, when it has changed.
    async fn keep(&mut self) {
        let Some(cache) = self.cache.clone() else {
            return;
        };
        let found = self.sources.iter();
        let found: Found = found
            .map(|s| (s.name.clone(), s.known.found().clone()))
            .collect();
        if found == self.kept {
            return;
        }
        self.kept = found.clone();
        let stored = tokio::task::spawn_blocking(move || cache.store(&found)).await;
        if let Ok(Err(error)) = stored {
            tracing::warn!(
                event = "discovery_cache",
                "what was discovered cannot be kept over a restart: {error}"
            );
        }
    }

    fn publish(&self) {
        let status = self.sources.iter().map(Source::status).collect();
        self.status.send_replace(status);
    }
}

impl Source {
    fn answered(&mut self, now: Time, answer: Answer, interval: Duration, events: &Events) {
        let before = self.known.clone();
        let nobody = answer.named.is_empty();
        self.known.answered(now, answer, interval);
        let changed = before.found() != self.known.found();
        let first = before.last_answer().is_none() || self.said.is_some();
        self.said = None;
        if nobody && !before.is_kept() && (first || !before.found().is_empty()) {
            let kept = if self.known.is_kept() {
                "; what it named before counts for three more intervals"
            } else {
                ""
            };
            let text = format!("{} names nobody{kept}", self.name);
            tracing::warn!(event = "discovery_nobody", source = self.name, "{text}");
            events.record(now, "discovery_nobody", text);
        } else if changed || (first && !nobody) {
            let found = self.known.found();
            let text = format!("{} names {}: {}", self.name, found.len(), named(found));
            tracing::info!(event = "discovery_found", source = self.name, "{text}");
            events.record(now, "discovery_found", text);
        }
    }

    /// The same failure again is told only to those who look for it.
    fn failed(&mut self, now: Time, failure: &AskFailure, events: &Events) {
        self.known.failed();
        let message = words::chain(failure);
        if self.said.as_ref() == Some(&message) {
            tracing::debug!(event = "discovery_failed", source = self.name, "{message}");
        } else {
            let known = self.known.found().len();
            let text = format!(
                "{} cannot be asked ({known} known from before): {message}",
                self.name
            );
            tracing::warn!(event = "discovery_failed", source = self.name, "{text}");
            events.record(now, "discovery_failed", text);
            self.said = Some(message.clone());
        }
        self.last_error = Some(SourceError { message, at: now });
    }

    fn status(&self) -> SourceStatus {
        SourceStatus {
            source: self.name.clone(),
            found: self.known.found().iter().cloned().collect(),
            kept: self.known.is_kept(),
            answered: self.known.last_answer(),
            last_error: self.last_error.clone(),
        }
    }
}

fn named(found: &BTreeSet<Addr>) -> String {
    let names: Vec<&str> = found.iter().take(NAMED).map(Addr::as_str).collect();
    let more = if found.len() > NAMED { ", ..." } else { "" };
    names.join(", ") + more
}

#[cfg(test)]
#[path = "task_test.rs"]
mod tests;
