//! `node.discovery`: where seeds are found.

use std::fmt;
use std::str::FromStr as _;

use les_core::Addr;

use super::error::Rule;
use super::limits::MAX_SOURCES;

/// Where seeds are found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DiscoverySource {
    /// The A and AAAA records of a name.
    Host {
        /// The name.
        name: String,
        /// The port of every node; `None` is the one that this node listens on.
        port: Option<u16>,
    },
    /// The SRV records of a name, which bring ports.
    Service {
        /// The name; it begins with `_`.
        name: String,
    },
    /// The machines at the provider that bear a label. They listen on the port that this node listens on.
    Label {
        /// How it was written, `tag` or `label`, as clouds call it one or the other; or `aws:tag`, which needs that provider.
        word: &'static str,
        /// In the cloud's own grammar.
        selector: String,
    },
}

/// How a tag of AWS is written, if a configuration wants to say whose tag it is.
const AWS_TAG: &str = "aws:tag";

impl DiscoverySource {
    /// The provider that it says must be asked, and no other.
    #[must_use]
    pub fn only_of(&self) -> Option<&'static str> {
        matches!(self, Self::Label { word, .. } if *word == AWS_TAG).then_some("aws")
    }

    /// Whether it is the provider that is asked.
    #[must_use]
    pub const fn asks_provider(&self) -> bool {
        matches!(self, Self::Label { .. })
    }
}

impl fmt::Display for DiscoverySource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Host { name, port: None } | Self::Service { name } => write!(f, "dns:{name}"),
            Self::Host {
                name,
                port: Some(port),
            } => write!(f, "dns:{name}:{port}"),
            Self::Label { word, selector } => write!(f, "{word}:{selector}"),
        }
    }
}

/// All that is written, each once; or what is wrong, and where.
pub(super) fn sources<'a>(
    written: impl Iterator<Item = &'a str>,
    has_provider: bool,
) -> Result<Vec<DiscoverySource>, (String, Rule)> {
    let mut sources = Vec::new();
    for text in written.filter(|text| !text.is_empty()) {
        let invalid = |rule| (format!("{text:?}"), rule);
        let source = source(text).map_err(invalid)?;
        if source.asks_provider() && !has_provider {
            return Err(invalid(Rule::DiscoveryWithoutProvider));
        }
        if !sources.contains(&source) {
            sources.push(source);
        }
    }
    if sources.len() > MAX_SOURCES {
        let count = format!("{} sources", sources.len());
        return Err((count, Rule::TooMany { max: MAX_SOURCES }));
    }
    Ok(sources)
}

fn source(text: &str) -> Result<DiscoverySource, Rule> {
    let (kind, rest) = text.split_once(':').ok_or(Rule::NotASource)?;
    let (word, rest) = match (kind, rest.split_once(':')) {
        ("dns", _) => return dns(rest),
        ("tag", _) => ("tag", rest),
        ("label", _) => ("label", rest),
        ("aws", Some(("tag", rest))) => (AWS_TAG, rest),
        _ => return Err(Rule::NotASource),
    };
    let selector = rest.trim().to_owned();
    if selector.is_empty() {
        return Err(Rule::NotASource);
    }
    Ok(DiscoverySource::Label { word, selector })
}

fn dns(rest: &str) -> Result<DiscoverySource, Rule> {
    let (name, port) = match rest.rsplit_once(':') {
        // The grammar of names and ports is an address's.
        Some((name, _)) => (name, Some(Addr::from_str(rest)?.port())),
        None => (rest, None),
    };
    let is_ip = name.parse::<std::net::IpAddr>().is_ok() || name.contains('[');
    if is_ip || Addr::from_str(&format!("{name}:1")).is_err() {
        return Err(Rule::NotADnsName { name: name.into() });
    }
    let name = name.to_owned();
    match (name.starts_with('_'), port) {
        (false, port) => Ok(DiscoverySource::Host { name, port }),
        (true, None) => Ok(DiscoverySource::Service { name }),
        (true, Some(_)) => Err(Rule::PortOfSrv),
    }
}
