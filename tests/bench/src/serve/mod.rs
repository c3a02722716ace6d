//! How quickly a leader answers while it is asked at a steady rate, and what its election's loop notices of it.

mod lag;
mod report;
mod volley;

use std::time::Duration;

use anyhow::{Context as _, Result};

use crate::args::Serve;
use crate::bench::Bench;
use crate::clock;
use crate::cluster::Cluster;
use crate::http;
use crate::system::Subject;
use lag::Lags;
use report::{Report, Row};
use volley::Volley;

/// After the cluster has settled, for what a start still leaves to be done.
const EASE: Duration = Duration::from_secs(5);

/// Measures and prints.
pub(crate) async fn run(args: Serve) -> Result<()> {
    let bench = Bench::new(args.measured());
    let subject = Subject::Les {
        profile: "default".to_owned(),
    };
    let cluster = bench.cluster(&subject).await?;
    let leader = cluster.settled().await?;
    clock::pause(EASE).await;
    let mut report = Report::new(&args);
    // First without requests: how late the loop is anyway.
    for path in std::iter::once(None).chain(args.paths.iter().map(Some)) {
        let label = path.map_or("nothing", |path| path);
        eprintln!("asked for {label}, {} s", args.seconds);
        report.rows.push(row(&args, &cluster, leader, path).await?);
    }
    let led = cluster.settled().await?;
    report.still_leads = led == leader;
    print!("{report}");
    Ok(())
}

async fn row(args: &Serve, cluster: &Cluster, leader: usize, path: Option<&String>) -> Result<Row> {
    let addr = cluster.addr(leader).context("no such node")?;
    let lasting = Duration::from_secs(args.seconds.into());
    let (lags, usage, began) = (lags(&addr).await?, cluster.usage()?, clock::now());
    let volley = match path {
        Some(path) => volley::fire(&addr, path, args.rate, lasting).await?,
        None => {
            clock::pause(lasting).await;
            Volley::default()
        }
    };
    let (used, took) = (cluster.usage()?, clock::now() - began);
    let cpu = used[leader].cpu.saturating_sub(usage[leader].cpu);
    Ok(Row {
        path: path.cloned(),
        volley,
        lags: lags_since(&addr, &lags).await?,
        cpu_per_cent: 100.0 * cpu.as_secs_f64() / took.as_secs_f64(),
        resident_mib: used[leader].resident_kib as f64 / 1024.0,
    })
}

async fn lags(addr: &str) -> Result<Lags> {
    let text = http::text(addr, "/metrics").await?;
    Lags::parse(&text).context("/metrics has no histogram of the loop's lag")
}

async fn lags_since(addr: &str, before: &Lags) -> Result<Lags> {
    Ok(lags(addr).await?.since(before))
}
