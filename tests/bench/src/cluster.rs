//! The nodes of one system on one site: what can be done to them, and waiting for them.

use std::fs::OpenOptions;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use anyhow::{Result, bail};
use nix::sys::signal::Signal;

use crate::args::{Fault, Measure};
use crate::clock;
use crate::node::{Node, Usage};
use crate::site::{Host, Site};
use crate::system::{Act, Subject, System};

/// For a cluster to settle; far more than any needs.
const PATIENCE: Duration = Duration::from_secs(120);
/// Between two looks at a cluster.
const LOOK: Duration = Duration::from_millis(50);
/// Between two looks at who has acted. When it acted is in what is looked at.
const LOOK_AT_ACTS: Duration = Duration::from_millis(10);

/// All nodes are killed when this is dropped.
pub(crate) struct Cluster {
    // In this order they are dropped: nodes before the hosts that they are on.
    nodes: Vec<Node>,
    system: System,
    site: Site,
    /// Where the output of each node goes, if anywhere.
    logs: Option<PathBuf>,
}

impl Cluster {
    pub(crate) async fn start(
        subject: &Subject,
        args: &Measure,
        site: Site,
        directory: PathBuf,
    ) -> Result<Self> {
        let name = directory.file_name().unwrap_or_default().to_owned();
        let mut cluster = Self {
            nodes: Vec::new(),
            system: System::open(subject, args, &site, directory).await?,
            site,
            logs: args.logs.as_ref().map(|logs| logs.join(name)),
        };
        for number in 0..cluster.site.hosts().len() {
            let node = cluster.spawn(number)?;
            cluster.nodes.push(node);
        }
        Ok(cluster)
    }

    fn spawn(&mut self, number: usize) -> Result<Node> {
        let mut command = self.system.command(&self.site, number)?;
        if !matches!(self.system, System::Reference(_)) {
            command
                .stdout(self.output(number)?)
                .stderr(self.output(number)?);
        }
        let mut node = Node::start(&mut command)?;
        self.system.started(number, &mut node);
        Ok(node)
    }

    fn output(&self, number: usize) -> Result<Stdio> {
        let Some(logs) = &self.logs else {
            return Ok(Stdio::null());
        };
        std::fs::create_dir_all(logs.parent().unwrap_or(Path::new("/")))?;
        let path = logs.with_extension(format!("node{number}.log"));
        Ok(OpenOptions::new()
            .create(true)
            .append(true)
            .open(path)?
            .into())
    }

    /// Waits until every node has agreed on a leader for a whole rhythm. Returns the leader.
    pub(crate) async fn settled(&self) -> Result<usize> {
        let started = clock::now();
        let mut agreed: Option<(usize, Duration)> = None;
        while clock::now() < started + PATIENCE {
            let leader = self.system.leader(&self.site).await;
            let now = clock::now();
            agreed = match (leader, agreed) {
                (Some(leader), Some((before, since))) if leader == before => {
                    if now >= since + self.rhythm() {
                        return Ok(leader);
                    }
                    agreed
                }
                (Some(leader), _) => Some((leader, now)),
                (None, _) => None,
            };
            clock::pause(LOOK).await;
        }
        bail!("the cluster did not settle within {PATIENCE:?}")
    }

    /// Does this to a node. Returns when: a moment before it had any effect.
    pub(crate) async fn strike(&self, fault: Fault, number: usize) -> Result<Duration> {
        let node = &self.nodes[number];
        let at = clock::now();
        match fault {
            Fault::Kill => node.signal_all(Signal::SIGKILL)?,
            Fault::Term => node.signal(Signal::SIGTERM)?,
            Fault::Freeze => node.signal_all(Signal::SIGSTOP)?,
            Fault::BlackHole => self.site.hosts()[number].cut().await?,
        }
        Ok(at)
    }

    /// Undoes a fault; who died starts again.
    pub(crate) async fn recover(&mut self, fault: Fault, number: usize) -> Result<()> {
        match fault {
            Fault::Kill | Fault::Term => {
                self.nodes[number].ended().await?;
                self.nodes[number] = self.spawn(number)?;
                Ok(())
            }
            Fault::Freeze => self.nodes[number].signal_all(Signal::SIGCONT),
            Fault::BlackHole => self.site.hosts()[number].heal().await,
        }
    }

    /// The first act after this time by another node than this one; `None` if there is none for so long.
    pub(crate) async fn successor(
        &self,
        of: usize,
        since: Duration,
        patience: Duration,
    ) -> Option<Act> {
        loop {
            let acts = self.system.acts(since);
            let first = acts.into_iter().find(|act| act.node != of);
            if first.is_some() || clock::now() > since + patience {
                return first;
            }
            clock::pause(LOOK_AT_ACTS).await;
        }
    }

    /// All acts since this time.
    pub(crate) fn acts(&self, since: Duration) -> Vec<Act> {
        self.system.acts(since)
    }

    pub(crate) fn rhythm(&self) -> Duration {
        self.system.rhythm()
    }

    /// Where a node is reached.
    pub(crate) fn addr(&self, number: usize) -> Option<String> {
        self.site.hosts().get(number).map(Host::addr)
    }

    /// What each node has used until now.
    pub(crate) fn usage(&self) -> Result<Vec<Usage>> {
        self.nodes.iter().map(Node::usage).collect()
    }
}
