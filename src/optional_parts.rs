//! The parts of a node that only some nodes have: what moves addresses, and what discovers seeds.

use std::sync::Arc;

use les_core::{Addr, Identity, Input, Pace, View, is_loopback};
use les_provider::Provider;
use tokio::sync::{mpsc, watch};
use tokio_util::sync::CancellationToken;

use crate::admin::ByHand;
use crate::clock::Clock;
use crate::config::Config;
use crate::discovery::{Asker, Discovery, DiscoveryWiring, Dns, SourceStatus};
use crate::events::Events;
use crate::metrics::Metrics;
use crate::reconcile::{
    AddressStatus, ProviderStatus, Reconciler, Standby, StandbyStatus, TargetFinder, TargetWiring,
    Wiring,
};
use crate::record::Record;
use crate::shared_address::{Prober, ProberWiring};
use crate::takeover::Takeovers;

/// What moves addresses, and where it can be watched.
#[derive(Default)]
pub(crate) struct Movers {
    pub(crate) finder: Option<TargetFinder>,
    pub(crate) reconcilers: Vec<Reconciler>,
    pub(crate) standbys: Vec<Standby>,
    pub(crate) probers: Vec<Prober>,
    pub(crate) identified: Option<watch::Receiver<ProviderStatus>>,
    pub(crate) pace: Option<Pace>,
    pub(crate) statuses: Vec<watch::Receiver<AddressStatus>>,
    pub(crate) standby_statuses: Vec<watch::Receiver<StandbyStatus>>,
}

/// What the parts are connected to.
#[derive(Clone)]
pub(crate) struct Supplies {
    pub(crate) clock: Clock,
    pub(crate) view: watch::Receiver<Arc<View>>,
    pub(crate) inputs: mpsc::Sender<Input>,
    pub(crate) events: Events,
    pub(crate) metrics: Metrics,
    pub(crate) takeovers: Takeovers,
    pub(crate) stop: CancellationToken,
    pub(crate) jitter_seed: u64,
}

/// Whether loopback addresses may be peers: where the own address `me` or a configured seed is one, as in tests and the demo. Elsewhere
/// one that discovery or a peer names would lead a node to itself.
#[must_use]
pub fn loopback_allowed(config: &Config, me: &Addr) -> bool {
    is_loopback(me) || config.election.seeds.iter().any(is_loopback)
}

impl Movers {
    /// What operators may do by hand.
    pub(crate) fn by_hand(
        &self,
        provider: Option<&Arc<dyn Provider>>,
        supplies: &Supplies,
    ) -> Option<ByHand> {
        Some(ByHand {
            provider: provider.cloned()?,
            identified: self.identified.clone()?,
            addresses: self.statuses.clone(),
            clock: supplies.clock,
            events: supplies.events.clone(),
            busy: Arc::default(),
        })
    }
}

impl Supplies {
    /// For the node `me`. `links`: the election's view, the way to it, and what ends the parts.
    pub(crate) fn new(
        clock: Clock,
        record: &Record,
        links: (
            watch::Receiver<Arc<View>>,
            mpsc::Sender<Input>,
            CancellationToken,
        ),
        me: &Identity,
    ) -> Self {
        let (view, inputs, stop) = links;
        Self {
            clock,
            view,
            inputs,
            events: record.events.clone(),
            metrics: record.metrics.clone(),
            takeovers: record.takeovers.clone(),
            stop,
            jitter_seed: u64::try_from(me.inc.0 >> 64).unwrap_or_default(),
        }
    }

    /// The discovery, if one is configured. `port` is where this node listens.
    pub(crate) fn discovery(
        &self,
        config: &Config,
        me: &Identity,
        port: u16,
        provider: Option<&Arc<dyn Provider>>,
    ) -> Option<(Discovery, watch::Receiver<Vec<SourceStatus>>)> {
        let sources = &config.node.discovery;
        let wiring = DiscoveryWiring {
            asker: Asker {
                dns: Dns::system(),
                provider: provider.cloned(),
                port,
                loopback_allowed: loopback_allowed(config, &me.addr),
            },
            me: me.addr.clone(),
            configured: config.election.seeds.len(),
            interval: config.node.discovery_interval,
            state_dir: config.node.state_dir.clone(),
            clock: self.clock,
            inputs: self.inputs.clone(),
            events: self.events.clone(),
            stop: self.stop.clone(),
            jitter_seed: self.jitter_seed,
        };
        (!sources.is_empty()).then(|| Discovery::new(sources, wiring))
    }

    /// None of it without a provider.
    pub(crate) fn movers(&self, config: &Config, provider: Option<&Arc<dyn Provider>>) -> Movers {
        let Some(provider) = provider else {
            return Movers::default();
        };
        let Self {
            clock,
            view,
            inputs,
            events,
            metrics,
            takeovers,
            stop,
            jitter_seed,
        } = self.clone();
        let wiring = TargetWiring {
            provider: Arc::clone(provider),
            clock,
            inputs: inputs.clone(),
            events: events.clone(),
            stop: stop.clone(),
        };
        let (finder, identified) = TargetFinder::new(wiring, jitter_seed);
        let wiring = Wiring {
            provider: Arc::clone(provider),
            clock,
            view,
            identified: identified.clone(),
            inputs,
            events,
            metrics,
            takeovers,
            stop,
        };
        let pace = pace(config, &**provider);
        let mut movers = Movers {
            finder: Some(finder),
            identified: Some(identified),
            pace: Some(pace),
            ..Movers::default()
        };
        let probing = ProberWiring {
            clock,
            view: wiring.view.clone(),
            inputs: wiring.inputs.clone(),
            stop: wiring.stop.clone(),
        };
        for (address, i) in config.addresses.iter().zip(0_u64..) {
            let jitter_seed = jitter_seed.wrapping_add(i + 1);
            let prober = |target| Prober::new(&address.id, target, jitter_seed, probing.clone());
            movers.probers.extend(address.probe.clone().map(prober));
            let (reconciler, status) =
                Reconciler::new(address, pace.tick, i == 0, jitter_seed, wiring.clone());
            movers.reconcilers.push(reconciler);
            movers.statuses.push(status);
            let (standby, status) =
                Standby::new(&address.id, pace.standby, jitter_seed, wiring.clone());
            movers.standbys.push(standby);
            movers.standby_statuses.push(status);
        }
        movers
    }
}

/// How often addresses at rest are read. Said if it is not what is configured.
fn pace(config: &Config, provider: &dyn Provider) -> Pace {
    let (wanted, addresses) = (config.node.loop_rate, config.addresses.len());
    let allowance = provider.capabilities().calls_per_hour;
    let mut pace = Pace::within(wanted, addresses, allowance);
    pace.standby = pace.standby.max(provider.standby_pause());
    if pace.tick != wanted {
        let calls_per_hour = allowance.unwrap_or_default();
        let tick_ms = u64::try_from(pace.tick.as_millis()).unwrap_or(u64::MAX);
        tracing::info!(
            event = "tick_slowed",
            tick_ms,
            calls_per_hour,
            "an address at rest is read every {tick_ms} ms, not every {} ms: {} allows {calls_per_hour} calls an hour, of which half are for takeovers",
            wanted.as_millis(),
            provider.name()
        );
    }
    pace
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::config::Setting;
    use crate::fake_provider::Fake;

    #[test]
    fn the_tick_is_as_configured_unless_the_cloud_allows_less() {
        let setting = Setting::from_flag("--test", "node.loop_rate", "5s".into());
        let (mut config, _) = Config::load(None, &[setting]).unwrap();
        config.addresses = vec![crate::config::AddressConfig {
            id: "203.0.113.7".into(),
            on_stranger: les_core::OnStranger::Repair,
            probe: None,
        }];
        let tick = |calls_per_hour| {
            let fake = Fake {
                calls_per_hour,
                ..Fake::default()
            };
            pace(&config, &fake).tick
        };
        assert_eq!(tick(None), Duration::from_secs(5));
        assert_eq!(tick(Some(5_000)), Duration::from_secs(5));
        assert_eq!(tick(Some(100)), Duration::from_secs(144));
    }
}
