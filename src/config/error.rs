//! Why a configuration is refused: one variant per rule, with both values.

use std::fmt;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use les_core::{AddrError, Forbidden};

use crate::admin::{MAX_SOCKET_PATH, SocketError, TokenError};

use super::profile::Profile;
use super::timings::Timing;

/// Where a value was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    /// Nowhere: it is the default.
    Default,
    /// Nowhere: `election.profile` brings it.
    Profile(Profile),
    /// Nowhere: the unit under which systemd runs this process brings it, in this variable.
    Unit(String),
    /// A configuration file.
    File(PathBuf),
    /// An environment variable.
    Env(String),
    /// A command line flag.
    Flag(String),
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Default => f.write_str("the default"),
            Self::Profile(profile) => write!(f, "election.profile = \"{profile}\""),
            Self::Unit(name) => write!(f, "the systemd unit, {name}"),
            Self::File(path) => write!(f, "file {}", path.display()),
            Self::Env(name) => write!(f, "environment variable {name}"),
            Self::Flag(name) => write!(f, "flag {name}"),
        }
    }
}

/// A configuration that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The file cannot be read.
    #[error("cannot read the configuration file {}", path.display())]
    Unreadable {
        /// Which file.
        path: PathBuf,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// A key that does not exist.
    #[error("{key} is not a key that les knows ({origin}); known here: {}", known.join(", "))]
    UnknownKey {
        /// The key as it was written, with its section.
        key: String,
        /// What could have been written.
        known: Vec<String>,
        /// Where it was written.
        origin: Origin,
    },
    /// Not the shape that is expected at this key, or no TOML at all.
    #[error("{key}: {problem} ({origin})")]
    Shape {
        /// The key, or `the file`.
        key: String,
        /// What is wrong.
        problem: String,
        /// Where it was written.
        origin: Origin,
    },
    /// A value that breaks a rule.
    #[error(transparent)]
    Invalid(Box<Invalid>),
}

impl ConfigError {
    /// The value of `key`, written at `origin`, breaks `rule`.
    #[must_use]
    pub fn invalid(
        key: impl Into<String>,
        value: impl Into<String>,
        origin: Origin,
        rule: Rule,
    ) -> Self {
        let (key, value) = (key.into(), value.into());
        Self::Invalid(Box::new(Invalid {
            key,
            value,
            origin,
            rule,
        }))
    }
}

/// A value that breaks a rule. Boxed in [`ConfigError`], which every check returns.
#[derive(Debug, thiserror::Error)]
#[error("{key} = {value} ({origin}): {rule}")]
pub struct Invalid {
    /// The key with its section.
    pub key: String,
    /// The value as it was written.
    pub value: String,
    /// Where it was written.
    pub origin: Origin,
    /// The rule that it breaks.
    pub rule: Rule,
}

/// The rules that values obey.
#[derive(Debug, thiserror::Error)]
pub enum Rule {
    /// `bind_interface`.
    #[error(
        "it must be an IP address of this machine; 0.0.0.0 is all of IPv4, :: is all of IPv4 and IPv6"
    )]
    NotAnIp,
    /// `bind_port`.
    #[error("it must be a port from 0 to 65535, where 0 is any free one")]
    NotAPort,
    /// Nothing can listen there.
    #[error("cannot listen on {at}: {problem}")]
    CannotListen {
        /// Where.
        at: SocketAddr,
        /// What the system says.
        problem: String,
    },
    /// A `host:port`.
    #[error(transparent)]
    NotAnAddress(#[from] AddrError),
    /// An address that peers could not or must not use.
    #[error("peers cannot be told this address: {0}")]
    NotAdvertisable(Forbidden),
    /// `advertise_addr = "auto"` found nothing to advertise.
    #[error(
        "no address of this machine leads to {towards}: {problem}; name the address that peers reach it by"
    )]
    NoRoute {
        /// A seed, or where the default route leads.
        towards: String,
        /// What the system says.
        problem: String,
    },
    /// A duration.
    #[error("it must be a duration: seconds as a number, or text like \"250ms\" or \"5s\"")]
    NotADuration,
    /// A duration outside its bounds.
    #[error("it must be from {} to {}", humantime::format_duration(*.min), humantime::format_duration(*.max))]
    DurationOutOfRange {
        /// Least.
        min: Duration,
        /// Most.
        max: Duration,
    },
    /// A count outside its bounds.
    #[error("it must be a whole number from {min} to {max}")]
    CountOutOfRange {
        /// Least.
        min: u32,
        /// Most.
        max: u32,
    },
    /// `beat` and `silence_after`.
    #[error("five beats must fit into {silence_after}, else a few late ones would be a silence: lower the beat to {}, or raise the silence to {}", humantime::format_duration(*.most), humantime::format_duration(*.least))]
    BeatTooSlow {
        /// The other timing.
        silence_after: Timing,
        /// The slowest beat that fits into it.
        most: Duration,
        /// The shortest silence that this beat fits into.
        least: Duration,
    },
    /// `poll_timeout` and `polled_silence_after`.
    #[error(
        "it must be less than {polled_silence_after}, else a member would be silent before one poll could fail: lower the one or raise the other"
    )]
    PollTimeoutNotBelowSilence {
        /// The other timing.
        polled_silence_after: Timing,
    },
    /// A silence, or a pause between polls, and `zombie_after`.
    #[error(
        "it must be less than {zombie_after}, else who is merely silent would be a zombie first: lower the one or raise the other"
    )]
    NotBelowZombie {
        /// The other timing.
        zombie_after: Timing,
    },
    /// One of a few words.
    #[error("it must be one of {}", .allowed.join(", "))]
    NotAChoice {
        /// The words.
        allowed: &'static [&'static str],
    },
    /// An empty text.
    #[error("it must not be empty")]
    Empty,
    /// A list that is too long.
    #[error("at most {max} entries are allowed")]
    TooMany {
        /// Most.
        max: usize,
    },
    /// Two `[[address]]` with one id.
    #[error("it is already configured: each address once")]
    DuplicateAddress,
    /// `discovery`.
    #[error(
        "it must be dns:NAME, dns:NAME:PORT, tag:SELECTOR or label:SELECTOR (with commas in it only in a list of a file)"
    )]
    NotASource,
    /// A name in `discovery`.
    #[error("{name:?} is not a DNS name")]
    NotADnsName {
        /// What is written as one.
        name: String,
    },
    /// A port for a name whose records have ports.
    #[error(
        "a name that begins with _ is looked up as SRV, whose records bring their ports: leave the port out"
    )]
    PortOfSrv,
    /// Discovery by label without a provider.
    #[error("nothing can list machines while provider.kind is \"none\"; dns: needs no provider")]
    DiscoveryWithoutProvider,
    /// `[[address]]` without a provider.
    #[error("nothing can move it while provider.kind is \"none\"")]
    AddressWithoutProvider,
    /// `probe`.
    #[error("it must be tcp:PORT, tcp:HOST:PORT or http://HOST[:PORT]/PATH")]
    NotAProbe,
    /// `probe = "tcp:PORT"` of an address whose id is no IP.
    #[error("the address's id is no IP: say where, as in tcp:203.0.113.7:{port}")]
    ProbeOfWhere {
        /// The port.
        port: u16,
    },
    /// `mode` without `voters`.
    #[error(
        "a quorum needs election.voters: the advertised addresses of all nodes that vote, the same list on each of them"
    )]
    QuorumWithoutVoters,
    /// `voters` without `mode`.
    #[error("voters are counted with election.mode = \"quorum\" only: set it, or leave them out")]
    VotersWithoutQuorum,
    /// A witness that could move addresses.
    #[error(
        "a witness never leads and holds no address: leave out provider.kind (and the credentials)"
    )]
    WitnessWithProvider,
    /// `base_url`.
    #[error("it must begin with https:// or http://")]
    NotAUrl,
    /// The provider refused its configuration.
    #[error("{0}")]
    Provider(String),
    /// `LES_LOG`.
    #[error("it must be levels and targets, like info or les=debug: {0}")]
    LogFilter(String),
    /// A secret that was written where others can read it.
    #[error(
        "a secret is not written here: set it in the environment, or name a file with node.admin_token_file"
    )]
    SecretInFile,
    /// A secret and a file with one.
    #[error("it is given twice: here, and in the file {} (node.admin_token_file)", .file.display())]
    SecretTwice {
        /// The file.
        file: PathBuf,
    },
    /// The admin token cannot be used.
    #[error(transparent)]
    AdminToken(#[from] TokenError),
    /// `admin_socket`.
    #[error("it must be an absolute path, or \"none\"")]
    NotASocketPath,
    /// `admin_socket` is too long for the system.
    #[error("a Unix socket's path may have {MAX_SOCKET_PATH} bytes, and this has {bytes}")]
    SocketPathTooLong {
        /// How long it is.
        bytes: usize,
    },
    /// Nothing can listen at `admin_socket`.
    #[error(transparent)]
    AdminSocket(#[from] SocketError),
    /// `state_dir`.
    #[error("the directory cannot be used to keep this node's id: {0}")]
    StateDir(String),
}
