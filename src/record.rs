//! What a node records of itself: its history, its metrics, and how its takeovers went.

use les_core::Addr;

use crate::clock::Clock;
use crate::config::Config;
use crate::events::Events;
use crate::metrics::Metrics;
use crate::takeover::Takeovers;

/// The record of one node. Nothing depends on it but what people see.
#[derive(Clone, Debug)]
pub(crate) struct Record {
    pub(crate) events: Events,
    pub(crate) metrics: Metrics,
    pub(crate) takeovers: Takeovers,
    /// When it began, in seconds since the Unix epoch.
    pub(crate) started: f64,
}

impl Record {
    /// Goes on where an earlier life ended, if there is a directory that keeps state. Reads the disk.
    #[expect(
        clippy::cast_precision_loss,
        reason = "microseconds since 1970 fit until the year 2255"
    )]
    pub(crate) fn new(config: &Config, me: &Addr, clock: Clock) -> Self {
        let events = Events::kept_in(config.node.state_dir.as_deref(), clock);
        let addresses: Vec<&str> = config.addresses.iter().map(|a| &*a.id).collect();
        let metrics = Metrics::new(&addresses);
        let addresses = addresses.len();
        Self {
            takeovers: Takeovers::new(me, addresses, metrics.clone(), events.clone()),
            started: clock.now().wall.0 as f64 / 1e6,
            events,
            metrics,
        }
    }
}
