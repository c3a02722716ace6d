//! The configuration: what is true, once every rule was checked.
//!
//! `layers.rs` collects what was written (defaults, what a systemd unit brings, file, environment, flags), `raw.rs` is its shape, with the docs that users read,
//! `validate.rs` holds the rules, `limits.rs` their bounds, and `error.rs` one variant for each of them. `reference.rs` tells all of it.

mod admin;
mod discovery;
mod error;
mod layers;
mod limits;
mod probe;
mod profile;
mod provider;
mod quorum;
mod raw;
pub mod reference;
mod timings;
mod validate;

use std::collections::BTreeMap;
use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};
use std::time::Duration;

use les_core::{Addr, ElectionConfig, OnStranger};

pub use admin::{AdminConfig, AdminSocketPath, TokenSource};
pub use discovery::DiscoverySource;
pub use error::{ConfigError, Invalid, Origin, Rule};
pub use layers::{Origins, Setting};
pub use probe::ProbeTarget;
pub use profile::Profile;
pub use timings::Timing;

/// Everything that a node needs to be told.
#[derive(Clone, Debug, PartialEq)]
pub struct Config {
    /// `[node]`
    pub node: NodeConfig,
    /// Which timings of `election` hold where none is written.
    pub profile: Profile,
    /// `[election]`, with the seeds of `[node]`.
    pub election: ElectionConfig,
    /// `[provider]`
    pub provider: ProviderConfig,
    /// `[[address]]`, in the order written: the first one decides between two leaders that meet.
    pub addresses: Vec<AddressConfig>,
}

/// `[node]`. What each key means, its default and its bounds are said in `docs/configuration.md`, which is made from the docs of `raw.rs`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NodeConfig {
    /// Where to listen.
    pub bind_interface: IpAddr,
    /// Where to listen.
    pub bind_port: u16,
    /// The address that peers are told.
    pub advertise: Advertise,
    /// Where seeds are found besides those of the configuration.
    pub discovery: Vec<DiscoverySource>,
    /// From one discovery to the next.
    pub discovery_interval: Duration,
    /// How often an address at rest is read, at most.
    pub loop_rate: Duration,
    /// Whether a crash may leave a core dump.
    pub core_dumps: bool,
    /// By which ways operators may give orders.
    pub admin: AdminConfig,
    /// What is kept over restarts.
    pub state_dir: Option<PathBuf>,
}

/// What peers are told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Advertise {
    /// To be found out.
    Auto,
    /// This.
    Addr(Addr),
}

/// `[provider]`, as [`NodeConfig`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProviderConfig {
    /// Which cloud.
    pub kind: ProviderKind,
    /// Instead of the preset's own: for a proxy or a simulated cloud.
    pub base_url: Option<String>,
    /// Instead of the metadata service's own address.
    pub metadata_base: Option<String>,
    /// This node's id at the provider; `None` (written `auto`) asks the metadata service.
    pub target: Option<String>,
    /// Certificates (PEM) that are trusted besides the system's.
    pub ca_file: Option<PathBuf>,
    /// What the preset lets a user set, as text. The preset knows the names.
    pub options: BTreeMap<String, String>,
}

/// Which cloud.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ProviderKind {
    /// None: elect and serve, move nothing.
    None,
    /// A preset that is compiled in, by name.
    Preset(String),
    /// A preset in a file: any kind with a `/` or that ends in `.toml`.
    File(PathBuf),
}

impl ProviderKind {
    /// Whether what is `written` means a preset in a file, and not a built-in one.
    #[must_use]
    pub fn is_file(written: &str) -> bool {
        written.contains('/') || written.ends_with(".toml")
    }
}

/// `[[address]]`, as [`NodeConfig`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AddressConfig {
    /// The address as the provider names it.
    pub id: String,
    /// What to do when a machine outside the cluster holds it.
    pub on_stranger: OnStranger,
    /// How to see whether it answers.
    pub probe: Option<ProbeTarget>,
}

impl Config {
    /// Reads all layers and checks every rule.
    ///
    /// # Errors
    /// The first problem, with the key, the value, the rule and where it was written.
    pub fn load(file: Option<&Path>, settings: &[Setting]) -> Result<(Self, Origins), ConfigError> {
        let (raw, origins) = layers::read(file, settings)?;
        let config = validate::config(&raw, &origins)?;
        Ok((config, origins))
    }

    /// Only where a node with these layers listens: for who asks it and may know a part of its configuration.
    ///
    /// # Errors
    /// The layers cannot be read, or one of these two values is wrong.
    pub fn listens(file: Option<&Path>, settings: &[Setting]) -> Result<SocketAddr, ConfigError> {
        let (raw, origins) = layers::read(file, settings)?;
        validate::Check { origins: &origins }.listens(&raw.node)
    }

    /// How members are watched, each timing with where it was written.
    #[must_use]
    pub fn timings(&self, origins: &Origins) -> [Timing; 3] {
        timings::in_force(self.profile, &self.election, origins)
    }
}

#[cfg(test)]
mod tests;
