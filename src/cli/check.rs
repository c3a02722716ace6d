//! `les check`: is the configuration right, and what does the cloud say? Nothing is written.

use std::io::Write as _;
use std::net::SocketAddr;
use std::process::ExitCode;
use std::sync::Arc;

use les::advertise;
use les::config::{Config, ConfigError, Origins};
use les::discovery::{Asker, Dns};
use les::optional_parts::loopback_allowed;
use les::words::chain;
use les_core::{Addr, Mode};
use les_provider::{AddressId, Provider, ProviderError, Target};

use super::EXIT_CONFIG;
use super::logs;
use super::run::refuse;
use super::settings::SettingsArgs;
use crate::providers::{self, Built};

pub(super) fn run(settings: &SettingsArgs) -> anyhow::Result<ExitCode> {
    if let Err(code) = logs::start_command() {
        return Ok(code);
    }
    let (config, origins) = match settings.load() {
        Ok(loaded) => loaded,
        Err(error) => return Ok(refuse(&error, EXIT_CONFIG)),
    };
    let built = match providers::build(&config, &origins, false) {
        Ok(built) => built,
        Err(error) => return Ok(refuse(&error, EXIT_CONFIG)),
    };
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?
        .block_on(check(&config, &origins, built))
}

async fn check(
    config: &Config,
    origins: &Origins,
    built: Option<Built>,
) -> anyhow::Result<ExitCode> {
    let bound = SocketAddr::new(config.node.bind_interface, config.node.bind_port);
    let provider = built.as_ref().map(|built| Arc::clone(&built.provider));
    let me = match advertise::find(config, bound, provider.as_ref()).await {
        Ok(addr) => addr,
        Err(rule) => {
            let key = "node.advertise_addr";
            let error = ConfigError::invalid(key, "\"auto\"", origins.of(key), rule);
            let later = bound.ip().is_unspecified();
            return Ok(refuse(&error, if later { 1 } else { EXIT_CONFIG }));
        }
    };
    say(&format!("configuration  valid\nthis node      {me}"))?;
    agreeing(config, &me)?;
    watching(config, origins)?;
    let all_asked = discover(config, &me, bound.port(), provider).await?;
    let all_read = match built {
        Some(built) => look(config, &built).await?,
        None => {
            say("provider       none: this node would elect and answer, and move nothing")?;
            true
        }
    };
    Ok(if all_asked && all_read {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

/// Who must agree to a leader, and may this node be one?
fn agreeing(config: &Config, me: &Addr) -> std::io::Result<()> {
    let mode = match &config.election.mode {
        Mode::Open => "open: a side of a partition acts, however small it is".to_owned(),
        Mode::Quorum(voters) => {
            let listed = if voters.contains(me) {
                "this node among them"
            } else {
                "and this node is NOT among them: it neither votes nor leads"
            };
            let needed = voters.len() / 2 + 1;
            format!("quorum: {needed} of {} voters, {listed}", voters.len())
        }
    };
    say(&format!("mode           {mode}"))?;
    if config.election.witness {
        say("role           witness: confirms and votes, never leads")?;
    }
    Ok(())
}

/// How would a silent member be found?
fn watching(config: &Config, origins: &Origins) -> std::io::Result<()> {
    let streams = if config.election.watch {
        "members are watched by streams"
    } else {
        "no streams: members are polled"
    };
    say(&format!("profile        {}; {streams}", config.profile))?;
    config
        .timings(origins)
        .iter()
        .try_for_each(|timing| say(&format!("timing         {timing}")))
}

/// Whom does each source name? `false` if one of them cannot be asked.
async fn discover(
    config: &Config,
    me: &Addr,
    port: u16,
    provider: Option<Arc<dyn Provider>>,
) -> anyhow::Result<bool> {
    let asker = Asker {
        dns: Dns::system(),
        provider,
        port,
        loopback_allowed: loopback_allowed(config, me),
    };
    let mut all = true;
    for source in &config.node.discovery {
        match asker.ask(source).await {
            Ok(answer) => {
                let names: Vec<&str> = answer.named.iter().map(Addr::as_str).collect();
                let nobody = if names.is_empty() { "nobody" } else { "" };
                say(&format!(
                    "discovery      {source} names {nobody}{}",
                    names.join(", ")
                ))?;
            }
            Err(failure) => {
                say(&format!(
                    "discovery      {source} cannot be asked: {}",
                    chain(&failure)
                ))?;
                all = false;
            }
        }
    }
    Ok(all)
}

/// Who am I at the provider, and who holds each address? `false` if it does not say.
async fn look(config: &Config, built: &Built) -> anyhow::Result<bool> {
    let Built {
        provider,
        credentials,
        options,
    } = built;
    let mut all = true;
    say(&format!("provider       {}", provider.name()))?;
    say(&format!("credentials    from {credentials}"))?;
    for (name, value) in options {
        say(&format!("option         {name} = {value:?}"))?;
    }
    let target = match provider.target().await {
        Ok(target) => Some(target),
        Err(error) => {
            complain("target", &error)?;
            all = false;
            None
        }
    };
    if let Some(target) = &target {
        say(&format!("target         {target}"))?;
        all &= introduce(provider).await?;
    }
    for address in &config.addresses {
        match provider.observe(&AddressId(address.id.clone())).await {
            Ok(seen) => {
                let holder = seen.holder;
                let mine = if holder.is_some() && holder == target {
                    " (this node)"
                } else {
                    ""
                };
                let busy = if seen.busy {
                    ", the cloud is at work on it"
                } else {
                    ""
                };
                say(&format!(
                    "{:<14} held by {}{mine}{busy}",
                    address.id,
                    holder.as_ref().map_or("nobody", |holder| &holder.0)
                ))?;
                if let Some(target) = &target {
                    all &= rehearse(provider, &address.id, target).await?;
                }
            }
            Err(error) => {
                complain(&address.id, &error)?;
                all = false;
            }
        }
    }
    Ok(all)
}

/// What else the provider knows of this node.
async fn introduce(provider: &Arc<dyn Provider>) -> std::io::Result<bool> {
    match provider.introduce().await {
        Ok(facts) => {
            for (name, value) in facts {
                say(&format!("{name:<14} {value}"))?;
            }
            Ok(true)
        }
        Err(error) => {
            complain("this machine", &error)?;
            Ok(false)
        }
    }
}

/// Might this node move the address here, if it led? `false` if it might not.
async fn rehearse(
    provider: &Arc<dyn Provider>,
    address: &str,
    target: &Target,
) -> std::io::Result<bool> {
    let calls = match provider
        .rehearse(&AddressId(address.to_owned()), target)
        .await
    {
        Ok(calls) => calls,
        Err(error) => {
            complain(address, &error)?;
            return Ok(false);
        }
    };
    let mut all = true;
    for call in calls {
        match &call.outcome {
            Ok(()) => say(&format!("{address:<14} {} is allowed", call.action))?,
            Err(error) => {
                complain(address, error)?;
                all = false;
            }
        }
    }
    Ok(all)
}

fn complain(what: &str, error: &ProviderError) -> std::io::Result<()> {
    say(&format!(
        "{what:<14} {} ({})",
        chain(error),
        error.kind.as_str()
    ))
}

fn say(text: &str) -> std::io::Result<()> {
    writeln!(std::io::stdout(), "{text}")
}
