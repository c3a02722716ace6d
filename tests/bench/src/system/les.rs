//! This project's nodes, each of them a droplet of a simulated cloud.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use tokio::process::Command;

use super::Act;
use crate::args::Measure;
use crate::cloud::{ADDRESS, Cloud, TOKEN};
use crate::http;
use crate::site::Site;

pub(crate) struct Les {
    program: PathBuf,
    profile: String,
    loop_rate: u32,
    config: PathBuf,
    cloud: Cloud,
}

impl Les {
    pub(super) async fn open(
        args: &Measure,
        profile: &str,
        site: &Site,
        directory: &Path,
    ) -> Result<Self> {
        let config = directory.join("les.toml");
        std::fs::write(&config, format!("[[address]]\nid = \"{ADDRESS}\"\n"))?;
        let program = std::fs::canonicalize(&args.les)
            .with_context(|| format!("{} is not there", args.les.display()))?;
        Ok(Self {
            program,
            profile: profile.to_owned(),
            loop_rate: args.loop_rate,
            config,
            cloud: Cloud::start(site.hub, site.hosts().len()).await?,
        })
    }

    pub(super) fn command(&self, site: &Site, node: usize) -> Command {
        let host = &site.hosts()[node];
        let base = format!("http://{}", self.cloud.socket);
        let mut command = host.command(&self.program);
        command
            .args(["run", "--bind-interface", &host.ip.to_string()])
            .args(["--bind-port", &host.port.to_string()])
            .args(["--advertise-addr", &host.addr()])
            .args(["--seeds", &site.addrs().join(",")])
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
            // For `--logs`; what is not asked for is not written.
            .envs(std::env::var_os("LES_LOG").map(|filter| ("LES_LOG", filter)));
        // Versions before profiles know no such key.
        if self.profile != "default" {
            command.env("LES_ELECTION__PROFILE", &self.profile);
        }
        command
    }

    /// Whom all nodes name, if all list all and the cloud has the address there.
    pub(super) async fn leader(&self, site: &Site) -> Option<usize> {
        let leader = http::agreed_leader(&site.addrs()).await?;
        self.cloud.is_held_by(leader).then_some(leader)
    }

    pub(super) fn acts(&self) -> Vec<Act> {
        self.cloud.assignments()
    }
}
