//! The nodes: real processes, one a droplet.

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use anyhow::{Context as _, Result};
use serde_json::Value;
use tokio::net::TcpListener;
use tokio::process::{Child, Command};
use tokio::time::{sleep, timeout};

use crate::cloud::{ADDRESS, Cloud, TOKEN};
use crate::http;

/// For a cluster to settle after a start; far more than it needs.
const PATIENCE: Duration = Duration::from_secs(120);
/// Between two looks at a cluster.
const LOOK: Duration = Duration::from_millis(50);

/// All nodes, and what starts each. They are killed when this is dropped.
pub(crate) struct Cluster {
    les: PathBuf,
    config: PathBuf,
    loop_rate: u32,
    addrs: Vec<String>,
    children: Vec<Child>,
}

impl Cluster {
    pub(crate) async fn start(
        les: &Path,
        nodes: usize,
        loop_rate: u32,
        cloud: &Cloud,
    ) -> Result<Self> {
        let config = std::env::temp_dir().join(format!("les-bench-{}.toml", std::process::id()));
        std::fs::write(&config, format!("[[address]]\nid = \"{ADDRESS}\"\n"))?;
        let mut cluster = Self {
            les: les.to_owned(),
            config,
            loop_rate,
            addrs: free_addresses(nodes).await?,
            children: Vec::new(),
        };
        for node in 0..nodes {
            let child = cluster.spawn(node, cloud)?;
            cluster.children.push(child);
        }
        Ok(cluster)
    }

    fn spawn(&self, node: usize, cloud: &Cloud) -> Result<Child> {
        let addr = &self.addrs[node];
        let (_, port) = addr.rsplit_once(':').context("an address with a port")?;
        let base = format!("http://{}", cloud.socket);
        Command::new(&self.les)
            .args(["run", "--bind-interface", "127.0.0.1", "--bind-port", port])
            .args(["--advertise-addr", addr, "--seeds", &self.addrs.join(",")])
            .args(["--loop-rate", &self.loop_rate.to_string()])
            .arg("--config")
            .arg(&self.config)
            .env("DIGITALOCEAN_TOKEN", TOKEN)
            .env("LES_PROVIDER__KIND", "digitalocean")
            .env("LES_PROVIDER__BASE_URL", &base)
            .env(
                "LES_PROVIDER__METADATA_BASE",
                format!("{base}/node/{}", node + 1),
            )
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .with_context(|| format!("{} cannot be started", self.les.display()))
    }

    /// Waits until every node lists all, all name one leader, and the leader holds the address. Returns the leader.
    pub(crate) async fn settled(&self, cloud: &Cloud) -> Result<usize> {
        let settle = async {
            loop {
                if let Some(leader) = self.agreed().await
                    && cloud.is_held_by(leader)
                {
                    return leader;
                }
                sleep(LOOK).await;
            }
        };
        timeout(PATIENCE, settle)
            .await
            .context("the cluster did not settle")
    }

    async fn agreed(&self) -> Option<usize> {
        let mut leader = None;
        for addr in &self.addrs {
            let state: Value = http::get(addr, "/state").await.ok()?;
            let complete = state["members"].as_array()?.len() == self.addrs.len();
            let named = self.addrs.iter().position(|a| state["leader"] == **a)?;
            if !complete || *leader.get_or_insert(named) != named {
                return None;
            }
        }
        leader
    }

    /// SIGKILL; returns once the process is gone.
    pub(crate) async fn kill(&mut self, node: usize) -> Result<()> {
        Ok(self.children[node].kill().await?)
    }

    /// Starts a killed node again, at its old address.
    pub(crate) async fn restart(&mut self, node: usize, cloud: &Cloud) -> Result<()> {
        self.children[node].wait().await?;
        self.children[node] = self.spawn(node, cloud)?;
        Ok(())
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.config);
    }
}

/// Ports that are free now. All are held until all are known, so that they differ.
async fn free_addresses(count: usize) -> Result<Vec<String>> {
    let mut listeners = Vec::new();
    for _ in 0..count {
        listeners.push(TcpListener::bind("127.0.0.1:0").await?);
    }
    let addresses = listeners
        .iter()
        .map(|listener| Ok(listener.local_addr()?.to_string()));
    addresses.collect()
}
