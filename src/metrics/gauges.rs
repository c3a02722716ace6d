//! What is, as against what was counted: set from snapshots at each scrape.

use std::sync::{Mutex, PoisonError};

use prometheus::proto::MetricFamily;
use prometheus::{Gauge, GaugeVec, IntGauge, IntGaugeVec, Opts, Registry};

use super::register;

/// What a scrape shows, from the snapshots of one moment.
#[derive(Clone, Debug, Default)]
pub struct Facts {
    /// This program's version.
    pub version: &'static str,
    /// This node leads.
    pub leads: bool,
    /// It has joined and knows the leader.
    pub ready: bool,
    /// An operator wants no moves.
    pub paused: bool,
    /// The reign that it acknowledges.
    pub epoch: u64,
    /// How many members are in each state, this node among the well.
    pub members: Vec<(&'static str, usize)>,
    /// The addresses.
    pub addresses: Vec<AddressFacts>,
    /// Calls left of the cloud's allowance, where that is known.
    pub budget: Option<u32>,
    /// Events that the disk did not take.
    pub events_lost: u64,
    /// When the process started, in seconds since the Unix epoch.
    pub started: f64,
}

/// One address.
#[derive(Clone, Debug, Default)]
pub struct AddressFacts {
    /// As it is configured.
    pub id: String,
    /// The target that should hold it, as far as it is known here.
    pub wanted: Option<String>,
    /// The last reading: who holds it (`None`: nobody), and its age in seconds. On a follower its leader's.
    pub observed: Option<(Option<String>, f64)>,
    /// This node holds it, by a reading that is fresh.
    pub here: bool,
    /// Failed calls since the last success.
    pub failed_attempts: u32,
}

/// The holder of an address that nobody holds.
const NOBODY: &str = "nobody";

/// The gauges, and the lock that makes one scrape see one moment.
#[derive(Debug)]
pub(super) struct Gauges {
    scraping: Mutex<()>,
    build: IntGaugeVec,
    leader: IntGauge,
    ready: IntGauge,
    paused: IntGauge,
    epoch: Gauge,
    members: IntGaugeVec,
    wanted: IntGaugeVec,
    observed: IntGaugeVec,
    here: IntGaugeVec,
    age: GaugeVec,
    failed: IntGaugeVec,
    budget: IntGaugeVec,
    events_lost: prometheus::IntCounter,
    started: Gauge,
}

impl Gauges {
    pub(super) fn new(registry: &Registry) -> Self {
        let one = |name, help| register(registry, IntGauge::new(name, help));
        let float = |name, help| register(registry, Gauge::new(name, help));
        let each = |name, help, labels: &[&str]| {
            register(registry, IntGaugeVec::new(Opts::new(name, help), labels))
        };
        let age = Opts::new(
            "les_address_observation_age_seconds",
            "The age of the last reading of an address. Only a leader has fresh ones; a follower shows those that its leader published.",
        );
        Self {
            scraping: Mutex::new(()),
            build: each(
                "les_build_info",
                "1; the labels say what runs.",
                &["version"],
            ),
            leader: one("les_leader", "1 on the node that leads, else 0."),
            ready: one(
                "les_ready",
                "1 once this node has joined and knows who leads, else 0.",
            ),
            paused: one("les_paused", "1 while an operator wants no moves, else 0."),
            epoch: float(
                "les_epoch",
                "The reign that this node acknowledges. It rises with every election.",
            ),
            members: each(
                "les_members",
                "Members by state, this node among those that are ok. A lost one is counted for as long as it is remembered.",
                &["state"],
            ),
            wanted: each(
                "les_address_wanted_info",
                "1; the label holder says which machine should hold the address, as this node knows it.",
                &["address", "holder"],
            ),
            observed: each(
                "les_address_observed_info",
                "1; the label holder says which machine held the address at the last reading; `nobody` if none.",
                &["address", "holder"],
            ),
            here: each(
                "les_address_here",
                "1 where this node holds the address by a reading that is not older than two ticks, else 0.",
                &["address"],
            ),
            age: register(registry, GaugeVec::new(age, &["address"])),
            failed: each(
                "les_address_failed_attempts",
                "Calls for an address that failed since the last one that did not.",
                &["address"],
            ),
            budget: each(
                "les_provider_budget_remaining",
                "Calls that are left of the cloud's hourly allowance; half of them are kept for takeovers. Absent where no limit is known.",
                &[],
            ),
            events_lost: register(
                registry,
                prometheus::IntCounter::new(
                    "les_events_lost_total",
                    "Events that could not be written to node.state_dir.",
                ),
            ),
            started: float(
                "process_start_time_seconds",
                "When the process started, in seconds since the Unix epoch.",
            ),
        }
    }

    /// Sets all of them, and lets `gather` see them before anybody else sets them.
    pub(super) fn with(
        &self,
        facts: &Facts,
        gather: impl FnOnce() -> Vec<MetricFamily>,
    ) -> Vec<MetricFamily> {
        let _one_at_a_time = self.scraping.lock().unwrap_or_else(PoisonError::into_inner);
        self.set(facts);
        gather()
    }

    #[expect(
        clippy::cast_precision_loss,
        reason = "epochs are microseconds since 1970 at most, and differ by millions"
    )]
    fn set(&self, facts: &Facts) {
        self.build.with_label_values(&[facts.version]).set(1);
        self.leader.set(facts.leads.into());
        self.ready.set(facts.ready.into());
        self.paused.set(facts.paused.into());
        self.epoch.set(facts.epoch as f64);
        self.started.set(facts.started);
        self.members.reset();
        for (state, count) in &facts.members {
            let count = i64::try_from(*count).unwrap_or(i64::MAX);
            self.members.with_label_values(&[state]).set(count);
        }
        self.budget.reset();
        if let Some(budget) = facts.budget {
            let no_labels: [&str; 0] = [];
            self.budget.with_label_values(&no_labels).set(budget.into());
        }
        let lost = facts.events_lost.saturating_sub(self.events_lost.get());
        self.events_lost.inc_by(lost);
        self.set_addresses(&facts.addresses);
    }

    fn set_addresses(&self, addresses: &[AddressFacts]) {
        self.wanted.reset();
        self.observed.reset();
        self.age.reset();
        for address in addresses {
            let id = &*address.id;
            self.here.with_label_values(&[id]).set(address.here.into());
            let failed = address.failed_attempts.into();
            self.failed.with_label_values(&[id]).set(failed);
            if let Some(wanted) = &address.wanted {
                self.wanted.with_label_values(&[id, wanted]).set(1);
            }
            if let Some((holder, age)) = &address.observed {
                let holder = holder.as_deref().unwrap_or(NOBODY);
                self.observed.with_label_values(&[id, holder]).set(1);
                self.age.with_label_values(&[id]).set(*age);
            }
        }
    }
}
