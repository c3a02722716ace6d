//! The reference node. It calls no cloud: it acts when it says in its log that it is in charge.

use std::path::PathBuf;
use std::process::Stdio;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use anyhow::{Context as _, Result};
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::Command;

use super::Act;
use crate::args::Measure;
use crate::node::Node;
use crate::site::Site;
use crate::{clock, http};

/// What it logs when it has become the leader, once each time.
const IN_CHARGE: &str = "I AM IN CHARGE NOW";

pub(crate) struct Reference {
    python: PathBuf,
    program: PathBuf,
    loop_rate: u32,
    acts: Arc<Mutex<Vec<Act>>>,
}

impl Reference {
    pub(super) fn open(args: &Measure) -> Result<Self> {
        Ok(Self {
            python: args.reference_python.clone(),
            program: args
                .reference
                .clone()
                .context("the path to the reference node was not given")?,
            loop_rate: args.loop_rate,
            acts: Arc::default(),
        })
    }

    pub(super) fn command(&self, site: &Site, node: usize) -> Command {
        let host = &site.hosts()[node];
        let mut command = host.command(&self.python);
        command
            .arg(&self.program)
            .args(["--bind-interface", &host.ip.to_string()])
            .args(["--bind-port", &host.port.to_string()])
            .args(["--advertise-addr", &host.addr()])
            .args(["--seeds", &site.addrs().join(",")])
            .args(["--loop-rate", &self.loop_rate.to_string()])
            .stdout(Stdio::null())
            .stderr(Stdio::piped());
        command
    }

    /// Reads its log from now on.
    pub(super) fn started(&self, number: usize, node: &mut Node) {
        let Some(log) = node.child().stderr.take() else {
            return;
        };
        let acts = Arc::clone(&self.acts);
        tokio::spawn(async move {
            let mut lines = BufReader::new(log).lines();
            while let Ok(Some(line)) = lines.next_line().await {
                let at = clock::now();
                if line.contains(IN_CHARGE) {
                    let act = Act { at, node: number };
                    acts.lock()
                        .unwrap_or_else(PoisonError::into_inner)
                        .push(act);
                }
            }
        });
    }

    pub(super) fn acts(&self) -> Vec<Act> {
        self.acts
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    pub(super) fn rhythm(&self) -> Duration {
        Duration::from_secs(self.loop_rate.into())
    }
}

pub(super) async fn leader(site: &Site) -> Option<usize> {
    http::agreed_leader(&site.addrs()).await
}
