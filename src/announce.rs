//! What a start says of itself.

use les_core::{Addr, ElectionConfig, Identity, Mode};
use les_provider::Provider;
use tokio::net::TcpListener;

use crate::VERSION;
use crate::config::{Config, Origins};

/// Which program, what it was told and where, who it is, and what it looks after. When everything is bound and nothing was refused: whoever reads that it
/// listens finds it there, and a start that is refused says why and no more.
pub(crate) fn announce(
    config: &Config,
    origins: &Origins,
    me: &Identity,
    listener: &TcpListener,
    provider: Option<&dyn Provider>,
) {
    tracing::info!(event = "starting", version = VERSION, "les {VERSION}");
    for (key, value, origin) in origins.written() {
        tracing::info!(event = "setting", key, value, origin = %origin, "{key} = {value} ({origin})");
    }
    let listen = listener
        .local_addr()
        .map(|at| at.to_string())
        .unwrap_or_default();
    tracing::info!(event = "listening", addr = %me.addr, listen, id = %me.id, inc = %me.inc, "this node is {}", me.addr);
    match provider {
        Some(provider) => tracing::info!(
            event = "provider",
            provider = provider.name(),
            "addresses are moved by {}",
            provider.name()
        ),
        None => tracing::info!(
            event = "no_provider",
            "no provider is configured: this node elects and answers, and moves nothing"
        ),
    }
    for address in &config.addresses {
        let id = &address.id;
        tracing::info!(event = "address", address = id, "looks after {id}");
    }
    warn_if_no_voter(&config.election, &me.addr);
}

/// Addresses are compared as they are written: `localhost:4000` on a list of voters is not this node if it advertises `127.0.0.1:4000`.
fn warn_if_no_voter(config: &ElectionConfig, me: &Addr) {
    if let Mode::Quorum(voters) = &config.mode
        && !voters.contains(me)
    {
        tracing::warn!(
            event = "not_a_voter",
            addr = %me,
            "{me}, which this node advertises, is not among election.voters: it neither votes nor leads"
        );
    }
}
