//! One fault, again and again, to one system.

use std::sync::Arc;
use std::time::Duration;

use anyhow::{Result, bail};

use crate::args::Fault;
use crate::bench::Bench;
use crate::clock;
use crate::cluster::Cluster;
use crate::system::{Act, Subject};

/// For a successor to act. The slowest case known takes 20 s.
const PATIENCE: Duration = Duration::from_secs(60);
/// How long a fault goes on after the successor has acted, in which a second one may show.
const AFTERMATH: Duration = Duration::from_secs(1);
/// After a cluster has settled, for what it does at ease: opening streams, reading the address.
const EASE: Duration = Duration::from_secs(1);
/// Clusters that did not settle, in a row, before the rest of the rounds is given up.
const FAILURES: usize = 3;

/// What came of the rounds.
#[derive(Clone, Debug, Default)]
pub(crate) struct Samples {
    /// From the fault until the successor acted.
    pub(crate) latencies: Vec<Duration>,
    /// Rounds in which nobody did.
    pub(crate) no_move: usize,
    /// Rounds in which the address moved more than once, up to the recovery's end.
    pub(crate) moved_again: usize,
    /// Rounds after which another one leads than acted last: the address is not where the leader is.
    pub(crate) astray: usize,
    /// Rounds after which the cluster did not settle; it was replaced.
    pub(crate) unsettled: usize,
}

impl Samples {
    /// Adds the rounds of another cluster.
    pub(crate) fn add(&mut self, other: Self) {
        self.latencies.extend(other.latencies);
        self.no_move += other.no_move;
        self.moved_again += other.moved_again;
        self.astray += other.astray;
        self.unsettled += other.unsettled;
    }
}

/// So many rounds of a fault, and what follows, to one cluster.
pub(crate) async fn run(
    bench: Arc<Bench>,
    subject: Subject,
    fault: Fault,
    rounds: usize,
    label: String,
) -> Samples {
    let mut samples = Samples::default();
    let mut cluster = None;
    let mut failures = 0;
    for number in 1..=rounds {
        let said = match round(&bench, &subject, fault, &mut cluster, &mut samples).await {
            Ok(said) => {
                failures = 0;
                said
            }
            Err(error) => {
                failures += 1;
                samples.unsettled += 1;
                cluster = None;
                format!("{error:#}; a new cluster is made")
            }
        };
        eprintln!("{label} {number}/{rounds}: {said}");
        if failures == FAILURES {
            break;
        }
    }
    samples
}

async fn round(
    bench: &Bench,
    subject: &Subject,
    fault: Fault,
    cluster: &mut Option<(Cluster, usize)>,
    samples: &mut Samples,
) -> Result<String> {
    let (cluster, leader) = match cluster {
        // Its last round ended when it had settled.
        Some((cluster, leader)) => (cluster, leader),
        None => {
            let new = bench.cluster(subject).await?;
            let leader = new.settled().await?;
            let (cluster, leader) = cluster.insert((new, leader));
            (cluster, leader)
        }
    };
    clock::pause(EASE + cluster.rhythm().mul_f64(fastrand::f64())).await;
    let struck = cluster.strike(fault, *leader).await?;
    let successor = cluster.successor(*leader, struck, PATIENCE).await;
    clock::pause(AFTERMATH).await;
    cluster.recover(fault, *leader).await?;
    let said = match successor {
        Some(act) => {
            let latency = act.at - struck;
            samples.latencies.push(latency);
            format!("{:.1} ms", latency.as_secs_f64() * 1000.0)
        }
        None => {
            samples.no_move += 1;
            "nobody took over".to_owned()
        }
    };
    let Ok(next) = cluster.settled().await else {
        bail!("{said}; then the cluster did not settle");
    };
    *leader = next;
    let holders = moves(&cluster.acts(struck));
    samples.moved_again += usize::from(holders.len() > 1);
    let astray = holders.last().is_some_and(|last| *last != next);
    samples.astray += usize::from(astray);
    Ok(match (holders.len(), astray) {
        (0 | 1, false) => said,
        (count, false) => format!("{said}, {count} moves: to {holders:?}"),
        (count, true) => format!("{said}, {count} moves: to {holders:?}, and {next} leads"),
    })
}

/// To whom the address went: one who acts twice in a row moves it once.
fn moves(acts: &[Act]) -> Vec<usize> {
    let mut holders: Vec<usize> = acts.iter().map(|act| act.node).collect();
    holders.dedup();
    holders
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_acts_twice_in_a_row_moves_the_address_once() {
        let acts = [1, 1, 2, 1].map(|node| Act {
            at: Duration::ZERO,
            node,
        });
        assert_eq!(moves(&acts), [1, 2, 1]);
        assert_eq!(moves(&acts[..2]), [1]);
        assert!(moves(&[]).is_empty());
    }
}
