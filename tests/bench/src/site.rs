//! Where the nodes of one cluster are: each on a host of its own if the bench is in namespaces, else all on loopback.

use std::net::{IpAddr, Ipv4Addr, TcpListener};
use std::process::{Command as Tool, Stdio};

use anyhow::{Result, ensure};
use tokio::io::AsyncWriteExt as _;
use tokio::process::Command;

use crate::sandbox;

/// The interface of each host, its only one beside loopback.
pub(crate) const INTERFACE: &str = "eth0";
/// What nodes listen on, on hosts of their own.
const PORT: u16 = 4000;
/// The bench's own place in each network, where the cloud is.
const HUB: u8 = 99;

/// The hosts of one cluster, and what connects them.
pub(crate) struct Site {
    hosts: Vec<Host>,
    bridge: Option<String>,
    /// Where nodes reach what the bench itself serves.
    pub(crate) hub: IpAddr,
}

/// A machine for one node.
pub(crate) struct Host {
    namespace: Option<String>,
    pub(crate) ip: IpAddr,
    pub(crate) port: u16,
}

impl Site {
    /// Hosts in namespaces on a bridge; `number` tells sites apart.
    pub(crate) fn in_namespaces(number: u8, size: usize) -> Result<Self> {
        ensure!((1..=9).contains(&size), "one to nine nodes, not {size}");
        let address = |last: u8| IpAddr::V4(Ipv4Addr::new(10, 77, number, last));
        let bridge = format!("bridge{number}");
        let mut site = Self {
            hosts: Vec::new(),
            bridge: Some(bridge.clone()),
            hub: address(HUB),
        };
        ip(&format!("link add name {bridge} type bridge"))?;
        ip(&format!("address add {}/24 dev {bridge}", site.hub))?;
        ip(&format!("link set {bridge} up"))?;
        for last in (1..).take(size) {
            let (namespace, port) = (
                format!("host{number}-{last}"),
                format!("port{number}-{last}"),
            );
            ip(&format!("netns add {namespace}"))?;
            site.hosts.push(Host {
                namespace: Some(namespace.clone()),
                ip: address(last),
                port: PORT,
            });
            ip(&format!(
                "link add {port} type veth peer name {INTERFACE} netns {namespace}"
            ))?;
            ip(&format!("link set {port} master {bridge} up"))?;
            ip(&format!(
                "-n {namespace} address add {}/24 dev {INTERFACE}",
                address(last)
            ))?;
            ip(&format!("-n {namespace} link set {INTERFACE} up"))?;
            ip(&format!("-n {namespace} link set lo up"))?;
        }
        Ok(site)
    }

    /// All on loopback, on ports that are free now.
    pub(crate) fn on_loopback(size: usize) -> Result<Self> {
        let local = IpAddr::V4(Ipv4Addr::LOCALHOST);
        // All are held until all are known, so that they differ.
        let listeners: Vec<TcpListener> = (0..size)
            .map(|_| TcpListener::bind((local, 0)))
            .collect::<std::io::Result<_>>()?;
        let host = |listener: &TcpListener| {
            Ok(Host {
                namespace: None,
                ip: local,
                port: listener.local_addr()?.port(),
            })
        };
        Ok(Self {
            hosts: listeners.iter().map(host).collect::<Result<_>>()?,
            bridge: None,
            hub: local,
        })
    }

    pub(crate) fn hosts(&self) -> &[Host] {
        &self.hosts
    }

    /// What the nodes call each other.
    pub(crate) fn addrs(&self) -> Vec<String> {
        self.hosts.iter().map(Host::addr).collect()
    }
}

impl Drop for Site {
    /// The nodes are dead by now. What fails here vanishes with the bench.
    fn drop(&mut self) {
        for namespace in self
            .hosts
            .iter()
            .filter_map(|host| host.namespace.as_deref())
        {
            let _ = ip(&format!("netns delete {namespace}"));
        }
        if let Some(bridge) = &self.bridge {
            let _ = ip(&format!("link delete {bridge}"));
        }
    }
}

impl Host {
    pub(crate) fn addr(&self) -> String {
        format!("{}:{}", self.ip, self.port)
    }

    /// Starts a program on this host, at ordinary priority. The process that is started becomes the program. It inherits nothing from the
    /// environment but the search path.
    pub(crate) fn command(&self, program: impl AsRef<std::ffi::OsStr>) -> Command {
        let mut command = match &self.namespace {
            None => Command::new(program),
            Some(namespace) => {
                let mut command = Command::new("nice");
                command
                    .args(["-n", sandbox::ORDINARY_PRIORITY])
                    .args(["ip", "netns", "exec", namespace])
                    .arg(program);
                command
            }
        };
        command
            .env_clear()
            .envs(std::env::var_os("PATH").map(|path| ("PATH", path)));
        command
    }

    /// From now on every packet from and to this host vanishes, in both directions at the same moment.
    pub(crate) async fn cut(&self) -> Result<()> {
        self.filter(&format!(
            "-A INPUT -i {INTERFACE} -j DROP\n-A OUTPUT -o {INTERFACE} -j DROP\n"
        ))
        .await
    }

    /// Undoes [`Host::cut`].
    pub(crate) async fn heal(&self) -> Result<()> {
        self.filter("").await
    }

    async fn filter(&self, rules: &str) -> Result<()> {
        let namespace = self.namespace.as_deref();
        ensure!(namespace.is_some(), "nothing is cut on loopback");
        let mut tool = Command::new("ip")
            .args([
                "netns",
                "exec",
                namespace.unwrap_or_default(),
                "iptables-restore",
            ])
            .stdin(Stdio::piped())
            .kill_on_drop(true)
            .spawn()?;
        if let Some(mut input) = tool.stdin.take() {
            input
                .write_all(format!("*filter\n{rules}COMMIT\n").as_bytes())
                .await?;
        }
        ensure!(tool.wait().await?.success(), "iptables-restore failed");
        Ok(())
    }
}

fn ip(words: &str) -> Result<()> {
    sandbox::run(Tool::new("ip").args(words.split_whitespace()))
}
