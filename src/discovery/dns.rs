//! Nodes by DNS: A and AAAA records of a name, or SRV records.

use std::collections::BTreeSet;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::str::FromStr as _;
use std::time::Duration;

use hickory_resolver::config::{NameServerConfig, ResolverConfig, ResolverOpts};
use hickory_resolver::net::runtime::TokioRuntimeProvider;
use hickory_resolver::net::{DnsError, NetError};
use hickory_resolver::proto::rr::rdata::SRV;
use hickory_resolver::proto::rr::{RData, RecordType};
use hickory_resolver::{ResolverBuilder, TokioResolver};
use les_core::{Addr, MAX_SEEDS};
use tokio::task::JoinSet;

use super::known::Answer;

/// How long one look-up takes at most. SRV needs two in a row: a discovery ends within 5 s.
const LOOK_UP: Duration = Duration::from_millis(2500);
/// How long one server has for one try, so that a second try, or a second server, comes within [`LOOK_UP`].
const TRY: Duration = Duration::from_secs(1);
/// Machines that one SRV name leads to at most, each two look-ups.
const MAX_TARGETS: usize = 64;

/// Why DNS could not be asked. None of them says that nobody is there.
#[derive(Debug, thiserror::Error)]
pub enum DnsFailure {
    /// The resolver cannot be made.
    #[error("the resolver's configuration cannot be used")]
    Configuration(#[source] NetError),
    /// No answer in time.
    #[error("no answer about {name} within {} ms", LOOK_UP.as_millis())]
    TooSlow {
        /// What was asked for.
        name: String,
    },
    /// An answer that does not tell.
    #[error("no usable answer about {name}")]
    Unanswered {
        /// What was asked for.
        name: String,
        /// What came instead.
        #[source]
        source: NetError,
    },
}

/// Asks DNS. Nothing is cached here: each question reads the system's configuration anew, so that it may change, and asks the network.
#[derive(Clone, Debug, Default)]
pub struct Dns {
    fixed: Option<(ResolverConfig, ResolverOpts)>,
}

impl Dns {
    /// The servers of `/etc/resolv.conf`, or the local machine; `/etc/hosts` comes first.
    #[must_use]
    pub const fn system() -> Self {
        Self { fixed: None }
    }

    /// These servers, whatever the system has.
    #[must_use]
    pub const fn with(config: ResolverConfig, options: ResolverOpts) -> Self {
        Self {
            fixed: Some((config, options)),
        }
    }

    /// The addresses of `name`, each with `port`. None at all means that DNS itself says so.
    ///
    /// # Errors
    /// DNS could not be asked.
    pub async fn hosts(&self, name: &str, port: u16) -> Result<Answer, DnsFailure> {
        let resolver = self.resolver()?;
        let (found, whole) = addresses(&resolver, name).await?;
        Ok(Answer {
            named: addrs(found, port),
            whole,
        })
    }

    /// Where the SRV records of `name` lead to. Priorities and weights do not matter: every node is asked.
    ///
    /// # Errors
    /// DNS could not be asked for the records.
    pub async fn service(&self, name: &str) -> Result<Answer, DnsFailure> {
        let resolver = self.resolver()?;
        let mut look_ups = JoinSet::new();
        let records = records(&resolver, name, RecordType::SRV).await?;
        let targets = records.into_iter().filter_map(|data| match data {
            RData::SRV(record) => target(&record),
            _ => None,
        });
        for (name, port) in targets.take(MAX_TARGETS) {
            let resolver = resolver.clone();
            look_ups.spawn(async move {
                match addresses(&resolver, &name).await {
                    Ok((found, whole)) => (addrs(found, port), whole),
                    // The name itself can be polled as soon as it can be looked up.
                    Err(_) => (named(&name, port).into_iter().collect(), true),
                }
            });
        }
        let found = look_ups.join_all().await;
        Ok(Answer {
            whole: found.iter().all(|(_, whole)| *whole),
            named: found.into_iter().flat_map(|(found, _)| found).collect(),
        })
    }

    fn resolver(&self) -> Result<TokioResolver, DnsFailure> {
        let provider = TokioRuntimeProvider::default();
        let mut builder = match &self.fixed {
            Some((config, options)) => TokioResolver::builder_with_config(config.clone(), provider)
                .with_options(options.clone()),
            None => configured(provider),
        };
        builder.options_mut().cache_size = 0;
        builder.build().map_err(DnsFailure::Configuration)
    }
}

/// As this machine is configured, but no server is waited for longer than [`TRY`].
fn configured(provider: TokioRuntimeProvider) -> ResolverBuilder<TokioRuntimeProvider> {
    let mut builder = match TokioResolver::builder(provider.clone()) {
        Ok(builder) => builder,
        // resolv.conf(5): where nothing is configured, the local machine is asked.
        Err(_) => TokioResolver::builder_with_config(local_machine(), provider),
    };
    let options = builder.options_mut();
    options.timeout = options.timeout.min(TRY);
    builder
}

fn local_machine() -> ResolverConfig {
    let server = NameServerConfig::udp_and_tcp(Ipv4Addr::LOCALHOST.into());
    ResolverConfig::from_parts(None, Vec::new(), vec![server])
}

/// Both families at once, and whether both have answered. One that fails is no reason to leave out what the other one names: some servers never
/// answer for AAAA.
async fn addresses(
    resolver: &TokioResolver,
    name: &str,
) -> Result<(Vec<IpAddr>, bool), DnsFailure> {
    let (v4, v6) = tokio::join!(
        records(resolver, name, RecordType::A),
        records(resolver, name, RecordType::AAAA),
    );
    let (found, whole) = match (v4, v6) {
        (Ok(v4), Ok(v6)) => ([v4, v6].concat(), true),
        (Ok(found), Err(failure)) | (Err(failure), Ok(found)) if found.is_empty() => {
            return Err(failure);
        }
        (Ok(found), Err(_)) | (Err(_), Ok(found)) => (found, false),
        (Err(failure), Err(_)) => return Err(failure),
    };
    let ip = |data| match data {
        RData::A(v4) => Some(IpAddr::V4(v4.0)),
        RData::AAAA(v6) => Some(IpAddr::V6(v6.0)),
        _ => None,
    };
    let found = found.into_iter().filter_map(ip).take(MAX_SEEDS);
    Ok((found.collect(), whole))
}

/// The records of one kind, CNAMEs perhaps among them.
async fn records(
    resolver: &TokioResolver,
    name: &str,
    kind: RecordType,
) -> Result<Vec<RData>, DnsFailure> {
    match tokio::time::timeout(LOOK_UP, resolver.lookup(name, kind)).await {
        Ok(Ok(found)) => Ok(found.answers().iter().map(|r| r.data.clone()).collect()),
        Ok(Err(error)) if says_nobody(&error) => Ok(Vec::new()),
        Ok(Err(source)) => Err(DnsFailure::Unanswered {
            name: name.to_owned(),
            source,
        }),
        Err(_) => Err(DnsFailure::TooSlow {
            name: name.to_owned(),
        }),
    }
}

/// A negative answer counts only with the zone's SOA record, which RFC 2308 demands of one: a server that knows nothing of the zone, or
/// that makes its answers up, has none.
fn says_nobody(error: &NetError) -> bool {
    matches!(error, NetError::Dns(DnsError::NoRecordsFound(none)) if none.soa.is_some())
}

/// A target `.` says that the service is not offered (RFC 2782).
fn target(record: &SRV) -> Option<(String, u16)> {
    let offered = !record.target.is_root() && record.port != 0;
    offered.then(|| (record.target.to_utf8(), record.port))
}

fn addrs(found: Vec<IpAddr>, port: u16) -> BTreeSet<Addr> {
    let addr = |ip| Addr::from_str(&SocketAddr::new(ip, port).to_string()).ok();
    found.into_iter().filter_map(addr).collect()
}

fn named(name: &str, port: u16) -> Option<Addr> {
    let name = name.trim_end_matches('.');
    Addr::from_str(&format!("{name}:{port}")).ok()
}

#[cfg(test)]
#[path = "dns_test.rs"]
mod tests;
