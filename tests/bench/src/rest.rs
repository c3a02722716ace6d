//! What a cluster uses while nothing happens.

use std::sync::Arc;
use std::time::Duration;

use anyhow::Result;

use crate::bench::Bench;
use crate::clock;
use crate::node::Usage;
use crate::system::Subject;

/// How long it is watched.
pub(crate) const WATCHED: Duration = Duration::from_secs(20);
/// After it has settled, for what a start still leaves to be done.
const EASE: Duration = Duration::from_secs(10);

/// Of one node, on average over the cluster.
#[derive(Clone, Copy, Debug)]
pub(crate) struct AtRest {
    pub(crate) resident_mib: f64,
    /// Of one core.
    pub(crate) cpu_per_cent: f64,
}

pub(crate) async fn measure(bench: Arc<Bench>, subject: Subject) -> Result<AtRest> {
    let cluster = bench.cluster(&subject).await?;
    cluster.settled().await?;
    watched(|| cluster.usage()).await
}

/// What nodes that have settled use, by what `usage` tells of each.
pub(crate) async fn watched(usage: impl Fn() -> Result<Vec<Usage>>) -> Result<AtRest> {
    clock::pause(EASE).await;
    let (before, began) = (usage()?, clock::now());
    clock::pause(WATCHED).await;
    let (after, ended) = (usage()?, clock::now());
    let nodes = after.len() as f64;
    let cpu: Duration = after
        .iter()
        .zip(&before)
        .map(|(after, before)| after.cpu.saturating_sub(before.cpu))
        .sum();
    let resident: u64 = after.iter().map(|usage| usage.resident_kib).sum();
    Ok(AtRest {
        resident_mib: resident as f64 / 1024.0 / nodes,
        cpu_per_cent: 100.0 * cpu.as_secs_f64() / (ended - began).as_secs_f64() / nodes,
    })
}
