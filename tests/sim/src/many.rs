//! Many seeds on all cores.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread;

use crate::run::{Report, run_seed};
use crate::stats::Stats;

/// After this many failing seeds no more are looked for.
const ENOUGH: usize = 10;

/// What came of many seeds.
#[derive(Clone, Debug, Default)]
pub(crate) struct Tally {
    /// The counters of those that broke no invariant.
    pub(crate) stats: Stats,
    /// What the others broke.
    pub(crate) failures: Vec<String>,
    /// The seeds with needless moves.
    pub(crate) needless: Vec<u64>,
}

/// Runs `count` seeds from `first` on.
///
/// # Errors
/// The first failing seeds, and how to replay them.
pub fn run_many(first: u64, count: u64) -> Result<Stats, String> {
    let tally = run_each(first, count, run_seed);
    if tally.failures.is_empty() {
        Ok(tally.stats)
    } else {
        Err(tally.failures.join("\n"))
    }
}

/// The same, each seed by `run`.
pub(crate) fn run_each(first: u64, count: u64, run: fn(u64, bool) -> Report) -> Tally {
    let next = AtomicU64::new(first);
    let tally = Mutex::new(Tally::default());
    let cores = thread::available_parallelism().map_or(1, usize::from);
    // A broken invariant is reported once, by seed; the hook would print each backtrace as well. Where a panic ends the process (the release
    // profile), the hook is all that tells of it.
    if cfg!(panic = "unwind") {
        std::panic::set_hook(Box::new(|_| {}));
    }
    thread::scope(|scope| {
        for _ in 0..cores {
            scope.spawn(|| while run_next(&next, first.saturating_add(count), run, &tally) {});
        }
    });
    let _ = std::panic::take_hook();
    tally.into_inner().unwrap_or_else(PoisonError::into_inner)
}

/// Runs one more seed; `false` when there is no more to do.
fn run_next(
    next: &AtomicU64,
    end: u64,
    run: fn(u64, bool) -> Report,
    tally: &Mutex<Tally>,
) -> bool {
    let seed = next.fetch_add(1, Ordering::Relaxed);
    if seed >= end {
        return false;
    }
    let outcome = catch_unwind(AssertUnwindSafe(|| run(seed, false)));
    let mut tally = tally.lock().unwrap_or_else(PoisonError::into_inner);
    match outcome {
        Ok(report) => {
            tally.stats.add(&report.stats);
            if report.stats.events.contains_key("needless_moves") {
                tally.needless.push(seed);
            }
        }
        Err(panic) => {
            let what = text_of(&*panic);
            tally.failures.push(format!(
                "seed {seed}: {what}\n  replay: cargo run -p les-sim -- replay {seed}"
            ));
        }
    }
    tally.failures.len() < ENOUGH
}

fn text_of(panic: &(dyn Any + Send)) -> String {
    let owned = panic.downcast_ref::<String>().cloned();
    owned
        .or_else(|| panic.downcast_ref::<&str>().map(|s| (*s).to_owned()))
        .unwrap_or_default()
}
