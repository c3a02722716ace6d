//! Wires the tasks of one node. [`App::build`] checks, binds and sends nothing; [`App::run`] runs until told to leave.
//!
//! | task | from | until |
//! | --- | --- | --- |
//! | node: owns the election | start | `leave`; if it leads, the successor holds the addresses or 10 s pass; then the goodbye is fetched or 2 s pass |
//! | poll, one per address, and probes | the election asks | answered, or `poll_timeout` |
//! | watch, one per member at most: a stream or a canary | the election asks | the other end closes it, or the election does |
//! | server, and a task per connection | start | the node has ended, then answers being written get 250 ms |
//! | stream, one per watcher (bounded) | `GET /watch` | the watcher goes, talks or takes nothing; the goodbye is told; the node has ended |
//! | target finder | start | the target is known, or the node has ended |
//! | reconciler, one per address | start | the node has ended; a call in flight is dropped as soon as the reign ends |
//! | standby, one per address | start | the node has ended; a call in flight is dropped as soon as this node is not the next in line |
//! | prober, one per address with a `probe` | start | the node has ended |
//! | discovery, and a task per source | start, if configured | the node has ended |
//! | departure | start | it has told the node to say goodbye |
//! | desk: operators' orders | start | the node has ended |
//! | service manager: what systemd is told | start, under systemd | the node has ended |
//! | admin socket, and a task per connection | start, if configured | the node has ended, then answers being written get 250 ms |

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use les_core::{Addr, Election, ElectionConfig, Identity, View};
use les_provider::Provider;
use tokio::net::TcpListener;
use tokio::sync::{mpsc, watch};
use tokio::task::{JoinError, JoinSet};
use tokio_util::sync::CancellationToken;

use crate::announce::announce;
use crate::clock::Clock;
use crate::config::{Config, ConfigError, Origins, Rule};
use crate::discovery::Discovery;
use crate::events::Events;
use crate::metrics::Metered;
use crate::node::{Node, NodeWiring};
use crate::operators::{Operators, remember_drain, remember_pause};
use crate::optional_parts::{Movers, Supplies, loopback_allowed};
use crate::peers::{Poller, Watcher};
use crate::pulse::{Heartbeat, Pulse};
use crate::reconcile::{Reconciler, Standby, TargetFinder};
use crate::record::Record;
use crate::server::{PeerRequest, Places, Shared, Streams};
use crate::service_manager::ServiceManager;
use crate::shared_address::Prober;
use crate::telemetry::LogControl;
use crate::{advertise, identity, server};

/// Requests that wait for the node. It empties the queue in a batch at each step, so this is a burst; what does not fit is forgotten.
const REQUESTS: usize = 256;
/// Readings that wait for the node: as many as there can be addresses.
const INPUTS: usize = 64;
/// Everything must have ended so long after the goodbye; with a hand-over that takes all of its 10 s the exit stays below 20 s.
const STOP: Duration = Duration::from_secs(5);

/// Why a node cannot start.
#[derive(Debug, thiserror::Error)]
pub enum BuildError {
    /// The configuration cannot work here. Trying again will not help.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// Not *now*: nothing can listen there, or no network is up that could be advertised. Trying again may help.
    #[error(transparent)]
    NotNow(ConfigError),
    /// The operating system has no entropy.
    #[error("the operating system gives no random numbers")]
    Entropy(#[source] io::Error),
}

/// A node that is ready to run.
#[derive(Debug)]
pub struct App {
    listener: TcpListener,
    shared: Shared,
    node: Node,
    finder: Option<TargetFinder>,
    reconcilers: Vec<Reconciler>,
    standbys: Vec<Standby>,
    probers: Vec<Prober>,
    discovery: Option<Discovery>,
    operators: Operators,
    service_manager: Option<ServiceManager>,
    events: Events,
    leave: CancellationToken,
    stop: CancellationToken,
}

impl App {
    /// Binds the port and wires everything. Nothing is sent and nothing answered yet.
    ///
    /// # Errors
    /// The configuration cannot work here, or the port is in use.
    pub async fn build(
        config: &Config,
        origins: &Origins,
        provider: Option<Arc<dyn Provider>>,
        logs: LogControl,
    ) -> Result<Self, BuildError> {
        let listener = listen(config, origins)?;
        let me = identify(config, origins, &listener, provider.as_ref()).await?;
        let port = listener.local_addr().map_or(me.addr.port(), |at| at.port());
        let clock = Clock::start();
        let record = Record::new(config, &me.addr, clock);
        let provider = provider.map(|p| Metered::over(p, clock, record.metrics.clone()));
        let [leave, goodbye, stop] = [(); 3].map(|()| CancellationToken::new());
        let (poller, watcher) = peering(config, &me.addr, clock, &record);
        let mut election = election(config, origins, &me, clock, provider.is_some())?;
        let (view_sender, view) = watch::channel(Arc::new(election.view(clock.now())));
        let (request_sender, requests) = mpsc::channel(REQUESTS);
        let (input_sender, inputs) = mpsc::channel(INPUTS);
        let (pulse, heartbeat) = Pulse::new(clock.mono());
        let service_manager = ServiceManager::new(heartbeat.clone(), view.clone(), leave.clone());
        let links = (view.clone(), input_sender, stop.clone());
        let supplies = Supplies::new(clock, &record, links, &me);
        let found = supplies.discovery(config, &me, port, provider.as_ref());
        let (discovery, sources) = found.unzip();
        if let Some(discovery) = &discovery {
            election.handle(clock.now(), discovery.seeds());
        }
        let movers = supplies.movers(config, provider.as_ref());
        let by_hand = movers.by_hand(provider.as_ref(), &supplies);
        let operators = supplies.operators(config, origins, &leave, &goodbye, logs, by_hand)?;
        announce(config, origins, &me, &listener, provider.as_deref());
        let node = Node::new(
            election,
            NodeWiring {
                clock,
                poller,
                watcher,
                inputs,
                requests,
                view: view_sender,
                pulse,
                events: record.events.clone(),
                metrics: record.metrics.clone(),
                takeovers: record.takeovers.clone(),
                leave: goodbye,
            },
        );
        let shared = Shared {
            discovery: sources,
            cloud: provider,
            ..shared(
                (clock, heartbeat),
                view,
                request_sender,
                &movers,
                &record,
                &config.election,
            )
        };
        Ok(Self {
            listener,
            shared,
            node,
            finder: movers.finder,
            reconcilers: movers.reconcilers,
            standbys: movers.standbys,
            probers: movers.probers,
            discovery,
            operators,
            service_manager,
            events: record.events,
            leave,
            stop,
        })
    }

    /// Cancelled by the caller when the node is to leave.
    #[must_use]
    pub fn leave_token(&self) -> CancellationToken {
        self.leave.clone()
    }

    /// Runs until the leave token is cancelled, says goodbye, and returns with nothing left running.
    ///
    /// # Errors
    /// The task that owns the election panicked.
    pub async fn run(self) -> Result<(), JoinError> {
        let mut tasks = JoinSet::new();
        let router = self
            .operators
            .start(&mut tasks, server::router(self.shared));
        tasks.spawn(server::serve(self.listener, router, self.stop.clone()));
        tasks.extend_with(self.reconcilers.into_iter().map(Reconciler::run));
        tasks.extend_with(self.standbys.into_iter().map(Standby::run));
        tasks.extend_with(self.probers.into_iter().map(Prober::run));
        tasks.extend_with(self.discovery.into_iter().map(Discovery::run));
        tasks.extend_with(self.finder.into_iter().map(TargetFinder::run));
        tasks.extend_with(self.service_manager.into_iter().map(ServiceManager::run));
        let ended = tokio::spawn(self.node.run()).await;
        self.stop.cancel();
        let all_ended = async { while tasks.join_next().await.is_some() {} };
        if tokio::time::timeout(STOP, all_ended).await.is_err() {
            tracing::warn!(
                event = "stop_late",
                "some tasks did not end in time and are dropped"
            );
        }
        self.events.settle().await;
        tracing::info!(event = "stopped", "stopped");
        ended
    }
}

trait ExtendWith {
    fn extend_with<F: Future<Output = ()> + Send + 'static>(
        &mut self,
        tasks: impl Iterator<Item = F>,
    );
}

impl ExtendWith for JoinSet<()> {
    fn extend_with<F: Future<Output = ()> + Send + 'static>(
        &mut self,
        tasks: impl Iterator<Item = F>,
    ) {
        for task in tasks {
            self.spawn(task);
        }
    }
}

fn listen(config: &Config, origins: &Origins) -> Result<TcpListener, BuildError> {
    let at = SocketAddr::new(config.node.bind_interface, config.node.bind_port);
    server::bind(at).map_err(|error| {
        // Whose fault it is decides which key is named: an address that is not this machine's, or the port.
        let (key, value) = match error.kind() {
            io::ErrorKind::AddrNotAvailable => ("node.bind_interface", at.ip().to_string()),
            _ => ("node.bind_port", at.port().to_string()),
        };
        let rule = Rule::CannotListen {
            at,
            problem: error.to_string(),
        };
        BuildError::NotNow(ConfigError::invalid(key, value, origins.of(key), rule))
    })
}

async fn identify(
    config: &Config,
    origins: &Origins,
    listener: &TcpListener,
    provider: Option<&Arc<dyn Provider>>,
) -> Result<Identity, BuildError> {
    let configured = SocketAddr::new(config.node.bind_interface, config.node.bind_port);
    let bound = listener.local_addr().unwrap_or(configured);
    let key = "node.advertise_addr";
    let refused = |rule| {
        let error = ConfigError::invalid(key, "\"auto\"", origins.of(key), rule);
        // An address that was chosen by hand stays what it is; one of a machine that boots may still come.
        if bound.ip().is_unspecified() {
            BuildError::NotNow(error)
        } else {
            BuildError::Config(error)
        }
    };
    let found = advertise::find(config, bound, provider).await;
    let addr = found.map_err(refused)?;
    let dir = config.node.state_dir.as_deref();
    let id = identity::node_id(dir).map_err(|error| match dir {
        Some(_) => state_dir(config, origins, &error),
        None => BuildError::Entropy(error),
    })?;
    Ok(Identity {
        addr,
        id,
        inc: identity::incarnation().map_err(BuildError::Entropy)?,
    })
}

/// The election as it begins: drained, if it was.
fn election(
    config: &Config,
    origins: &Origins,
    me: &Identity,
    clock: Clock,
    needs_target: bool,
) -> Result<Election, BuildError> {
    let election_config = ElectionConfig {
        needs_target,
        ..config.election.clone()
    };
    let mut election = Election::new(me.clone(), election_config, clock.now());
    let dir = config.node.state_dir.as_deref();
    remember_drain(&mut election, clock, dir).map_err(|e| state_dir(config, origins, &e))?;
    remember_pause(&mut election, clock, dir);
    Ok(election)
}

/// The directory cannot be used.
fn state_dir(config: &Config, origins: &Origins, error: &io::Error) -> BuildError {
    let (key, dir) = ("node.state_dir", config.node.state_dir.as_deref());
    let shown = dir.map(|dir| dir.display().to_string()).unwrap_or_default();
    let rule = Rule::StateDir(error.to_string());
    BuildError::Config(ConfigError::invalid(key, shown, origins.of(key), rule))
}

fn peering(config: &Config, me: &Addr, clock: Clock, record: &Record) -> (Poller, Watcher) {
    let loopback_allowed = loopback_allowed(config, me);
    let timeout = config.election.poll_timeout;
    (
        Poller::new(me, timeout, loopback_allowed)
            .observed(record.metrics.clone(), record.takeovers.context()),
        Watcher::new(me, timeout, loopback_allowed, clock),
    )
}

/// A watcher needs a second at least: what is urgent on a fast network may wait on the kernel's retransmissions.
const LEAST_PATIENCE: Duration = Duration::from_secs(1);

fn streams(config: &ElectionConfig) -> Option<Streams> {
    config.watch.then(|| Streams {
        beat: config.beat,
        patience: config.silence_after.max(LEAST_PATIENCE),
        places: Places::of_streams(),
    })
}

fn shared(
    (clock, heartbeat): (Clock, Heartbeat),
    view: watch::Receiver<Arc<View>>,
    requests: mpsc::Sender<PeerRequest>,
    movers: &Movers,
    record: &Record,
    config: &ElectionConfig,
) -> Shared {
    Shared {
        clock,
        heartbeat,
        view,
        mode: config.mode.clone(),
        requests,
        provider: movers.identified.clone(),
        pace: movers.pace,
        addresses: movers.statuses.clone(),
        standbys: movers.standby_statuses.clone(),
        discovery: None,
        events: record.events.clone(),
        streams: streams(config),
        metrics: record.metrics.clone(),
        cloud: None,
        pages: Places::of_pages(),
        started: record.started,
        trace: record.takeovers.context(),
    }
}
