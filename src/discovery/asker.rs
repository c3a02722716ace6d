//! One question to one source, with its bounds.

use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::str::FromStr as _;
use std::sync::Arc;
use std::time::Duration;

use les_core::{Addr, may_contact};
use les_provider::{ErrorKind, Provider, ProviderError};

use super::dns::{Dns, DnsFailure};
use super::known::Answer;
use crate::config::DiscoverySource;
use crate::reconcile::bounded;

/// Why a source could not be asked. None of them says that nobody is there.
#[derive(Debug, thiserror::Error)]
pub enum AskFailure {
    /// DNS.
    #[error(transparent)]
    Dns(#[from] DnsFailure),
    /// The provider.
    #[error(transparent)]
    Provider(#[from] ProviderError),
    /// There is none.
    #[error("no provider is configured that could list machines")]
    NoProvider,
}

impl AskFailure {
    /// How long the cloud asks to be left alone, if it does.
    #[must_use]
    pub const fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Provider(ProviderError {
                kind: ErrorKind::Throttled { retry_after },
                ..
            }) => *retry_after,
            _ => None,
        }
    }
}

/// Asks sources for one node.
#[derive(Clone, Debug)]
pub struct Asker {
    /// For names.
    pub dns: Dns,
    /// For labels.
    pub provider: Option<Arc<dyn Provider>>,
    /// Where nodes listen whose source does not say it: where this node does.
    pub port: u16,
    /// Loopback addresses may be peers.
    pub loopback_allowed: bool,
}

impl Asker {
    /// Who is there. Addresses that must not be contacted are left out. An empty answer is the source's own word.
    ///
    /// # Errors
    /// The source could not be asked.
    pub async fn ask(&self, source: &DiscoverySource) -> Result<Answer, AskFailure> {
        let Answer { named, whole } = match source {
            DiscoverySource::Host { name, port } => {
                self.dns.hosts(name, port.unwrap_or(self.port)).await?
            }
            DiscoverySource::Service { name } => self.dns.service(name).await?,
            DiscoverySource::Label { selector, .. } => Answer {
                named: self.machines(selector).await?,
                whole: true,
            },
        };
        let allowed = |addr: &Addr| {
            let ip = addr.ip();
            ip.is_none_or(|ip| may_contact(ip, self.loopback_allowed).is_ok())
        };
        let (allowed, forbidden): (BTreeSet<_>, BTreeSet<_>) = named.into_iter().partition(allowed);
        if !forbidden.is_empty() {
            tracing::debug!(event = "discovery_forbidden", source = %source, "left out, since peers are never there: {forbidden:?}");
        }
        Ok(Answer {
            named: allowed,
            whole,
        })
    }

    /// Waits as long as the provider wants calls to wait that can.
    pub(super) async fn wait_for_allowance(&self, source: &DiscoverySource) {
        if let Some(provider) = self.provider.as_ref().filter(|_| source.asks_provider()) {
            tokio::time::sleep(provider.routine_pause()).await;
        }
    }

    async fn machines(&self, selector: &str) -> Result<BTreeSet<Addr>, AskFailure> {
        let provider = self.provider.as_deref().ok_or(AskFailure::NoProvider)?;
        let asked = provider.discover(selector);
        let found = bounded(provider, "discover", ErrorKind::Transient, asked).await?;
        let addr = |ip| Addr::from_str(&SocketAddr::new(ip, self.port).to_string()).ok();
        let most = les_provider::MAX_DISCOVERED;
        Ok(found.into_iter().take(most).filter_map(addr).collect())
    }
}
