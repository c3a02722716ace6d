//! moto's EC2, and nodes that are instances of it.

use std::process::Command;
use std::sync::LazyLock;

use les_moto::{ElasticIp, Front, Hand, Machine, Metadata, Moto, Role};
use tokio::runtime::Runtime;

use super::dir::Dir;

/// One for all tests: each makes machines and addresses of its own.
static MOTO: LazyLock<Option<Moto>> = LazyLock::new(Moto::start);

/// Part of an EC2: three machines and an Elastic IP. It ends with the test.
pub(crate) struct Ec2 {
    pub(crate) front: Front,
    pub(crate) metadata: Vec<Metadata>,
    pub(crate) ip: ElasticIp,
    hand: Hand,
    machines: Vec<Machine>,
    config: String,
    _dir: Dir,
    runtime: Runtime,
}

/// What nodes sign with.
pub(crate) fn role(key: &str) -> Role {
    Role {
        key: key.into(),
        secret: "not-to-be-seen".into(),
        token: "not-to-be-seen-either".into(),
    }
}

impl Ec2 {
    /// `None` where moto is not installed.
    pub(crate) fn start() -> Option<Self> {
        let moto = MOTO.as_ref()?;
        let mut builder = tokio::runtime::Builder::new_multi_thread();
        let runtime = builder.worker_threads(1).enable_all().build().unwrap();
        let hand = Hand::new(&moto.base());
        let (front, machines, metadata, ip) = runtime.block_on(async {
            let front = Front::start(&moto.base()).await;
            let (mut machines, mut metadata) = (Vec::new(), Vec::new());
            for _ in 0..3 {
                let machine = hand.run_instance(&[]).await;
                metadata.push(Metadata::start(&machine, Some(role("AKIAFIRST"))).await);
                machines.push(machine);
            }
            (front, machines, metadata, hand.allocate().await)
        });
        let dir = Dir::new();
        let text = format!("[[address]]\nid = \"{}\"\n", ip.allocation);
        let config = dir.file("les.toml", &text);
        Some(Self {
            front,
            metadata,
            ip,
            hand,
            machines,
            config,
            _dir: dir,
            runtime,
        })
    }

    /// Makes `command` the node of the machine `index`.
    pub(crate) fn configure(&self, index: usize, command: &mut Command) {
        command
            .args(["--config", &self.config])
            .env("LES_NODE__LOOP_RATE", "1s")
            .env("LES_PROVIDER__KIND", "aws")
            .env("LES_PROVIDER__BASE_URL", self.front.base())
            .env("LES_PROVIDER__METADATA_BASE", self.metadata[index].base())
            .env("AWS_CONFIG_FILE", "/dev/null")
            .env("AWS_SHARED_CREDENTIALS_FILE", "/dev/null");
        for name in [
            "AWS_ACCESS_KEY_ID",
            "AWS_SECRET_ACCESS_KEY",
            "AWS_REGION",
            "AWS_PROFILE",
        ] {
            command.env_remove(name);
        }
    }

    /// Which machine has the address; one that is none of these counts as none.
    pub(crate) fn holder(&self) -> Option<usize> {
        let interface = self.runtime.block_on(self.hand.holder(&self.ip))?;
        self.machines
            .iter()
            .position(|machine| machine.interface == interface)
    }

    /// What changes with every move.
    pub(crate) fn association(&self) -> String {
        self.runtime.block_on(self.hand.association(&self.ip))
    }

    /// Somebody moves it by hand.
    pub(crate) fn move_by_hand(&self, index: usize) {
        let moved = self.hand.associate(&self.ip, &self.machines[index]);
        self.runtime.block_on(moved);
    }
}
