//! Giving up the lead without a gap: the successor leads and holds every address before the old leader is told that it is done, or exits.
//!
//! `watcher.rs` watches for the successor, `departure.rs` does it for a signal; an operator's wish comes through `admin/`.

mod departure;
mod watcher;

pub use departure::Departure;
pub use watcher::{Held, Progress, Report, Successor, Watcher};

use std::time::Duration;

/// How long a successor is waited for: several times what the slowest cloud's move takes when it goes well.
pub const PATIENCE: Duration = Duration::from_secs(10);
