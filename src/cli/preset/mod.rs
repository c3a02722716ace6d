//! `les preset`: the kit with which a preset is read, written and tried.

mod exchange;
mod interrupt;
mod json;
mod lint;
mod list;
mod show;
mod trip;
mod try_;
mod try_args;

use std::fmt;
use std::io::Write as _;
use std::process::ExitCode;

use clap::Subcommand;

use super::EXIT_CONFIG;

/// What to do with presets.
#[derive(Debug, Subcommand)]
pub(super) enum PresetCommand {
    /// List the presets that are built in.
    List,
    /// Print a built-in preset exactly as it is: `les preset show vultr > mine.toml` begins one of your own.
    Show {
        /// Its name
        name: String,
    },
    /// Check a preset, and say in a few lines what was understood. Sends nothing.
    Lint {
        /// The name of a built-in preset, or a file (with a `/` in it, or ending in `.toml`)
        preset: String,
    },
    /// Ask the cloud who this machine is and who holds the address, and show every exchange. Changes nothing without --assign.
    Try(try_args::TryArgs),
}

pub(super) fn run(command: &PresetCommand) -> anyhow::Result<ExitCode> {
    match command {
        PresetCommand::List => list::run(),
        PresetCommand::Show { name } => show::run(name),
        PresetCommand::Lint { preset } => lint::run(preset),
        PresetCommand::Try(args) => try_::run(args),
    }
}

/// Something that was typed, or stands in a file, is wrong.
fn wrong(problem: impl fmt::Display) -> ExitCode {
    // The TOML parser ends its own with a newline.
    eprintln!("error: {}", problem.to_string().trim_end());
    ExitCode::from(EXIT_CONFIG)
}

/// A line for a person, `label` in a column of its own.
fn line(label: &str, text: impl fmt::Display) -> String {
    format!("{label:<14} {text}")
}

fn print(text: &str) -> std::io::Result<()> {
    writeln!(std::io::stdout(), "{text}")
}
