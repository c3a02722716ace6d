//! The address that peers are told.

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, UdpSocket};
use std::str::FromStr as _;
use std::sync::Arc;
use std::time::Duration;

use les_core::{Addr, may_contact};
use les_provider::Provider;

use crate::config::{Advertise, Config, Rule};
use crate::discovery::{Asker, Dns, first_named};

/// How long a seed's name may take to resolve before the next seed is tried.
const RESOLVE: Duration = Duration::from_secs(1);
/// Where the default route leads is asked with addresses that exist in documentation only (RFC 5737, RFC 3849). No packet is sent.
const ANYWHERE: [IpAddr; 2] = [
    IpAddr::V4(Ipv4Addr::new(192, 0, 2, 1)),
    IpAddr::V6(Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 1)),
];

/// What to advertise for a node that listens at `bound`. Where no seed is configured and an address must be chosen, whom discovery names says
/// which network the others are in: the default route leads out of a cloud's private network more often than into it.
///
/// # Errors
/// No address of this machine leads to a seed (now), or the one that does cannot be a peer's.
pub async fn find(
    config: &Config,
    bound: SocketAddr,
    provider: Option<&Arc<dyn Provider>>,
) -> Result<Addr, Rule> {
    let advertise = &config.node.advertise;
    let open = *advertise == Advertise::Auto && bound.ip().is_unspecified();
    let seeds = &config.election.seeds;
    if !open || !seeds.is_empty() || config.node.discovery.is_empty() {
        return resolve(advertise, bound, seeds).await;
    }
    let asker = Asker {
        dns: Dns::system(),
        provider: provider.cloned(),
        port: bound.port(),
        loopback_allowed: false,
    };
    let named = first_named(&config.node, &asker).await;
    let addr = resolve(advertise, bound, &named).await?;
    if named.is_empty() {
        tracing::warn!(
            event = "advertise_default_route",
            "advertises {addr}, from where its default route leads: discovery names nobody yet who could say which network the others are in \
             (node.advertise_addr says it for good; a restart asks again)"
        );
    }
    Ok(addr)
}

/// What to advertise for a node that listens at `bound` and knows these seeds.
///
/// # Errors
/// No address of this machine leads to a seed, or the one that does cannot be a peer's.
pub async fn resolve(
    advertise: &Advertise,
    bound: SocketAddr,
    seeds: &[Addr],
) -> Result<Addr, Rule> {
    if let Advertise::Addr(addr) = advertise {
        return Ok(addr.clone());
    }
    let ip = if bound.ip().is_unspecified() {
        source_ip(bound, seeds).await?
    } else {
        bound.ip()
    };
    may_contact(ip, true).map_err(Rule::NotAdvertisable)?;
    Addr::from_str(&SocketAddr::new(ip, bound.port()).to_string()).map_err(Rule::NotAnAddress)
}

/// The address that the system would use towards the first seed that it can reach, else towards anywhere.
async fn source_ip(bound: SocketAddr, seeds: &[Addr]) -> Result<IpAddr, Rule> {
    let usable = |to: &SocketAddr| bound.is_ipv6() || to.is_ipv4();
    let mut failure = None;
    for seed in seeds {
        let found = look_up(seed)
            .await
            .and_then(|found| source_towards_any(found.into_iter().filter(usable)));
        match found {
            Ok(ip) => return Ok(ip),
            Err(error) => failure = failure.or(Some((seed.to_string(), error))),
        }
    }
    let anywhere = ANYWHERE
        .into_iter()
        .map(|ip| SocketAddr::new(ip, 9))
        .filter(usable);
    source_towards_any(anywhere).map_err(|error| {
        let (towards, error) = failure.unwrap_or(("any other".to_owned(), error));
        Rule::NoRoute {
            towards,
            problem: error.to_string(),
        }
    })
}

async fn look_up(seed: &Addr) -> io::Result<Vec<SocketAddr>> {
    let looked_up = tokio::net::lookup_host((seed.host(), seed.port()));
    Ok(tokio::time::timeout(RESOLVE, looked_up).await??.collect())
}

fn source_towards_any(sockets: impl Iterator<Item = SocketAddr>) -> io::Result<IpAddr> {
    let nothing = io::Error::new(
        io::ErrorKind::AddrNotAvailable,
        "it has no address of the family that this node listens on",
    );
    sockets
        .map(source_towards)
        .reduce(|found, next| found.or(next))
        .unwrap_or(Err(nothing))
}

/// Connecting a UDP socket chooses a source address and sends nothing.
fn source_towards(to: SocketAddr) -> io::Result<IpAddr> {
    let any = if to.is_ipv4() {
        IpAddr::from(Ipv4Addr::UNSPECIFIED)
    } else {
        Ipv6Addr::UNSPECIFIED.into()
    };
    let socket = UdpSocket::bind((any, 0))?;
    socket.connect(to)?;
    Ok(socket.local_addr()?.ip())
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn auto(bound: &str, seeds: &[&str]) -> Result<String, Rule> {
        let seeds: Vec<Addr> = seeds.iter().map(|seed| seed.parse().unwrap()).collect();
        resolve(&Advertise::Auto, bound.parse().unwrap(), &seeds)
            .await
            .map(|addr| addr.to_string())
    }

    #[tokio::test]
    async fn auto_is_the_source_towards_the_first_seed() {
        assert_eq!(
            auto("0.0.0.0:4000", &["127.0.0.1:9"]).await.unwrap(),
            "127.0.0.1:4000"
        );
        assert_eq!(
            auto("0.0.0.0:4000", &["no-such-host.invalid:9", "127.0.0.1:9"])
                .await
                .unwrap(),
            "127.0.0.1:4000"
        );
    }

    #[tokio::test]
    async fn auto_never_names_an_address_that_is_not_listened_on() {
        assert_eq!(
            auto("127.0.0.5:4000", &["10.0.0.1:9"]).await.unwrap(),
            "127.0.0.5:4000"
        );
    }

    #[tokio::test]
    async fn what_cannot_be_a_peers_address_is_refused() {
        assert!(matches!(
            auto("169.254.3.4:4000", &[]).await,
            Err(Rule::NotAdvertisable(_))
        ));
    }
}
