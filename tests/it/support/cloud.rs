//! A simulated DigitalOcean on loopback, and nodes that are droplets of it.

use std::net::{Ipv4Addr, SocketAddr};
use std::process::Command;
use std::sync::Arc;
use std::time::{Duration, Instant};

use les_provider::memory::{Behaviour, Fault, Machine, What, World};
use les_provider::{AddressId, Operation, Secret, Target};
use les_provider_simulated::{Droplet, Settings, SimulatedCloud};
use tokio::net::TcpListener;
use tokio::runtime::Runtime;

use super::dir::Dir;

/// What authorises the nodes; it must appear nowhere.
pub(crate) const TOKEN: &str = "dop_v1_not-to-be-seen";

/// The cloud. It ends with the test.
pub(crate) struct Cloud {
    simulated: SimulatedCloud,
    socket: SocketAddr,
    config: String,
    _dir: Dir,
    _runtime: Runtime,
}

impl Cloud {
    /// The address that all tests move.
    pub(crate) const ADDRESS: &str = "203.0.113.7";

    /// A cloud with one address and the droplets 1 to 5. `further` is added to the address's configuration.
    pub(crate) fn start(further: &str) -> Self {
        let settings = Settings {
            token: Secret::new(TOKEN),
            action_takes: Duration::from_millis(50),
            hide_droplets: false,
        };
        let simulated = SimulatedCloud::new(settings, clock());
        simulated.world().with(|world, _| {
            world.add_address(Self::address());
            for droplet in 1..=5 {
                world.set_machine(droplet_target(droplet), Machine::Running);
            }
        });
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .unwrap();
        let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0")).unwrap();
        let socket = listener.local_addr().unwrap();
        runtime.spawn(simulated.clone().serve(listener, std::future::pending()));
        let dir = Dir::new();
        let text = format!("[[address]]\nid = \"{}\"\n{further}\n", Self::ADDRESS);
        let config = dir.file("les.toml", &text);
        Self {
            simulated,
            socket,
            config,
            _dir: dir,
            _runtime: runtime,
        }
    }

    /// Where its API is; the metadata service of droplet 2 is at `/node/2`.
    pub(crate) fn base(&self) -> String {
        format!("http://{}", self.socket)
    }

    fn address() -> AddressId {
        AddressId(Self::ADDRESS.into())
    }

    /// Makes `command` the node of the droplet `index` + 1.
    pub(crate) fn configure(&self, index: usize, command: &mut Command) {
        let base = self.base();
        command
            .args(["--config", &self.config, "--loop-rate", "1"])
            .env("DIGITALOCEAN_TOKEN", TOKEN)
            .env("LES_PROVIDER__KIND", "digitalocean")
            .env("LES_PROVIDER__BASE_URL", &base)
            .env(
                "LES_PROVIDER__METADATA_BASE",
                format!("{base}/node/{}", index + 1),
            );
    }

    /// The droplet that holds the address.
    pub(crate) fn holder(&self) -> Option<u64> {
        let read = |world: &mut World, _| world.read(&Self::address());
        let reading = self.simulated.world().with(read).unwrap();
        reading.holder.map(|target| target.0.parse().unwrap())
    }

    /// Everybody who ever held it, in order.
    pub(crate) fn moves(&self) -> Vec<u64> {
        let moves = self
            .simulated
            .world()
            .with(|world, _| world.moves(&Self::address()));
        moves
            .into_iter()
            .flatten()
            .map(|target| target.0.parse().unwrap())
            .collect()
    }

    /// Somebody moves it by hand.
    pub(crate) fn move_by_hand(&self, droplet: u64) {
        self.simulated.world().with(|world, now| {
            world.set_machine(droplet_target(droplet), Machine::Running);
            world.set_holder(now, &Self::address(), Some(droplet_target(droplet)));
        });
    }

    /// Somebody frees it by hand.
    pub(crate) fn release_by_hand(&self) {
        self.simulated
            .world()
            .with(|world, now| world.set_holder(now, &Self::address(), None));
    }

    /// Everybody who ever held it, and `None` for each time that nobody did.
    pub(crate) fn history(&self) -> Vec<Option<u64>> {
        let read = |world: &mut World, _| world.moves(&Self::address());
        let moves = self.simulated.world().with(read).into_iter();
        moves
            .map(|holder| holder.map(|target| target.0.parse().unwrap()))
            .collect()
    }

    /// How many calls it has received, of one kind or of all.
    pub(crate) fn asked(&self, kind: Option<Operation>) -> usize {
        let is = |what: &What| matches!(what, What::Asked { operation, .. } if kind.is_none_or(|kind| kind == *operation));
        let events = self.simulated.world().events(0);
        events.iter().filter(|event| is(&event.what)).count()
    }

    /// From now on this is how long a move takes.
    pub(crate) fn set_action_takes(&self, action_takes: Duration) {
        let behaviour = Behaviour {
            action_takes,
            one_address_per_machine: true,
            ..Behaviour::default()
        };
        self.simulated
            .world()
            .with(|world, _| world.set_behaviour(behaviour));
    }

    /// Something happens to a droplet.
    pub(crate) fn set_machine(&self, droplet: u64, state: Machine) {
        self.simulated
            .world()
            .with(|world, _| world.set_machine(droplet_target(droplet), state));
    }

    /// Somebody else's action on the address begins, or ends.
    pub(crate) fn set_locked(&self, locked: bool) {
        self.simulated
            .world()
            .with(|world, _| world.set_locked(&Self::address(), locked));
    }

    /// From now on it accepts these tokens.
    pub(crate) fn set_tokens(&self, tokens: &[&str]) {
        let tokens = tokens.iter().map(|token| Secret::new(*token));
        self.simulated.set_tokens(tokens.collect());
    }

    /// The list of droplets shows this one with a tag and an address in its VPC.
    pub(crate) fn tag(&self, droplet: u64, tag: &str, private: Ipv4Addr) {
        let droplet_is = Droplet {
            tags: vec![tag.to_owned()],
            private: Some(private),
            public: None,
        };
        self.simulated.set_droplet(droplet, droplet_is);
    }

    /// All calls of one kind meet this fault from now on.
    pub(crate) fn fault(&self, on: Operation, fault: Option<Fault>) {
        self.simulated
            .world()
            .with(|world, _| world.set_standing_fault(on, fault));
    }

    /// The next call of one kind meets this fault.
    pub(crate) fn fault_once(&self, on: Operation, fault: Fault) {
        self.simulated
            .world()
            .with(|world, _| world.inject(on, fault, 1));
    }
}

fn droplet_target(droplet: u64) -> Target {
    Target(droplet.to_string())
}

#[expect(
    clippy::disallowed_methods,
    reason = "the simulated cloud's log, which no node sees"
)]
fn clock() -> Arc<dyn Fn() -> Duration + Send + Sync> {
    let start = Instant::now();
    Arc::new(move || start.elapsed())
}
