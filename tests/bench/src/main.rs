//! Three real processes and a simulated cloud on loopback: kills the leader again and again, and prints how long it took from the
//! signal until the cloud received the call that moves the address. Measures only; nothing is asserted (`make bench`).

mod cloud;
mod cluster;
mod http;
mod report;

use std::path::PathBuf;
use std::time::Duration;

use anyhow::Result;
use clap::Parser;

use crate::cloud::Cloud;
use crate::cluster::Cluster;

/// What to measure.
#[derive(Debug, Parser)]
struct Args {
    /// The program to measure
    #[arg(long)]
    les: PathBuf,
    /// How often the leader is killed
    #[arg(long, default_value_t = 50)]
    kills: usize,
    /// How many nodes there are
    #[arg(long, default_value_t = 3)]
    nodes: usize,
    /// Each node's loop rate, in seconds
    #[arg(long, default_value_t = 5)]
    loop_rate: u32,
}

#[tokio::main]
async fn main() -> Result<()> {
    let args = Args::parse();
    let cloud = Cloud::start(args.nodes).await?;
    let mut cluster = Cluster::start(&args.les, args.nodes, args.loop_rate, &cloud).await?;
    let mut samples = Vec::new();
    for round in 1..=args.kills {
        let leader = cluster.settled(&cloud).await?;
        // A kill at a random moment of the nodes' loops, not always the same one after the last restart.
        tokio::time::sleep(Duration::from_millis(fastrand::u64(0..1000))).await;
        let first = cloud.next_event();
        let killed_at = cloud.now();
        cluster.kill(leader).await?;
        let asked_at = cloud.next_assignment(first).await?;
        let sample = asked_at.saturating_sub(killed_at);
        eprintln!(
            "{round}/{}: {:.1} ms",
            args.kills,
            report::milliseconds(sample)
        );
        samples.push(sample);
        cluster.restart(leader, &cloud).await?;
    }
    print!("{}", report::text(&mut samples, args.nodes, args.loop_rate));
    Ok(())
}
