//! `les-model` explores every schedule of at most so many events (crash, restart, stop, partition, one-way loss, slow links, heal, late write) at
//! so many moments, and checks the simulator's invariants in each state and the liveness rules at the end of each schedule.
//!
//! Between two events the cluster is deterministic. A burst of loss and a node whose messages come after those that others sent later are events
//! like a crash: so this is complete for the schedules within the bound, and not for every order of single messages; that is what the random
//! runs are for.

mod choice;
mod model;
mod state;

use std::process::ExitCode;

use clap::{Parser, ValueEnum};
use stateright::{Checker as _, Model as _};

use crate::model::Bound;

/// Who must confirm a leader.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Mode {
    /// Everybody who is heard.
    Open,
    /// A majority of the nodes.
    Quorum,
}

/// What is explored.
#[derive(Debug, Parser)]
struct Args {
    /// Nodes of the cluster.
    #[arg(long, default_value_t = 3)]
    nodes: usize,
    /// Moments at which an event may happen.
    #[arg(long, default_value_t = 10)]
    steps: usize,
    /// Events in one schedule at most.
    #[arg(long, default_value_t = 2)]
    events: usize,
    /// The mode of the election.
    #[arg(long, value_enum, default_value_t = Mode::Open)]
    mode: Mode,
}

fn main() -> ExitCode {
    let args = Args::parse();
    // A broken invariant is a state that the checker reports with its schedule.
    std::panic::set_hook(Box::new(|_| {}));
    let bound = Bound {
        nodes: args.nodes,
        steps: args.steps,
        events: args.events,
        quorum: args.mode == Mode::Quorum,
    };
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let checker = bound.checker().threads(threads).spawn_dfs().join();
    println!(
        "{args:?}: {} states, depth {}",
        checker.unique_state_count(),
        checker.max_depth()
    );
    let broken = checker.discovery(model::SAFE);
    if let Some(path) = &broken {
        let last = path.last_state();
        println!("violation: {}", last.broken.as_deref().unwrap_or_default());
        println!("schedule: {:?}", last.schedule);
    }
    for name in model::REACHED {
        if checker.discovery(name).is_none() {
            println!("never reached: {name}");
            return ExitCode::FAILURE;
        }
    }
    if broken.is_some() {
        return ExitCode::FAILURE;
    }
    println!("no violation");
    ExitCode::SUCCESS
}
