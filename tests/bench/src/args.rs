//! The command line.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

/// How long from a fault until the successor acts, and how quickly a leader answers.
#[derive(Parser)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Subcommand)]
pub(crate) enum Command {
    /// Measure and print a report
    Measure(Measure),
    /// How quickly a leader answers Prometheus and `/diag/` at a steady rate, and what that does to its election's loop
    Serve(Serve),
    /// Appends a line with the time to a file: what keepalived calls when a node changes its state
    #[command(hide = true)]
    Note(Note),
    /// Keeps one core busy until it is killed
    #[command(hide = true)]
    Spin,
}

/// What to measure.
#[derive(Args, Clone)]
pub(crate) struct Measure {
    /// The `les` to measure
    #[arg(long)]
    pub(crate) les: PathBuf,
    /// How often each fault happens
    #[arg(long, default_value_t = 50)]
    pub(crate) rounds: usize,
    /// Which faults, separated by commas
    #[arg(
        long,
        value_delimiter = ',',
        default_value = "kill,term,freeze,black-hole"
    )]
    pub(crate) faults: Vec<Fault>,
    /// With which load on the CPU, separated by commas
    #[arg(long, value_delimiter = ',', default_value = "idle,busy")]
    pub(crate) loads: Vec<Load>,
    /// Which systems, separated by commas; those that this machine lacks are left out
    #[arg(
        long,
        value_delimiter = ',',
        default_value = "les,keepalived,reference"
    )]
    pub(crate) systems: Vec<Kind>,
    /// Which profiles of `les`, separated by commas
    #[arg(long = "profile", value_delimiter = ',', default_value = "default")]
    pub(crate) profiles: Vec<String>,
    /// How many nodes each cluster has
    #[arg(long, default_value_t = 3)]
    pub(crate) nodes: usize,
    /// Loop rate of `les` and of the reference node, in seconds
    #[arg(long, default_value_t = 5)]
    pub(crate) loop_rate: u32,
    /// Path to the reference node, les-example.py
    #[arg(long)]
    pub(crate) reference: Option<PathBuf>,
    /// A Python that has flask and requests, for the reference node
    #[arg(long, default_value = "python3")]
    pub(crate) reference_python: PathBuf,
    /// Where the report is written, beside standard output
    #[arg(long)]
    pub(crate) write: Option<PathBuf>,
    /// A directory for what the nodes print
    #[arg(long)]
    pub(crate) logs: Option<PathBuf>,
    /// Set by the program itself: it is in namespaces of its own
    #[arg(long, hide = true)]
    pub(crate) inside: bool,
}

/// How a leader is asked.
#[derive(Args, Clone)]
pub(crate) struct Serve {
    /// The `les` to ask
    #[arg(long)]
    pub(crate) les: PathBuf,
    /// Requests a second
    #[arg(long, default_value_t = 1000, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    pub(crate) rate: u32,
    /// Seconds for each path
    #[arg(long, default_value_t = 20, value_parser = clap::value_parser!(u32).range(1..=3600))]
    pub(crate) seconds: u32,
    /// Which paths, separated by commas
    #[arg(long, value_delimiter = ',', default_value = "/metrics,/diag/")]
    pub(crate) paths: Vec<String>,
    /// How many nodes the cluster has
    #[arg(long, default_value_t = 3)]
    pub(crate) nodes: usize,
    /// A directory for what the nodes print
    #[arg(long)]
    pub(crate) logs: Option<PathBuf>,
    /// Set by the program itself: it is in namespaces of its own
    #[arg(long, hide = true)]
    pub(crate) inside: bool,
}

#[derive(Args)]
pub(crate) struct Note {
    pub(crate) file: PathBuf,
    /// The node's number, then what keepalived says: INSTANCE, its name, the state, the priority.
    pub(crate) words: Vec<String>,
}

/// What happens to the leader.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Fault {
    /// SIGKILL
    Kill,
    /// SIGTERM
    Term,
    /// SIGSTOP
    Freeze,
    /// DROP of everything from and to its host
    BlackHole,
}

/// What else runs on the machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Load {
    /// Nothing
    Idle,
    /// Four busy loops
    Busy,
}

/// What is measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Kind {
    /// This project
    Les,
    /// keepalived, with its defaults and with adverts every 0.1 s
    Keepalived,
    /// The reference node
    Reference,
}

impl Serve {
    /// The cluster that is asked, as one that is measured.
    pub(crate) fn measured(&self) -> Measure {
        Measure {
            les: self.les.clone(),
            rounds: 0,
            faults: Vec::new(),
            loads: Vec::new(),
            systems: vec![Kind::Les],
            profiles: vec!["default".to_owned()],
            nodes: self.nodes,
            loop_rate: 5,
            reference: None,
            reference_python: PathBuf::new(),
            write: None,
            logs: self.logs.clone(),
            inside: self.inside,
        }
    }
}

impl Fault {
    /// Nothing tells the others of it: it is found by waiting.
    pub(crate) const fn is_silent(self) -> bool {
        matches!(self, Self::Freeze | Self::BlackHole)
    }

    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Kill => "kill",
            Self::Term => "term",
            Self::Freeze => "freeze",
            Self::BlackHole => "black hole",
        }
    }
}

impl Load {
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Idle => "idle",
            Self::Busy => "busy",
        }
    }
}
