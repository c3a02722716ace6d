//! `les health`: is the node of this machine well? For what can run a command and not ask over HTTP, such as a container's health check.

use std::io::Write as _;
use std::process::ExitCode;
use std::time::Duration;

use anyhow::Context as _;
use clap::Args;

use super::read::{Bounds, get, reachable};
use super::run::refuse;
use super::settings::SettingsArgs;
use super::{EXIT_CONFIG, logs};

/// A node answers within milliseconds. Less than the patience of what asks: Docker's is 30 s, a Kubernetes probe's 1 s by default.
const PATIENCE: Duration = Duration::from_secs(2);
/// Bytes of an answer; it is a sentence.
const MAX_BODY_BYTES: usize = 4096;

/// Ask the node of this machine how it is.
#[derive(Debug, Args)]
pub(super) struct HealthArgs {
    #[command(flatten)]
    settings: SettingsArgs,
    /// Whether it has joined and knows the leader, instead of whether its loop turns
    #[arg(long)]
    ready: bool,
}

/// Exit code 0: it is well. 1: it is not, or does not answer. 64: where it listens is not to be made out.
pub(super) fn run(args: &HealthArgs) -> anyhow::Result<ExitCode> {
    if let Err(code) = logs::start_command() {
        return Ok(code);
    }
    // Not the whole configuration: a container's health check has its environment, and perhaps not the file that completes it.
    let listens = match args.settings.listens() {
        Ok(listens) => listens,
        Err(error) => return Ok(refuse(&error, EXIT_CONFIG)),
    };
    let at = reachable(listens).to_string();
    let path = if args.ready {
        "/health/ready"
    } else {
        "/health/live"
    };
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    let bounds = Bounds {
        patience: PATIENCE,
        body_bytes: MAX_BODY_BYTES,
    };
    let (status, body) = runtime
        .block_on(get(&at, path, bounds))
        .with_context(|| format!("the node at {at} does not answer"))?;
    writeln!(std::io::stdout(), "{}", String::from_utf8_lossy(&body))?;
    Ok(ExitCode::from(u8::from(!status.is_success())))
}
