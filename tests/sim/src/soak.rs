//! Simulated hours of dense faults, for as long as told, and what they come to.

use std::fmt;
use std::time::Duration;

use crate::many::run_each;
use crate::run::{SPAN, run_dense};
use crate::stats::Stats;

/// Runs between two lines of progress: a hundred simulated hours.
const BATCH: u64 = 600;

/// What a soak came to.
#[derive(Clone, Debug, Default)]
pub struct Soak {
    /// Runs of [`SPAN`] each.
    pub runs: u64,
    /// All counters.
    pub stats: Stats,
}

/// Simulates `hours` of clusters with a fault every eight seconds, from seed `first` on, and tells of its progress.
///
/// # Errors
/// The first seeds in which an invariant was broken, and how to replay them.
pub fn soak(first: u64, hours: u64, progress: impl Fn(&Soak)) -> Result<Soak, String> {
    let mut soak = Soak::default();
    let runs = Duration::from_secs(hours.saturating_mul(3600)).as_secs() / SPAN.as_secs();
    while soak.runs < runs {
        let count = BATCH.min(runs - soak.runs);
        let stats = run_each(first + soak.runs, count, run_dense)
            .map_err(|failures| failures.replace("replay", "replay-dense"))?;
        soak.runs += count;
        soak.stats.add(&stats);
        progress(&soak);
    }
    Ok(soak)
}

impl Soak {
    fn count(&self, name: &str) -> u64 {
        self.stats.events.get(name).copied().unwrap_or_default()
    }

    fn sum(&self, prefix: &str) -> u64 {
        let events = self.stats.events.iter();
        events
            .filter(|(name, _)| name.starts_with(prefix))
            .map(|(_, n)| n)
            .sum()
    }

    /// Simulated hours so far.
    #[must_use]
    pub fn hours(&self) -> u64 {
        self.runs * SPAN.as_secs() / 3600
    }
}

impl fmt::Display for Soak {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let rows = [
            ("simulated hours", self.hours()),
            ("faults", self.sum("fault_") - self.count("fault_heal")),
            ("streams ended in order (FIN)", self.count("stream_closed")),
            ("streams broken (RST)", self.count("stream_broken")),
            ("members proven dead (E1)", self.count("lost_dead")),
            ("silent to two (E2)", self.count("lost_silent")),
            (
                "silent to the only one (E3)",
                self.count("lost_lone_silence"),
            ),
            ("elections", self.count("elected")),
            ("moves", self.stats.moves),
            (
                "of them by a minority (open mode)",
                self.count("minority_moves"),
            ),
            ("needless moves", self.count("needless_moves")),
            // A broken invariant ends the soak.
            ("violations", 0),
        ];
        for (name, n) in rows {
            writeln!(f, "{name:>34} {n}")?;
        }
        Ok(())
    }
}
