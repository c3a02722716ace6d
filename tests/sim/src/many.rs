//! Many seeds on all cores.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;

use crate::run::run_seed;
use crate::stats::Stats;

/// Runs `count` seeds from `first` on.
///
/// # Errors
/// The first failing seeds (at most ten are looked for), and how to replay them.
pub fn run_many(first: u64, count: u64) -> Result<Stats, String> {
    let next = AtomicU64::new(first);
    let total = Mutex::new(Stats::default());
    let failures = Mutex::new(Vec::new());
    let cores = thread::available_parallelism().map_or(1, usize::from);
    std::panic::set_hook(Box::new(|_| {}));
    thread::scope(|scope| {
        for _ in 0..cores {
            scope.spawn(|| {
                while failures.lock().is_ok_and(|f: std::sync::MutexGuard<'_, Vec<String>>| f.len() < 10) {
                    let seed = next.fetch_add(1, Ordering::Relaxed);
                    if seed >= first.saturating_add(count) {
                        break;
                    }
                    match catch_unwind(AssertUnwindSafe(|| run_seed(seed, false))) {
                        Ok(report) => {
                            if let Ok(mut total) = total.lock() {
                                total.add(&report.stats);
                            }
                        }
                        Err(panic) => {
                            let text = panic.downcast_ref::<String>().cloned().or_else(|| panic.downcast_ref::<&str>().map(|s| (*s).to_owned()));
                            if let Ok(mut failures) = failures.lock() {
                                failures.push(format!("seed {seed}: {}\n  replay: cargo run -p les-sim -- replay {seed}", text.unwrap_or_default()));
                            }
                        }
                    }
                }
            });
        }
    });
    let _ = std::panic::take_hook();
    let failures = failures.into_inner().unwrap_or_default();
    if failures.is_empty() {
        Ok(total.into_inner().unwrap_or_default())
    } else {
        Err(failures.join("\n"))
    }
}
