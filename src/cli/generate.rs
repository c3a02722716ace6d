//! `les generate`: what belongs to an installation and follows from this program. The packages are made with it, and so is an installation
//! of the bare binary.

use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context as _;
use clap::{CommandFactory as _, Subcommand};
use clap_complete::Shell;
use les::config::reference;

use super::settings::FLAGS;
use super::{Cli, EXIT_CONFIG};

/// As they are installed by the packages, which have the program here.
const PACKAGED: &str = "/usr/bin/les";
const UNITS: [(&str, &str); 2] = [
    (
        "les.service",
        include_str!("../../deploy/systemd/les.service"),
    ),
    (
        "les-address@.service",
        include_str!("../../deploy/systemd/les-address@.service"),
    ),
];

/// What to write.
#[derive(Debug, Subcommand)]
pub(super) enum GenerateCommand {
    /// The systemd units: les.service, and les-address@.service for clouds where the machine must hold the address itself
    Units {
        /// Where the program is
        #[arg(long, value_name = "PATH", default_value = PACKAGED)]
        exec: PathBuf,
        /// The directory to write them to, usually /etc/systemd/system
        #[arg(long, value_name = "DIR")]
        to: PathBuf,
    },
    /// The manual pages, one for each command
    Man {
        /// The directory to write them to
        #[arg(long, value_name = "DIR")]
        to: PathBuf,
    },
    /// What a shell needs to complete commands and options, on standard output
    Completions {
        /// bash, zsh, fish, elvish or powershell
        shell: Shell,
    },
    /// The sample configuration with every key and its default, on standard output
    Config,
    /// The reference of the configuration as Markdown, on standard output: what each key means, what it may be, its default, its environment variable
    Reference,
    /// The JSON Schema of a configuration file, on standard output, for editors and other tools that check one
    Schema,
}

pub(super) fn run(command: &GenerateCommand) -> anyhow::Result<ExitCode> {
    match command {
        GenerateCommand::Units { exec, to } => units(exec, to),
        GenerateCommand::Man { to } => man(to),
        GenerateCommand::Completions { shell } => {
            // In memory first: clap_complete panics where a pipe is closed.
            let mut script = Vec::new();
            clap_complete::generate(*shell, &mut Cli::command(), "les", &mut script);
            print(&script)
        }
        GenerateCommand::Config => print(include_bytes!("../../deploy/les.toml")),
        GenerateCommand::Reference => print(reference::page(&FLAGS).as_bytes()),
        GenerateCommand::Schema => {
            let mut schema = serde_json::to_vec_pretty(&reference::schema())?;
            schema.push(b'\n');
            print(&schema)
        }
    }
}

fn units(exec: &Path, to: &Path) -> anyhow::Result<ExitCode> {
    let path = exec.to_str().filter(|path| is_plain(path));
    let Some(path) = path.filter(|_| exec.is_absolute()) else {
        eprintln!(
            "les: --exec {}: an absolute path without spaces, quotes, % or $ is needed: systemd would read it otherwise",
            exec.display()
        );
        return Ok(ExitCode::from(EXIT_CONFIG));
    };
    for (name, unit) in UNITS {
        write(to, name, unit.replace(PACKAGED, path).as_bytes())?;
    }
    Ok(ExitCode::SUCCESS)
}

fn is_plain(path: &str) -> bool {
    path.bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || b"/._-+".contains(&byte))
}

/// One page for each command, named as its words: les-preset-show.1.
fn man(to: &Path) -> anyhow::Result<ExitCode> {
    let mut command = Cli::command();
    command.build();
    pages(&command, to)?;
    Ok(ExitCode::SUCCESS)
}

fn pages(command: &clap::Command, to: &Path) -> anyhow::Result<()> {
    // The display name of a subcommand has the words before it, with hyphens.
    let name = command.get_display_name().unwrap_or("les");
    let page = clap_mangen::Man::new(command.clone())
        .manual("les")
        .source(format!("les {}", env!("CARGO_PKG_VERSION")));
    let mut text = Vec::new();
    page.render(&mut text)?;
    write(to, &format!("{name}.1"), &text)?;
    let shown = |sub: &&clap::Command| !sub.is_hide_set() && sub.get_name() != "help";
    for sub in command.get_subcommands().filter(shown) {
        pages(sub, to)?;
    }
    Ok(())
}

fn write(to: &Path, name: &str, text: &[u8]) -> anyhow::Result<()> {
    let path = to.join(name);
    fs::create_dir_all(to)
        .and_then(|()| fs::write(&path, text))
        .with_context(|| format!("cannot write {}", path.display()))
}

fn print(text: &[u8]) -> anyhow::Result<ExitCode> {
    io::stdout().write_all(text)?;
    Ok(ExitCode::SUCCESS)
}
