//! All that this node watches.

use std::collections::BTreeMap;

use les_core::{Input, WatchId};
use tokio::sync::mpsc;
use tokio::task::{AbortHandle, JoinSet};

use super::watcher::{Watched, Watcher};

/// Reports that wait for the node. Each stream has one more in hand, and reads no further until there is room: nothing is lost, and a peer that floods
/// waits like everybody else.
const REPORTS: usize = 64;

/// The open streams and canaries. The election asks for one of each member at most.
#[derive(Debug)]
pub struct Watches {
    watcher: Watcher,
    tasks: JoinSet<()>,
    open: BTreeMap<WatchId, AbortHandle>,
    reporter: mpsc::Sender<Input>,
    reports: mpsc::Receiver<Input>,
}

impl Watches {
    /// None yet.
    #[must_use]
    pub fn new(watcher: Watcher) -> Self {
        let (reporter, reports) = mpsc::channel(REPORTS);
        Self {
            watcher,
            tasks: JoinSet::new(),
            open: BTreeMap::new(),
            reporter,
            reports,
        }
    }

    /// Opens one.
    pub fn open(&mut self, watched: Watched) {
        while self.tasks.try_join_next().is_some() {}
        let watch = watched.watch;
        let task = self.watcher.clone().run(watched, self.reporter.clone());
        self.open.insert(watch, self.tasks.spawn(task));
    }

    /// Closes one: nothing more is reported of it, not even what waits already.
    pub fn close(&mut self, watch: WatchId) {
        if let Some(task) = self.open.remove(&watch) {
            task.abort();
        }
    }

    /// The next report; for ever pending while there is none.
    pub async fn next(&mut self) -> Input {
        loop {
            match self.reports.recv().await {
                Some(report) => {
                    if let Some(report) = self.admit(report) {
                        return report;
                    }
                }
                // It cannot end: this has a sender too.
                None => std::future::pending().await,
            }
        }
    }

    /// A report that is there already.
    pub fn try_next(&mut self) -> Option<Input> {
        while let Ok(report) = self.reports.try_recv() {
            if let Some(report) = self.admit(report) {
                return Some(report);
            }
        }
        None
    }

    fn admit(&mut self, report: Input) -> Option<Input> {
        let known = match &report {
            Input::Watched { watch, .. } | Input::Beat { watch, .. } => {
                self.open.contains_key(watch)
            }
            Input::WatchEnded { watch, .. } => self.open.remove(watch).is_some(),
            _ => false,
        };
        known.then_some(report)
    }
}
