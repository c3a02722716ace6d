//! `les demo`: real nodes and a simulated cloud on one machine; the leader is killed, and the address moves.
//!
//! ```text
//! nodes' logs ---+                          +-- screen: the timeline
//!                +--> feed --> state --> show
//! cloud's log ---+                          +-- cluster: starts and kills `les run`
//! ```

mod clock;
mod cloud;
mod cloud_state;
mod cluster;
mod happening;
mod layout;
mod node_state;
mod playground;
mod ports;
mod process;
mod report;
mod screen;
mod show;
mod signals;
mod state;
mod summary;
mod takeover;

use std::process::ExitCode;

use anyhow::Context as _;
use clap::Args;

use self::happening::Happening;
use self::show::{Show, Stop};
use self::signals::{Signal, Signals};

/// One for the show, one for the cloud.
const WORKERS: usize = 2;

/// What to show.
#[derive(Debug, Args)]
pub(super) struct DemoArgs {
    /// How many nodes, from 2 to 9
    #[arg(long, value_name = "N", default_value_t = 3, value_parser = clap::value_parser!(u8).range(2..=9))]
    nodes: u8,
    /// Afterwards, go on until Ctrl-C, and say what to play with
    #[arg(long)]
    keep_running: bool,
    /// Print one JSON object per event, and a summary as the last one
    #[arg(long)]
    json: bool,
}

/// How a demo ended.
enum End {
    Shown,
    Stopped(Stop),
    Interrupted(Signal),
}

pub(super) fn run(args: &DemoArgs) -> anyhow::Result<ExitCode> {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(WORKERS)
        .enable_all()
        .build()?
        .block_on(perform(args))
}

async fn perform(args: &DemoArgs) -> anyhow::Result<ExitCode> {
    let mut signals = Signals::install()?;
    let nodes = usize::from(args.nodes);
    let mut show = Show::prepare(nodes, args.json)
        .await
        .context("the simulated cloud cannot be started")?;
    let mut end = play(&mut show, nodes, &mut signals).await;
    if matches!(end, End::Shown) && args.keep_running {
        end = tokio::select! {
            biased;
            // The show is over: this is how it is meant to end.
            _ = signals.first() => End::Shown,
            Err(stop) = show.go_on() => End::Stopped(stop),
        };
    }
    show.cluster.kill_all().await;
    close(&show, end)
}

async fn play(show: &mut Show, nodes: usize, signals: &mut Signals) -> End {
    tokio::select! {
        biased;
        signal = signals.first() => End::Interrupted(signal),
        played = show.play(nodes) => match played {
            Ok(()) => End::Shown,
            Err(stop) => End::Stopped(stop),
        },
    }
}

/// The last words, after everything has ended.
fn close(show: &Show, end: End) -> anyhow::Result<ExitCode> {
    match end {
        End::Shown => Ok(ExitCode::SUCCESS),
        End::Interrupted(signal) => {
            let name = signal.name;
            show.show(&Happening::Interrupted { signal: name })?;
            Ok(ExitCode::from(signal.exit_code))
        }
        // Nobody reads: nothing more is said there.
        End::Stopped(stop @ Stop::Write(_)) => Err(stop.into()),
        End::Stopped(stop) => {
            let reason = format!("{:#}", anyhow::Error::from(stop));
            let logs = show.state.last_lines();
            show.show(&Happening::Failed { reason, logs })?;
            Ok(ExitCode::FAILURE)
        }
    }
}
