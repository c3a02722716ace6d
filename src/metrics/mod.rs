//! What Prometheus reads at `/metrics`: counters and histograms that the parts of a node add to, and gauges that are filled in from the same snapshots
//! as `/diag/` when somebody asks.
//!
//! Every label's values come from closed sets, from the configuration, or from what the cloud calls the machines that hold an address now: nothing that
//! a client can write becomes a label, and of what a peer writes only the targets of the leader and of the holder that it published.

mod gauges;
mod metered;
mod zeros;

use std::sync::Arc;
use std::time::Duration;

use prometheus::{
    Histogram, HistogramOpts, HistogramVec, IntCounterVec, Opts, Registry, TextEncoder,
};

pub use gauges::{AddressFacts, Facts};
pub use metered::Metered;

use gauges::Gauges;

/// Takeovers: from a millisecond, as after a crash, to the minutes that a cloud may need.
const TAKEOVER_BUCKETS: &[f64] = &[
    0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 30.0, 60.0, 180.0,
];
/// A cloud's answers.
const CALL_BUCKETS: &[f64] = &[
    0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0,
];
/// Peers on one network.
const ROUND_TRIP_BUCKETS: &[f64] = &[
    0.000_25, 0.000_5, 0.001, 0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 3.0,
];
/// How late the loop is: a millisecond is tokio's own resolution.
const LAG_BUCKETS: &[f64] = &[
    0.001, 0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0,
];

/// The metrics of one node. Clones are the same ones.
#[derive(Clone, Debug)]
pub struct Metrics(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    registry: Registry,
    gauges: Gauges,
    elections: IntCounterVec,
    step_downs: IntCounterVec,
    moves: IntCounterVec,
    takeovers: HistogramVec,
    calls: IntCounterVec,
    call_seconds: HistogramVec,
    polls: IntCounterVec,
    round_trips: Histogram,
    loop_lag: Histogram,
}

impl Default for Metrics {
    fn default() -> Self {
        Self::new(&[])
    }
}

impl Metrics {
    /// All of them, at zero, for a node that looks after these addresses.
    #[must_use]
    pub fn new(addresses: &[&str]) -> Self {
        let registry = Registry::new();
        let counter = |name, help, labels: &[&str]| {
            register(&registry, IntCounterVec::new(Opts::new(name, help), labels))
        };
        let histogram = |name, help, labels: &[&str], buckets: &[f64]| {
            let opts = HistogramOpts::new(name, help).buckets(buckets.to_vec());
            register(&registry, HistogramVec::new(opts, labels))
        };
        let single = |name, help, buckets: &[f64]| {
            let opts = HistogramOpts::new(name, help).buckets(buckets.to_vec());
            register(&registry, Histogram::with_opts(opts))
        };
        let metrics = Self(Arc::new(Inner {
            elections: counter(
                "les_elections_total",
                "Elections that this node won, by how it lost the leader before.",
                &["reason"],
            ),
            step_downs: counter(
                "les_step_downs_total",
                "Times that this node stopped leading, by why.",
                &["reason"],
            ),
            moves: counter(
                "les_moves_total",
                "Moves of an address to this node that the cloud has confirmed, by what licensed them.",
                &["address", "reason"],
            ),
            takeovers: histogram(
                "les_takeover_seconds",
                "Takeovers by this node: from the first sign that the leader is gone until its loss is settled (detect), from there to the election (elect), to the end of the move (move), to a reading that shows the address here (confirm), and all of it (total).",
                &["phase"],
                TAKEOVER_BUCKETS,
            ),
            calls: counter(
                "les_provider_calls_total",
                "Calls to the cloud, by what they were for and how they ended.",
                &["operation", "outcome"],
            ),
            call_seconds: histogram(
                "les_provider_call_seconds",
                "How long calls to the cloud took, all their requests included.",
                &["operation"],
                CALL_BUCKETS,
            ),
            polls: counter(
                "les_peer_polls_total",
                "Requests to other nodes, by how they ended. Members whose stream is open are polled seldom.",
                &["outcome"],
            ),
            round_trips: single(
                "les_peer_round_trip_seconds",
                "Requests to other nodes that were answered: a new connection, the request and the whole answer.",
                ROUND_TRIP_BUCKETS,
            ),
            loop_lag: single(
                "les_loop_lag_seconds",
                "How much later than it asked for the loop that elects was woken.",
                LAG_BUCKETS,
            ),
            gauges: Gauges::new(&registry),
            registry,
        }));
        zeros::begin(&metrics, addresses);
        metrics
    }

    /// This node was elected; `reason` is how the leader before was lost, or `first`.
    pub fn elected(&self, reason: &str) {
        self.0.elections.with_label_values(&[reason]).inc();
    }

    /// It stopped leading.
    pub fn stepped_down(&self, reason: &str) {
        self.0.step_downs.with_label_values(&[reason]).inc();
    }

    /// The cloud confirmed a move to this node.
    pub fn moved(&self, address: &str, licence: &str) {
        self.0.moves.with_label_values(&[address, licence]).inc();
    }

    /// A phase of a takeover ended.
    pub fn takeover(&self, phase: &str, took: Duration) {
        let seconds = self.0.takeovers.with_label_values(&[phase]);
        seconds.observe(took.as_secs_f64());
    }

    /// A call to the cloud ended.
    pub fn called(&self, operation: &str, outcome: &str, took: Duration) {
        self.0.calls.with_label_values(&[operation, outcome]).inc();
        let seconds = self.0.call_seconds.with_label_values(&[operation]);
        seconds.observe(took.as_secs_f64());
    }

    /// A request to another node ended.
    pub fn polled(&self, outcome: &str, took: Duration) {
        self.0.polls.with_label_values(&[outcome]).inc();
        if outcome == "ok" {
            self.0.round_trips.observe(took.as_secs_f64());
        }
    }

    /// The loop was woken so much later than it asked for.
    pub fn woken_late(&self, by: Duration) {
        self.0.loop_lag.observe(by.as_secs_f64());
    }

    /// The page, with the gauges as `facts` say.
    ///
    /// # Errors
    /// None that can occur: every metric has one type and its labels.
    pub fn render(&self, facts: &Facts) -> Result<String, prometheus::Error> {
        let families = self.0.gauges.with(facts, || self.0.registry.gather());
        TextEncoder::new().encode_to_string(&families)
    }
}

/// Two metrics of one name, or a bad name: a mistake in this file, which every start and every test shows.
fn register<C: prometheus::core::Collector + Clone + 'static>(
    registry: &Registry,
    made: prometheus::Result<C>,
) -> C {
    let registered = made.and_then(|metric| {
        registry.register(Box::new(metric.clone()))?;
        Ok(metric)
    });
    registered.unwrap_or_else(|error| unreachable!("a metric of ours: {error}"))
}

#[cfg(test)]
#[path = "metrics_test.rs"]
mod tests;
