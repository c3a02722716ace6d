//! The nodes: one `les run` process each, configured as a droplet of the simulated cloud.

use std::fs::OpenOptions;
use std::io::{self, Write as _};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use tokio::process::Command;
use tokio::sync::mpsc;

use super::clock::DemoClock;
use super::cloud::{ADDRESS, TOKEN, droplet_number};
use super::ports::free_addresses;
use super::process::{Life, Process};
use super::report::Report;

/// How often the leader reads the address: the shortest there is, so that several ticks fit into a demo. The default is 5 s.
pub(super) const LOOP_RATE: Duration = Duration::from_secs(1);

/// All nodes, and what starts each.
#[derive(Debug)]
pub(super) struct Cluster {
    program: PathBuf,
    cloud: SocketAddr,
    clock: DemoClock,
    reports: mpsc::Sender<Report>,
    addrs: Vec<SocketAddr>,
    processes: Vec<Option<Process>>,
    config: Option<ConfigFile>,
    lives: u32,
}

impl Cluster {
    /// No node yet, and nothing reserved.
    pub(super) fn new(
        cloud: SocketAddr,
        clock: DemoClock,
        reports: mpsc::Sender<Report>,
    ) -> io::Result<Self> {
        Ok(Self {
            program: std::env::current_exe()?,
            cloud,
            clock,
            reports,
            addrs: Vec::new(),
            processes: Vec::new(),
            config: None,
            lives: 0,
        })
    }

    /// Gives `count` nodes addresses that are free now. Nodes from before are killed.
    pub(super) async fn settle_at_new_addresses(
        &mut self,
        count: usize,
    ) -> io::Result<&[SocketAddr]> {
        self.kill_all().await;
        self.addrs = free_addresses(count)?;
        self.processes = (0..count).map(|_| None).collect();
        Ok(&self.addrs)
    }

    /// Starts a node at its address; one that runs there is killed first.
    pub(super) fn start(&mut self, node: usize) -> io::Result<(u32, Life)> {
        self.lives += 1;
        let whose = Life {
            node,
            life: self.lives,
        };
        let mut command = self.command(node)?;
        let process = Process::spawn(&mut command, whose, self.clock, self.reports.clone())?;
        let pid = process.pid;
        self.processes[node] = Some(process);
        Ok((pid, whose))
    }

    fn command(&mut self, node: usize) -> io::Result<Command> {
        let config = match &self.config {
            Some(config) => config,
            None => self.config.insert(ConfigFile::create()?),
        };
        let addr = self.addrs[node];
        let seeds: Vec<String> = self.addrs.iter().map(ToString::to_string).collect();
        let base = format!("http://{}", self.cloud);
        let mut command = Command::new(&self.program);
        for (name, _) in std::env::vars_os().filter(|(name, _)| is_foreign(&name.to_string_lossy()))
        {
            command.env_remove(name);
        }
        command
            .args(["run", "--exit-with-stdin"])
            .args(["--bind-interface", &addr.ip().to_string()])
            .args(["--bind-port", &addr.port().to_string()])
            .args(["--advertise-addr", &addr.to_string()])
            .args(["--seeds", &seeds.join(",")])
            .args(["--loop-rate", &LOOP_RATE.as_secs().to_string()])
            .arg("--config")
            .arg(&config.0)
            .env("DIGITALOCEAN_TOKEN", TOKEN)
            .env("LES_PROVIDER__KIND", "digitalocean")
            .env("LES_PROVIDER__BASE_URL", &base)
            .env(
                "LES_PROVIDER__METADATA_BASE",
                format!("{base}/node/{}", droplet_number(node)),
            )
            .env("LES_LOG_FORMAT", "json");
        Ok(command)
    }

    /// All nodes have read the configuration: nothing of the demo is left in the file system.
    pub(super) fn forget_config(&mut self) {
        self.config = None;
    }

    /// Sends SIGKILL to a node, and returns the moment just before it and what is left to be waited for.
    pub(super) fn kill(&mut self, node: usize) -> (Duration, Option<Process>) {
        let process = self.processes[node].take();
        let at = self.clock.now();
        let killed = process.map(|mut process| {
            process.start_kill();
            process
        });
        (at, killed)
    }

    /// How a node that is gone ended, in words.
    pub(super) async fn ended(&mut self, node: usize) -> String {
        let ended = match self.processes[node].take() {
            Some(process) => process.wait().await.ok(),
            None => None,
        };
        ended.map_or_else(
            || "nobody knows how".to_owned(),
            |status| status.to_string(),
        )
    }

    /// Kills all nodes and waits until they are gone.
    pub(super) async fn kill_all(&mut self) {
        self.config = None;
        let mut killed: Vec<Process> = self.processes.drain(..).flatten().collect();
        for process in &mut killed {
            process.start_kill();
        }
        for process in killed {
            // It cannot be waited for: somebody else did.
            let _ = process.wait().await;
        }
    }
}

const OF_A_UNIT: [&str; 7] = [
    "CREDENTIALS_DIRECTORY",
    "INVOCATION_ID",
    "NOTIFY_SOCKET",
    "RUNTIME_DIRECTORY",
    "STATE_DIRECTORY",
    "WATCHDOG_PID",
    "WATCHDOG_USEC",
];

/// What of this process's environment would change a node: its configuration, its logs, another account, proxies, which would be
/// asked for the cloud on loopback, and what systemd gives to a service that this process may be a part of.
fn is_foreign(name: &str) -> bool {
    let name = name.to_ascii_uppercase();
    name.starts_with("LES_")
        || name.starts_with("DIGITALOCEAN_")
        || name.ends_with("_PROXY")
        || name == "RUST_LOG"
        || OF_A_UNIT.contains(&&*name)
}

/// The part of the configuration that neither flags nor the environment can say. Removed when it is dropped.
#[derive(Debug)]
struct ConfigFile(PathBuf);

impl ConfigFile {
    fn create() -> io::Result<Self> {
        let name = format!(
            "les-demo-{}-{:08x}.toml",
            std::process::id(),
            fastrand::u32(..)
        );
        let path = std::env::temp_dir().join(name);
        let mut file = OpenOptions::new()
            .write(true)
            .create_new(true)
            .open(&path)?;
        let created = Self(path);
        writeln!(file, "[[address]]\nid = \"{ADDRESS}\"")?;
        Ok(created)
    }
}

impl Drop for ConfigFile {
    fn drop(&mut self) {
        // It was there, and if somebody removed it, so much the better.
        let _ = std::fs::remove_file(&self.0);
    }
}
