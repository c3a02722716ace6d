//! `les run`: a node, from the configuration to the goodbye.

use std::io;
use std::pin::pin;
use std::process::ExitCode;

use anyhow::Context as _;
use clap::Args;
use les::app::{App, BuildError};
use les::config::{Config, ConfigError, Origins};
use les::restarts::{LifeMark, STEADY};
use les::service_manager::show_status;
use les::telemetry::LogControl;
use les::trace::Exporter;
use les::words::chain;
use tokio::signal::unix::{SignalKind, signal};
use tokio::task::JoinError;
use tokio_util::sync::CancellationToken;

use super::EXIT_CONFIG;
use super::core_dumps;
use super::logs;
use super::settings::SettingsArgs;
use crate::providers;

/// One for the node, one so that whatever keeps the other busy (a large `/diag/`, a provider's TLS) does not delay an election.
const WORKERS: usize = 2;
/// Name look-ups that hang stay on a thread each, beyond the poll that asked for them.
const LOOKUPS: usize = 64;
/// systemd sets it for each start of a unit.
const SUPERVISED: &str = "INVOCATION_ID";

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
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(WORKERS)
        .max_blocking_threads(LOOKUPS)
        .enable_all()
        .build()?;
    // The exporter's connection is the runtime's.
    let exporter = {
        let _within = runtime.enter();
        Exporter::from_env()
    };
    let logs = logs::start_daemon(exporter.as_ref().ok().and_then(Option::as_ref));
    let logs = match logs {
        Ok(logs) => logs,
        Err(code) => return Ok(code),
    };
    match &exporter {
        Ok(None) => {}
        Ok(Some(_)) => tracing::info!(
            event = "traces",
            "takeovers are traced, and told to a collector"
        ),
        // A mistake in what only watches must not keep a node from running.
        Err(error) => tracing::error!(event = "no_traces", "nothing is traced: {error}"),
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
    let code = runtime.block_on(start_and_run(loaded, logs));
    if let Ok(Some(exporter)) = &exporter {
        exporter.end();
    }
    // A name look-up that hangs sits on a thread that cannot be ended: the exit does not wait for it.
    runtime.shutdown_background();
    code
}

async fn start_and_run(
    loaded: Result<(Config, Origins), BuildError>,
    logs: LogControl,
) -> anyhow::Result<ExitCode> {
    // Before anything else: a signal during the start must not kill without a goodbye.
    let mut signals = Signals::install()?;
    let life = loaded.as_ref().ok().and_then(|(config, _)| life(config));
    if let Some(life) = &life
        && !pause(life, &mut signals).await
    {
        // Somebody has stopped it: the row of crashes ends here.
        life.remove();
        return Ok(ExitCode::SUCCESS);
    }
    let built = tokio::select! {
        built = build(loaded, logs) => built,
        // Nothing was sent or served yet. The start may wait for its network.
        _ = signals.next() => return Ok(ExitCode::SUCCESS),
    };
    match built {
        Ok(app) => {
            tokio::spawn(signals.leave_on_first(app.leave_token()));
            live(app, life)
                .await
                .context("the election ended by itself")?;
            Ok(ExitCode::SUCCESS)
        }
        Err(BuildError::Config(error)) => Ok(refuse(&error, EXIT_CONFIG)),
        Err(BuildError::NotNow(error)) => Ok(refuse(&error, 1)),
        Err(error) => Err(error.into()),
    }
}

async fn build(
    loaded: Result<(Config, Origins), BuildError>,
    logs: LogControl,
) -> Result<App, BuildError> {
    let (config, origins) = loaded?;
    let provider = providers::build(&config, &origins, true)?.map(|built| built.provider);
    App::build(&config, &origins, provider, logs).await
}

/// The mark of this life, where something starts a node again that has crashed. Whoever starts it by hand does not wait.
fn life(config: &Config) -> Option<LifeMark> {
    std::env::var_os(SUPERVISED)?;
    config.node.state_dir.as_deref().map(LifeMark::read)
}

/// Waits as long as the crashes before want it. `false`: a signal came meanwhile, and this life never began.
async fn pause(life: &LifeMark, signals: &mut Signals) -> bool {
    let (crashes, pause) = (life.crashes(), life.pause());
    if pause.is_zero() {
        return true;
    }
    let seconds = pause.as_secs();
    tracing::warn!(
        event = "crash_loop",
        crashes,
        "ended {crashes} times in a row without saying goodbye: waits {seconds} s before it joins, so that the address does not go to and fro"
    );
    show_status(&format!(
        "waits {seconds} s: it crashed {crashes} times in a row"
    ));
    tokio::select! {
        () = tokio::time::sleep(pause) => true,
        _ = signals.next() => false,
    }
}

/// Runs the node to its end.
async fn live(app: App, life: Option<LifeMark>) -> Result<(), JoinError> {
    let Some(life) = life else {
        return app.run().await;
    };
    life.begin();
    let mut running = pin!(app.run());
    let ended = tokio::select! {
        ended = &mut running => ended,
        () = tokio::time::sleep(STEADY) => {
            life.is_steady();
            running.await
        }
    };
    if ended.is_ok() {
        life.remove();
    }
    ended
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
