//! `les provider observe`: who holds an address, asked of the cloud itself.

use std::io::Write as _;
use std::process::ExitCode;
use std::sync::Arc;

use clap::Args;
use les::config::Config;
use les::words::chain;
use les_provider::{AddressId, Observation, Provider, ProviderError, Target};
use serde::Serialize;

use crate::cli::EXIT_CONFIG;
use crate::cli::logs;
use crate::cli::read::wrong;
use crate::cli::run::refuse;
use crate::cli::settings::SettingsArgs;
use crate::providers::{self, Built};

/// An address to be looked at.
#[derive(Debug, Args)]
pub(crate) struct ObserveArgs {
    /// The address, as it is configured
    address: String,
    /// Print what the cloud says as JSON
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    settings: SettingsArgs,
}

/// What the cloud said.
#[derive(Debug, Serialize)]
struct Seen {
    address: String,
    provider: String,
    holder: Option<String>,
    busy: bool,
    /// The cloud reports the holder as stopped or gone.
    holder_down: bool,
    /// This machine, in the cloud's terms; `null` if it does not know itself.
    target: Option<String>,
    /// Whether this machine holds it; `null` if it does not know itself.
    mine: Option<bool>,
}

/// Exit code 0: the cloud has said who holds it. 1: it has not. 64: the configuration is wrong, or does not have the address.
pub(super) fn run(args: &ObserveArgs) -> anyhow::Result<ExitCode> {
    if let Err(code) = logs::start_command() {
        return Ok(code);
    }
    let (config, origins) = match args.settings.load() {
        Ok(loaded) => loaded,
        Err(error) => return Ok(refuse(&error, EXIT_CONFIG)),
    };
    let Built { provider, .. } = match providers::build(&config, &origins, false) {
        Ok(Some(built)) => built,
        Ok(None) => {
            return Ok(wrong(
                "provider.kind is none: there is no cloud to be asked",
            ));
        }
        Err(error) => return Ok(refuse(&error, EXIT_CONFIG)),
    };
    if let Err(problem) = is_configured(&config, &args.address) {
        return Ok(wrong(&problem));
    }
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?
        .block_on(observe(&provider, args))
}

fn is_configured(config: &Config, address: &str) -> Result<(), String> {
    let ids: Vec<&str> = config.addresses.iter().map(|a| a.id.as_str()).collect();
    if ids.contains(&address) {
        return Ok(());
    }
    let known = if ids.is_empty() {
        "none is configured".to_owned()
    } else {
        format!("configured are {}", ids.join(", "))
    };
    Err(format!(
        "{address} is not an address of this configuration: {known}"
    ))
}

async fn observe(provider: &Arc<dyn Provider>, args: &ObserveArgs) -> anyhow::Result<ExitCode> {
    let target = provider.target().await;
    let observed = provider.observe(&AddressId(args.address.clone())).await;
    let observation = match observed {
        Ok(observation) => observation,
        Err(error) => {
            eprintln!("les: {}: {}", args.address, failure(&error));
            return Ok(ExitCode::FAILURE);
        }
    };
    if let Err(error) = &target {
        eprintln!(
            "les: who this machine is at the cloud is not known: {}",
            failure(error)
        );
    }
    let seen = Seen::new(&args.address, provider.name(), observation, target.ok());
    let text = if args.json {
        serde_json::to_string(&seen)?
    } else {
        seen.to_string()
    };
    writeln!(std::io::stdout(), "{text}")?;
    Ok(ExitCode::SUCCESS)
}

fn failure(error: &ProviderError) -> String {
    format!("{} ({})", chain(error), error.kind.as_str())
}

impl Seen {
    fn new(address: &str, provider: &str, seen: Observation, target: Option<Target>) -> Self {
        Self {
            address: address.to_owned(),
            provider: provider.to_owned(),
            mine: target.as_ref().map(|me| seen.holder.as_ref() == Some(me)),
            holder: seen.holder.map(|holder| holder.0),
            busy: seen.busy,
            holder_down: seen.holder_down,
            target: target.map(|target| target.0),
        }
    }
}

impl std::fmt::Display for Seen {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let holder = self.holder.as_deref().unwrap_or("nobody");
        write!(f, "{} is held by {holder}", self.address)?;
        match (self.mine, &self.target) {
            (Some(true), _) => f.write_str(", this machine")?,
            (Some(false), Some(target)) => write!(f, "; this machine is {target}")?,
            _ => {}
        }
        if self.holder_down {
            f.write_str("; the cloud says that its holder is stopped or gone")?;
        }
        if self.busy {
            f.write_str("; the cloud is at work on it")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(holder: Option<&str>, target: Option<&str>, busy: bool) -> Seen {
        let target_of = |name: &str| Target(name.to_owned());
        let observation = Observation {
            holder: holder.map(target_of),
            busy,
            holder_down: holder == Some("9"),
            ..Observation::default()
        };
        Seen::new(
            "203.0.113.7",
            "digitalocean",
            observation,
            target.map(target_of),
        )
    }

    #[test]
    fn says_who_holds_it_and_whether_that_is_this_machine() {
        let cases = [
            (
                seen(Some("1"), Some("1"), false),
                "203.0.113.7 is held by 1, this machine",
            ),
            (
                seen(Some("2"), Some("1"), true),
                "203.0.113.7 is held by 2; this machine is 1; the cloud is at work on it",
            ),
            (
                seen(None, Some("1"), false),
                "203.0.113.7 is held by nobody; this machine is 1",
            ),
            (seen(Some("2"), None, false), "203.0.113.7 is held by 2"),
            (
                seen(Some("9"), None, false),
                "203.0.113.7 is held by 9; the cloud says that its holder is stopped or gone",
            ),
        ];
        for (seen, text) in cases {
            assert_eq!(seen.to_string(), text);
        }
    }

    #[test]
    fn as_json_what_is_not_known_is_null() {
        let json = serde_json::to_string(&seen(None, Some("1"), false)).unwrap();
        let expected = r#"{"address":"203.0.113.7","provider":"digitalocean","holder":null,"busy":false,"holder_down":false,"target":"1","mine":false}"#;
        assert_eq!(json, expected);
        let json = serde_json::to_value(seen(Some("2"), None, false)).unwrap();
        assert!(json["mine"].is_null() && json["target"].is_null(), "{json}");
    }
}
