//! The command line, one file per subcommand.

mod admin;
mod check;
mod core_dumps;
mod demo;
mod drain;
mod events;
mod generate;
mod handoff;
mod health;
mod log_level;
mod logs;
mod paint;
mod pause;
mod preset;
mod provider;
mod read;
mod run;
mod settings;
mod status;
mod version;
mod why;

use std::ffi::OsString;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// The configuration or the command line is wrong (EX_USAGE of sysexits.h): starting again will not help.
const EXIT_CONFIG: u8 = 64;

/// Keeps a shared public IP address on a live node.
#[derive(Debug, Parser)]
#[command(
    name = "les",
    disable_version_flag = true,
    arg_required_else_help = true
)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Run a node.
    Run(run::RunArgs),
    /// Check the configuration, and look once at who holds each address. Writes nothing.
    Check(settings::SettingsArgs),
    /// Ask the node of this machine how it is: exit code 0 if its loop turns, or, with --ready, if it knows the leader.
    Health(health::HealthArgs),
    /// Show the cluster as a node sees it: who leads, the members, who holds each address and why. Exit code 0 if all is as it should be.
    Status(status::StatusArgs),
    /// Say in a paragraph why an address is where it is.
    Why(why::WhyArgs),
    /// Show what happened, as a node saw it: losses, elections, moves and how long each phase took, orders.
    Events(events::EventsArgs),
    /// Let no node move an address until `les resume`, over restarts and whoever leads.
    Pause(pause::PauseArgs),
    /// Let addresses be moved again.
    Resume(pause::PauseArgs),
    /// Let another node lead: the leader gives up the lead and stays a member. Says who leads then, and who holds what since when.
    Handoff(handoff::HandoffArgs),
    /// Make a node a member that never leads, until it is undrained. A leader hands over first.
    Drain(drain::DrainArgs),
    /// Let a drained node lead again.
    Undrain(drain::UndrainArgs),
    /// Show or change what a running node logs.
    LogLevel(log_level::LogLevelArgs),
    /// Look at an address at the cloud, or move it by hand while moves are paused.
    #[command(subcommand)]
    Provider(provider::ProviderCommand),
    /// Show the main job: some nodes and a simulated cloud on this machine; the leader is killed, and the address moves.
    Demo(demo::DemoArgs),
    /// Presets, one for each cloud: list, show, check and try them.
    #[command(subcommand)]
    Preset(preset::PresetCommand),
    /// Write what belongs to an installation: systemd units, manual pages, shell completions, the sample configuration, its reference and its schema.
    #[command(subcommand)]
    Generate(generate::GenerateCommand),
    /// Print the version and the commit.
    Version,
}

/// Runs the command line and says how it ended.
pub(crate) fn main(args: impl IntoIterator<Item = OsString>) -> anyhow::Result<ExitCode> {
    let cli = match Cli::try_parse_from(args) {
        Ok(cli) => cli,
        Err(usage) => {
            usage.print()?;
            return Ok(if usage.use_stderr() {
                ExitCode::from(EXIT_CONFIG)
            } else {
                ExitCode::SUCCESS
            });
        }
    };
    match cli.command {
        Command::Run(args) => run::run(&args),
        Command::Check(settings) => check::run(&settings),
        Command::Health(args) => health::run(&args),
        Command::Status(args) => status::run(&args),
        Command::Why(args) => why::run(&args),
        Command::Events(args) => events::run(&args),
        Command::Pause(args) => pause::pause(&args),
        Command::Resume(args) => pause::resume(&args),
        Command::Handoff(args) => handoff::run(&args),
        Command::Drain(args) => drain::drain(&args),
        Command::Undrain(args) => drain::undrain(&args),
        Command::LogLevel(args) => log_level::run(&args),
        Command::Provider(command) => provider::run(&command),
        Command::Demo(args) => demo::run(&args),
        Command::Preset(command) => preset::run(&command),
        Command::Generate(command) => generate::run(&command),
        Command::Version => version::run(),
    }
}
