//! Three real processes each, in network namespaces of their own: kills, stops, freezes and cuts off the leader again and again, and prints how
//! long it took until a successor acted; for `les` that is a call at a simulated cloud. Measures only; nothing is asserted (`make bench`).

mod args;
mod aws;
mod bench;
mod clock;
mod cloud;
mod cluster;
mod http;
mod lane;
mod load;
mod node;
mod report;
mod rest;
mod sandbox;
mod serve;
mod site;
mod system;

use anyhow::{Result, bail};
use clap::Parser as _;
use tokio::signal::unix::{SignalKind, signal};

use crate::args::{Cli, Command};
use crate::bench::Bench;

fn main() -> Result<()> {
    match Cli::parse().command {
        Command::Measure(args) => undisturbed(args.inside, || Bench::new(args).run()),
        Command::Serve(args) => undisturbed(args.inside, || serve::run(args)),
        Command::Note(note) => system::note(&note),
        Command::Spin => load::spin(),
    }
}

/// In namespaces of its own, if they can be made.
fn undisturbed<F: Future<Output = Result<()>>>(
    inside: bool,
    measurement: impl FnOnce() -> F,
) -> Result<()> {
    if inside {
        sandbox::furnish()?;
    } else {
        match sandbox::why_not() {
            None => return sandbox::enter(),
            Some(reason) => eprintln!("*** LEFT OUT: everything that needs namespaces: {reason}"),
        }
    }
    tokio::runtime::Runtime::new()?.block_on(async {
        // The first process of its namespace has to ask for signals, or it gets none.
        let mut interrupted = signal(SignalKind::interrupt())?;
        let mut terminated = signal(SignalKind::terminate())?;
        tokio::select! {
            done = measurement() => done,
            _ = interrupted.recv() => bail!("interrupted"),
            _ = terminated.recv() => bail!("terminated"),
        }
    })
}
