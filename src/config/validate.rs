//! The rules: from what was written to what is true.

use std::net::IpAddr;
use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

use les_core::{Addr, ElectionConfig, MAX_SEEDS, OnStranger, may_contact};

use super::discovery::{self, DiscoverySource};
use super::error::{ConfigError, Rule};
use super::layers::Origins;
use super::raw::{List, RawAddress, RawConfig, RawElection, RawNode, Scalar};
use super::{AddressConfig, Advertise, Config, NodeConfig, ProviderConfig, ProviderKind};

const MILLISECOND: Duration = Duration::from_millis(1);
const SECOND: Duration = Duration::from_secs(1);
const HOUR: Duration = Duration::from_secs(3600);

/// Each address is a task and a call per tick; peers read at most so many `holds`.
const MAX_ADDRESSES: usize = 64;
/// The state document of so many members still fits into the 256 KiB that peers read.
const MAX_MEMBERS: u32 = 1024;

pub(super) fn config(raw: &RawConfig, origins: &Origins) -> Result<Config, ConfigError> {
    let check = Check { origins };
    let provider = check.provider(&raw.provider)?;
    let node = check.node(&raw.node, &provider)?;
    let addresses = check.addresses(&raw.address, &provider)?;
    let mut election = check.election(&raw.election)?;
    election.seeds = check.seeds(raw.node.seeds.as_ref())?;
    election.needs_target = provider.kind != ProviderKind::None;
    election.discovers = !node.discovery.is_empty();
    Ok(Config {
        node,
        election,
        provider,
        addresses,
    })
}

pub(super) struct Check<'a> {
    origins: &'a Origins,
}

impl Check<'_> {
    fn node(&self, raw: &RawNode, provider: &ProviderConfig) -> Result<NodeConfig, ConfigError> {
        let ip = |v: &str| {
            v.trim_start_matches('[')
                .trim_end_matches(']')
                .parse()
                .map_err(|_| Rule::NotAnIp)
        };
        Ok(NodeConfig {
            bind_interface: self.value(
                "node.bind_interface",
                raw.bind_interface.as_ref(),
                IpAddr::from([0, 0, 0, 0]),
                ip,
            )?,
            bind_port: self.value("node.bind_port", raw.bind_port.as_ref(), 4000, |v| {
                v.parse().map_err(|_| Rule::NotAPort)
            })?,
            advertise: self.value(
                "node.advertise_addr",
                raw.advertise_addr.as_ref(),
                Advertise::Auto,
                advertise,
            )?,
            discovery: self.discovery(raw.discovery.as_ref(), provider)?,
            discovery_interval: self.duration(
                "node.discovery_interval",
                raw.discovery_interval.as_ref(),
                60 * SECOND,
                10 * SECOND,
                HOUR,
            )?,
            loop_rate: self.duration(
                "node.loop_rate",
                raw.loop_rate.as_ref(),
                5 * SECOND,
                SECOND,
                HOUR,
            )?,
            state_dir: self.value("node.state_dir", raw.state_dir.as_ref(), None, |v| {
                text(v).map(|dir| Some(PathBuf::from(dir)))
            })?,
        })
    }

    /// Spaces around commas and empty entries are dropped: as part of an address they would be another node's name (the reference's failure F7).
    fn seeds(&self, raw: Option<&List>) -> Result<Vec<Addr>, ConfigError> {
        let key = "node.seeds";
        let mut seeds = Vec::new();
        for Scalar(written) in raw.map(|list| &list.0[..]).unwrap_or_default() {
            let seed = written.trim();
            if !seed.is_empty() {
                let seed =
                    Addr::from_str(seed).map_err(|rule| self.invalid(key, seed, rule.into()))?;
                if !seeds.contains(&seed) {
                    seeds.push(seed);
                }
            }
        }
        if seeds.len() > MAX_SEEDS {
            return Err(self.invalid(
                key,
                &format!("{} seeds", seeds.len()),
                Rule::TooMany { max: MAX_SEEDS },
            ));
        }
        Ok(seeds)
    }

    fn discovery(
        &self,
        raw: Option<&List>,
        provider: &ProviderConfig,
    ) -> Result<Vec<DiscoverySource>, ConfigError> {
        let written = raw.map(|list| &list.0[..]).unwrap_or_default();
        let texts = written.iter().map(|Scalar(text)| text.trim());
        discovery::sources(texts, provider.kind != ProviderKind::None)
            .map_err(|(value, rule)| self.invalid("node.discovery", &value, rule))
    }

    fn election(&self, raw: &RawElection) -> Result<ElectionConfig, ConfigError> {
        let d = ElectionConfig::default();
        let ms = |n| n * MILLISECOND;
        let time = |key: &str, raw: &Option<Scalar>, default, min, max| {
            self.duration(&format!("election.{key}"), raw.as_ref(), default, min, max)
        };
        #[rustfmt::skip] // a table: key, what was written, default, least, most
        let config = ElectionConfig {
            poll_interval: time("poll_interval", &raw.poll_interval, d.poll_interval, ms(10), 4 * SECOND)?,
            reference_poll_interval: time("reference_poll_interval", &raw.reference_poll_interval, d.reference_poll_interval, ms(100), 60 * SECOND)?,
            poll_timeout: time("poll_timeout", &raw.poll_timeout, d.poll_timeout, ms(50), 10 * SECOND)?,
            silence_after: time("silence_after", &raw.silence_after, d.silence_after, ms(100), 600 * SECOND)?,
            lone_wait: time("lone_wait", &raw.lone_wait, d.lone_wait, Duration::ZERO, HOUR)?,
            zombie_after: time("zombie_after", &raw.zombie_after, d.zombie_after, SECOND, HOUR)?,
            join_window: time("join_window", &raw.join_window, d.join_window, ms(50), 60 * SECOND)?,
            missed_polls: self.count("election.missed_polls", raw.missed_polls.as_ref(), d.missed_polls, 1, 100)?,
            alone_after: self.value("election.alone_after", raw.alone_after.as_ref(), d.alone_after, alone_after)?,
            max_members: self.max_members(raw.max_members.as_ref(), d.max_members)?,
            watch: d.watch,
            beat: d.beat,
            polled_silence_after: d.polled_silence_after,
            needs_target: d.needs_target,
            seeds: d.seeds,
            discovers: d.discovers,
        };
        self.timings(&config)?;
        Ok(config)
    }

    fn timings(&self, config: &ElectionConfig) -> Result<(), ConfigError> {
        let broken = |key, value, rule| {
            Err(self.invalid(key, &humantime::format_duration(value).to_string(), rule))
        };
        let ElectionConfig {
            poll_timeout,
            silence_after,
            zombie_after,
            reference_poll_interval,
            ..
        } = *config;
        if poll_timeout >= config.polled_silence_after {
            return broken(
                "election.poll_timeout",
                poll_timeout,
                Rule::PollTimeoutNotBelowSilence { silence_after },
            );
        }
        if silence_after >= zombie_after {
            return broken(
                "election.silence_after",
                silence_after,
                Rule::NotBelowZombie { zombie_after },
            );
        }
        if reference_poll_interval >= zombie_after {
            return broken(
                "election.reference_poll_interval",
                reference_poll_interval,
                Rule::NotBelowZombie { zombie_after },
            );
        }
        Ok(())
    }

    fn addresses(
        &self,
        raw: &[RawAddress],
        provider: &ProviderConfig,
    ) -> Result<Vec<AddressConfig>, ConfigError> {
        if raw.len() > MAX_ADDRESSES {
            return Err(self.invalid(
                "address",
                &format!("{} addresses", raw.len()),
                Rule::TooMany { max: MAX_ADDRESSES },
            ));
        }
        let mut addresses: Vec<AddressConfig> = Vec::new();
        for (index, address) in raw.iter().enumerate() {
            let key = format!("address[{index}].id");
            let id = address
                .id
                .as_ref()
                .map(|id| id.0.trim())
                .unwrap_or_default();
            if id.is_empty() {
                return Err(self.invalid(&key, "\"\"", Rule::Empty));
            }
            if provider.kind == ProviderKind::None {
                return Err(self.invalid(&key, id, Rule::AddressWithoutProvider));
            }
            if addresses.iter().any(|other| other.id == id) {
                return Err(self.invalid(&key, id, Rule::DuplicateAddress));
            }
            let key = format!("address[{index}].on_stranger");
            let on_stranger = self.value(
                &key,
                address.on_stranger.as_ref(),
                OnStranger::default(),
                on_stranger,
            )?;
            addresses.push(AddressConfig {
                id: id.to_owned(),
                on_stranger,
            });
        }
        Ok(addresses)
    }

    fn max_members(&self, raw: Option<&Scalar>, default: usize) -> Result<usize, ConfigError> {
        let default = u32::try_from(default).unwrap_or(MAX_MEMBERS);
        let count = self.count("election.max_members", raw, default, 1, MAX_MEMBERS)?;
        Ok(usize::try_from(count).unwrap_or(usize::MAX))
    }

    fn duration(
        &self,
        key: &str,
        raw: Option<&Scalar>,
        default: Duration,
        min: Duration,
        max: Duration,
    ) -> Result<Duration, ConfigError> {
        self.value(key, raw, default, |v| {
            let duration = duration(v)?;
            if (min..=max).contains(&duration) {
                Ok(duration)
            } else {
                Err(Rule::DurationOutOfRange { min, max })
            }
        })
    }

    fn count(
        &self,
        key: &str,
        raw: Option<&Scalar>,
        default: u32,
        min: u32,
        max: u32,
    ) -> Result<u32, ConfigError> {
        self.value(key, raw, default, |v| {
            v.parse()
                .ok()
                .filter(|n| (min..=max).contains(n))
                .ok_or(Rule::CountOutOfRange { min, max })
        })
    }

    /// The value of `key`: the default if nothing was written, else what `parse` makes of it.
    pub(super) fn value<T>(
        &self,
        key: &str,
        raw: Option<&Scalar>,
        default: T,
        parse: impl FnOnce(&str) -> Result<T, Rule>,
    ) -> Result<T, ConfigError> {
        let Some(Scalar(written)) = raw else {
            return Ok(default);
        };
        parse(written.trim()).map_err(|rule| self.invalid(key, &format!("{written:?}"), rule))
    }

    pub(super) fn invalid(&self, key: &str, value: &str, rule: Rule) -> ConfigError {
        ConfigError::invalid(key, value, self.origins.of(key), rule)
    }
}

pub(super) fn text(value: &str) -> Result<&str, Rule> {
    if value.is_empty() {
        Err(Rule::Empty)
    } else {
        Ok(value)
    }
}

fn advertise(value: &str) -> Result<Advertise, Rule> {
    if value == "auto" {
        return Ok(Advertise::Auto);
    }
    let addr = Addr::from_str(value)?;
    if let Some(ip) = addr.ip() {
        may_contact(ip, true).map_err(Rule::NotAdvertisable)?;
    }
    Ok(Advertise::Addr(addr))
}

fn duration(value: &str) -> Result<Duration, Rule> {
    match value.parse::<f64>() {
        Ok(seconds) => Duration::try_from_secs_f64(seconds).map_err(|_| Rule::NotADuration),
        Err(_) => humantime::parse_duration(value).map_err(|_| Rule::NotADuration),
    }
}

fn alone_after(value: &str) -> Result<Option<Duration>, Rule> {
    if value == "never" {
        Ok(None)
    } else {
        duration(value).map(Some)
    }
}

fn on_stranger(value: &str) -> Result<OnStranger, Rule> {
    match value {
        "repair" => Ok(OnStranger::Repair),
        "always" => Ok(OnStranger::Always),
        "report" => Ok(OnStranger::Report),
        _ => Err(Rule::NotAChoice {
            allowed: &["repair", "always", "report"],
        }),
    }
}
