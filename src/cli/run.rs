//! `les run`: a node, from the configuration to the goodbye.

use std::io;
use std::process::ExitCode;

use anyhow::Context as _;
use clap::Args;
use les::app::{App, BuildError};
use les::config::{Config, ConfigError, Origin, Origins, Rule};
use les::telemetry::{self, LogFormat};
use les::words::chain;
use tokio::signal::unix::{SignalKind, signal};
use tokio_util::sync::CancellationToken;

use super::EXIT_CONFIG;
use super::core_dumps;
use super::settings::SettingsArgs;
use crate::providers;

/// One for the node, one so that whatever keeps the other busy (a large `/diag/`, a provider's TLS) does not delay an election.
const WORKERS: usize = 2;
/// Name look-ups that hang stay on a thread each, beyond the poll that asked for them.
const LOOKUPS: usize = 64;

/// A node.
#[derive(Debug, Args)]
pub(super) struct RunArgs {
    #[command(flatten)]
    settings: SettingsArgs,
    /// Exit as soon as standard input ends: a node of `les demo` must not outlive it, however it ends
    #[arg(long, hide = true)]
    exit_with_stdin: bool,
}

pub(super) fn run(args: &RunArgs) -> anyhow::Result<ExitCode> {
    if let Err(code) = start_logs() {
        return Ok(code);
    }
    if args.exit_with_stdin {
        std::thread::spawn(exit_with_stdin);
    }
    let loaded = args.settings.load().map_err(BuildError::Config);
    if !loaded
        .as_ref()
        .is_ok_and(|(config, _)| config.node.core_dumps)
    {
        core_dumps::forbid();
    }
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(WORKERS)
        .max_blocking_threads(LOOKUPS)
        .enable_all()
        .build()?;
    let code = runtime.block_on(start_and_run(loaded));
    // A name look-up that hangs sits on a thread that cannot be ended: the exit does not wait for it.
    runtime.shutdown_background();
    code
}

async fn start_and_run(loaded: Result<(Config, Origins), BuildError>) -> anyhow::Result<ExitCode> {
    // Before anything else: a signal during the start must not kill without a goodbye.
    let signals = Signals::install()?;
    match build(loaded).await {
        Ok(app) => {
            tokio::spawn(signals.leave_on_first(app.leave_token()));
            app.run().await.context("the election ended by itself")?;
            Ok(ExitCode::SUCCESS)
        }
        Err(BuildError::Config(error)) => Ok(refuse(&error, EXIT_CONFIG)),
        Err(BuildError::Listen(error)) => Ok(refuse(&error, 1)),
        Err(error) => Err(error.into()),
    }
}

async fn build(loaded: Result<(Config, Origins), BuildError>) -> Result<App, BuildError> {
    let (config, origins) = loaded?;
    let provider = providers::build(&config, &origins, true)?.map(|built| built.provider);
    App::build(&config, &origins, provider).await
}

/// Nobody is left to say goodbye for: whoever held the other end is gone, and so is the rest of the cluster.
fn exit_with_stdin() {
    // An error means the same as the end.
    let _ = io::copy(&mut io::stdin().lock(), &mut io::sink());
    std::process::exit(1);
}

/// The one message that a node which cannot start leaves.
pub(super) fn refuse(error: &ConfigError, code: u8) -> ExitCode {
    tracing::error!(event = "refused", "{}", chain(error));
    ExitCode::from(code)
}

/// Starts logging as the environment says: `LES_LOG` (or `RUST_LOG`) filters, `LES_LOG_FORMAT=json` is for machines.
pub(super) fn start_logs() -> Result<(), ExitCode> {
    let var = |name: &'static str| std::env::var(name).ok().map(|value| (name, value));
    let format = var("LES_LOG_FORMAT")
        .map(|(_, value)| LogFormat::from_env(&value))
        .unwrap_or_default();
    let (name, filter) = var("LES_LOG")
        .or_else(|| var("RUST_LOG"))
        .unwrap_or_default();
    match telemetry::init(format, &filter) {
        Ok(()) => Ok(()),
        Err(error) => {
            // The empty filter always parses; if even this fails, logging has begun already.
            let _ = telemetry::init(format, "");
            let origin = Origin::Env(name.to_owned());
            Err(refuse(
                &ConfigError::invalid(
                    "the log filter",
                    filter,
                    origin,
                    Rule::LogFilter(error.to_string()),
                ),
                EXIT_CONFIG,
            ))
        }
    }
}

struct Signals {
    terminate: tokio::signal::unix::Signal,
    interrupt: tokio::signal::unix::Signal,
}

impl Signals {
    fn install() -> std::io::Result<Self> {
        Ok(Self {
            terminate: signal(SignalKind::terminate())?,
            interrupt: signal(SignalKind::interrupt())?,
        })
    }

    /// The first signal asks the node to leave; with the second, somebody is in a hurry.
    async fn leave_on_first(mut self, leave: CancellationToken) {
        let name = self.next().await;
        tracing::info!(event = "leaving", signal = name, "leaving");
        leave.cancel();
        self.next().await;
        std::process::exit(1);
    }

    async fn next(&mut self) -> &'static str {
        tokio::select! {
            _ = self.terminate.recv() => "SIGTERM",
            _ = self.interrupt.recv() => "SIGINT",
        }
    }
}
