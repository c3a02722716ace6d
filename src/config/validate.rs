//! The rules: from what was written to what is true.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

use les_core::{Addr, MAX_SEEDS, OnStranger, may_contact};

use super::discovery::{self, DiscoverySource};
use super::error::{ConfigError, Rule};
use super::layers::Origins;
use super::limits::{self, Bounds, default};
use super::raw::{List, RawAddress, RawConfig, RawNode, Scalar};
use super::{
    AddressConfig, Advertise, Config, NodeConfig, ProbeTarget, ProviderConfig, ProviderKind,
};

pub(super) fn config(raw: &RawConfig, origins: &Origins) -> Result<Config, ConfigError> {
    let check = Check { origins };
    let provider = check.provider(&raw.provider)?;
    let node = check.node(&raw.node, &provider)?;
    let addresses = check.addresses(&raw.address, &provider)?;
    let (profile, mut election) = check.election(&raw.election)?;
    election.seeds = check.seeds(raw.node.seeds.as_ref())?;
    election.needs_target = provider.kind != ProviderKind::None;
    check.agreement(raw, &provider, &mut election)?;
    election.discovers = !node.discovery.is_empty();
    Ok(Config {
        node,
        profile,
        election,
        provider,
        addresses,
    })
}

pub(super) struct Check<'a> {
    pub(super) origins: &'a Origins,
}

impl Check<'_> {
    fn node(&self, raw: &RawNode, provider: &ProviderConfig) -> Result<NodeConfig, ConfigError> {
        let state_dir = self.value("node.state_dir", raw.state_dir.as_ref(), None, |v| {
            text(v).map(|dir| Some(PathBuf::from(dir)))
        })?;
        let listens = self.listens(raw)?;
        Ok(NodeConfig {
            bind_interface: listens.ip(),
            bind_port: listens.port(),
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
                default::DISCOVERY_INTERVAL,
                limits::DISCOVERY_INTERVAL,
            )?,
            loop_rate: self.duration(
                "node.loop_rate",
                raw.loop_rate.as_ref(),
                default::LOOP_RATE,
                limits::LOOP_RATE,
            )?,
            core_dumps: self.value("node.core_dumps", raw.core_dumps.as_ref(), false, flag)?,
            admin: self.admin(raw, state_dir.as_deref())?,
            state_dir,
        })
    }

    /// Where a node listens.
    pub(super) fn listens(&self, raw: &RawNode) -> Result<SocketAddr, ConfigError> {
        let ip = |v: &str| {
            v.trim_start_matches('[')
                .trim_end_matches(']')
                .parse()
                .map_err(|_| Rule::NotAnIp)
        };
        let (key, any) = ("node.bind_interface", default::BIND_INTERFACE);
        let ip = self.value(key, raw.bind_interface.as_ref(), any, ip)?;
        let (key, port) = ("node.bind_port", default::BIND_PORT);
        let port = self.value(key, raw.bind_port.as_ref(), port, |v| {
            v.parse().map_err(|_| Rule::NotAPort)
        })?;
        Ok(SocketAddr::new(ip, port))
    }

    fn seeds(&self, raw: Option<&List>) -> Result<Vec<Addr>, ConfigError> {
        let key = "node.seeds";
        let seeds = self.addrs(key, raw)?;
        if seeds.len() > MAX_SEEDS {
            return Err(self.invalid(
                key,
                &format!("{} seeds", seeds.len()),
                Rule::TooMany { max: MAX_SEEDS },
            ));
        }
        Ok(seeds)
    }

    /// Spaces around commas and empty entries are dropped: as part of an address they would be another node's name (the reference's failure F7).
    pub(super) fn addrs(&self, key: &str, raw: Option<&List>) -> Result<Vec<Addr>, ConfigError> {
        let mut addrs = Vec::new();
        for Scalar(written) in raw.map(|list| &list.0[..]).unwrap_or_default() {
            let addr = written.trim();
            if !addr.is_empty() {
                let addr =
                    Addr::from_str(addr).map_err(|rule| self.invalid(key, addr, rule.into()))?;
                if !addrs.contains(&addr) {
                    addrs.push(addr);
                }
            }
        }
        Ok(addrs)
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

    fn addresses(
        &self,
        raw: &[RawAddress],
        provider: &ProviderConfig,
    ) -> Result<Vec<AddressConfig>, ConfigError> {
        if raw.len() > limits::MAX_ADDRESSES {
            return Err(self.invalid(
                "address",
                &format!("{} addresses", raw.len()),
                Rule::TooMany {
                    max: limits::MAX_ADDRESSES,
                },
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
            let key = format!("address[{index}].probe");
            let probe = self.value(&key, address.probe.as_ref(), None, |v| {
                ProbeTarget::parse(v, id).map(Some)
            })?;
            addresses.push(AddressConfig {
                id: id.to_owned(),
                on_stranger,
                probe,
            });
        }
        Ok(addresses)
    }

    pub(super) fn duration(
        &self,
        key: &str,
        raw: Option<&Scalar>,
        default: Duration,
        Bounds {
            least: min,
            most: max,
        }: Bounds<Duration>,
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

    pub(super) fn count(
        &self,
        key: &str,
        raw: Option<&Scalar>,
        default: u32,
        Bounds {
            least: min,
            most: max,
        }: Bounds<u32>,
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

pub(super) fn duration(value: &str) -> Result<Duration, Rule> {
    match value.parse::<f64>() {
        Ok(seconds) => Duration::try_from_secs_f64(seconds).map_err(|_| Rule::NotADuration),
        Err(_) => humantime::parse_duration(value).map_err(|_| Rule::NotADuration),
    }
}

pub(super) fn flag(value: &str) -> Result<bool, Rule> {
    match value {
        "true" => Ok(true),
        "false" => Ok(false),
        _ => Err(Rule::NotAChoice {
            allowed: &["true", "false"],
        }),
    }
}

fn on_stranger(value: &str) -> Result<OnStranger, Rule> {
    match value {
        "repair" => Ok(OnStranger::Repair),
        "always" => Ok(OnStranger::Always),
        "report" => Ok(OnStranger::Report),
        _ => Err(Rule::NotAChoice {
            allowed: limits::ON_STRANGER,
        }),
    }
}
