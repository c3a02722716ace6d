//! Simulated hours of dense faults, for as long as told, and what they come to.

use std::fmt;
use std::time::Duration;

use crate::many::run_each;
use crate::run::{SPAN, run_dense};
use crate::stats::Stats;

/// Runs between two lines of progress: a hundred simulated hours.
const BATCH: u64 = 600;

/// After so many violations a soak ends.
const ENOUGH: usize = 10;

/// What a soak came to.
#[derive(Clone, Debug, Default)]
pub struct Soak {
    /// Runs of [`SPAN`] each.
    pub runs: u64,
    /// All counters, but for those of the runs that broke an invariant.
    pub stats: Stats,
    /// The invariants that were broken, by seed.
    pub violations: Vec<String>,
    /// The seeds with needless moves.
    pub needless: Vec<u64>,
}

/// Simulates `hours` of clusters with a fault every eight seconds, from seed `first` on, and tells of its progress. Ends early after ten
/// violations.
pub fn soak(first: u64, hours: u64, progress: impl Fn(&Soak)) -> Soak {
    let mut soak = Soak::default();
    let runs = Duration::from_secs(hours.saturating_mul(3600)).as_secs() / SPAN.as_secs();
    while soak.runs < runs && soak.violations.len() < ENOUGH {
        let count = BATCH.min(runs - soak.runs);
        let tally = run_each(first + soak.runs, count, run_dense);
        soak.runs += count;
        soak.stats.add(&tally.stats);
        soak.needless.extend(tally.needless);
        let failures = tally.failures.iter();
        soak.violations
            .extend(failures.map(|f| f.replace("replay", "replay-dense")));
        progress(&soak);
    }
    soak
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
            ("violations", self.violations.len() as u64),
        ];
        for (name, n) in rows {
            writeln!(f, "{name:>34} {n}")?;
        }
        for seed in &self.needless {
            writeln!(
                f,
                "needless moves: cargo run -p les-sim -- replay-dense {seed}"
            )?;
        }
        for violation in &self.violations {
            writeln!(f, "{violation}")?;
        }
        Ok(())
    }
}
