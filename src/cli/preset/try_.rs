//! `les preset try`: one look at the cloud, every exchange shown; with `--assign`, there and back.

use std::io::Write as _;
use std::process::ExitCode;
use std::sync::Arc;

use les::words::chain;
use les_provider::{AddressId, Observation, Provider, ProviderError, Target};

use super::exchange::printing;
use super::trip::{End, Trip};
use super::try_args::TryArgs;
use super::{line, wrong};
use crate::cli::logs;
use crate::providers;

/// One address at one cloud.
pub(super) struct Trial<'a> {
    pub(super) args: &'a TryArgs,
    pub(super) provider: Arc<dyn Provider>,
    pub(super) address: AddressId,
    /// The preset can free an address.
    pub(super) releases: bool,
}

pub(super) fn run(args: &TryArgs) -> anyhow::Result<ExitCode> {
    if let Err(code) = logs::start_command() {
        return Ok(code);
    }
    match prepare(args) {
        Ok(trial) => tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()?
            .block_on(trial.run()),
        Err(problem) => Ok(wrong(problem)),
    }
}

fn prepare(args: &TryArgs) -> Result<Trial<'_>, String> {
    let preset = providers::find(&args.preset).map_err(|error| chain(&error))?;
    let (config, origins) = args.load().map_err(|error| chain(&error))?;
    let address = args.address(&config, &preset)?;
    let releases = preset.summary().releases;
    let built = providers::connect(preset, &config, &origins, Some(printing()))
        .map_err(|error| chain(&error))?;
    say(&line("preset", built.provider.name()));
    say(&line(
        "credentials",
        format_args!("from {}", built.credentials),
    ));
    for (name, value) in &built.options {
        say(&line("option", format_args!("{name} = {value:?}")));
    }
    say("");
    Ok(Trial {
        args,
        provider: built.provider,
        address,
        releases,
    })
}

impl Trial<'_> {
    async fn run(self) -> anyhow::Result<ExitCode> {
        let target = self.provider.target().await;
        match &target {
            Ok(target) => say(&format!("{}\n", line("this machine", target))),
            Err(error) => refused("this machine", error),
        }
        let seen = self.observe().await;
        let (Ok(me), Some(seen)) = (target, seen) else {
            return Ok(ExitCode::FAILURE);
        };
        if !self.args.assign {
            return Ok(ExitCode::SUCCESS);
        }
        self.go(me, seen).await
    }

    /// Reads the address, and says what was read.
    pub(super) async fn observe(&self) -> Option<Observation> {
        match self.provider.observe(&self.address).await {
            Ok(seen) => {
                say(&format!("{}\n", line(&self.address.0, told(&seen))));
                Some(seen)
            }
            Err(error) => {
                refused(&self.address.0, &error);
                None
            }
        }
    }

    async fn go(self, me: Target, seen: Observation) -> anyhow::Result<ExitCode> {
        let address = &self.address;
        if seen.holder.as_ref() == Some(&me) {
            say(&format!(
                "This machine holds {address}: --assign would move it here and back, and there is nothing to move."
            ));
            return Ok(ExitCode::SUCCESS);
        }
        if seen.busy {
            say("The cloud is at work on it: nothing is moved now. Try again later.");
            return Ok(ExitCode::FAILURE);
        }
        if seen.holder.is_none() && !self.releases && !self.args.keep {
            return Ok(wrong(format_args!(
                "nobody holds {address}, and without [unassign] it could not be freed again: give it to a machine first, or say --keep"
            )));
        }
        let end = Trip::begin(self, me, seen)?.run().await;
        Ok(match end {
            End::Done => ExitCode::SUCCESS,
            End::Failed => ExitCode::FAILURE,
            End::Interrupted(code) => ExitCode::from(code),
        })
    }
}

/// Who holds it, in words.
fn told(seen: &Observation) -> String {
    let mut told = match &seen.holder {
        Some(holder) => format!("held by {holder}"),
        None => "held by nobody".to_owned(),
    };
    let version = seen
        .version
        .as_ref()
        .map(|version| format!("version {version}"));
    let busy = seen.busy.then(|| "the cloud is at work on it".to_owned());
    let down = seen.holder_down.then(|| "its holder is down".to_owned());
    for more in [version, busy, down].into_iter().flatten() {
        told.push_str("; ");
        told.push_str(&more);
    }
    told
}

pub(super) fn refused(what: &str, error: &ProviderError) {
    let kind = error.kind.as_str();
    say(&format!(
        "{}\n",
        line(what, format_args!("{kind}: {}", chain(error)))
    ));
}

/// Tells a person. A reader that has gone (`| head`) is no reason to leave an address where it does not belong.
pub(super) fn say(text: &str) {
    let _ = writeln!(std::io::stdout(), "{text}");
}
