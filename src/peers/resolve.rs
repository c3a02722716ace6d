//! From an address as written to the sockets that may be contacted.

use std::net::SocketAddr;

use les_core::{Addr, Evidence, may_contact};

/// A name has one IPv4 and one IPv6 address, perhaps two of each. Each one that hangs takes a share of the poll's time.
const MAX_TRIED: usize = 4;

/// The sockets behind `addr`. The rules are asked of what a name *resolves to*, so that no name leads where an address may not.
pub(super) async fn resolve(
    addr: &Addr,
    loopback_allowed: bool,
) -> Result<Vec<SocketAddr>, Evidence> {
    let found: Vec<SocketAddr> = match addr.ip() {
        Some(ip) => vec![SocketAddr::new(ip, addr.port())],
        None => tokio::net::lookup_host((addr.host(), addr.port()))
            .await
            .map_err(|_| Evidence::Unreachable)?
            .take(MAX_TRIED)
            .collect(),
    };
    let mut forbidden = None;
    let mut allowed = Vec::with_capacity(found.len());
    for socket in found {
        match may_contact(socket.ip(), loopback_allowed) {
            Ok(()) => allowed.push(socket),
            Err(rule) => forbidden = Some(rule),
        }
    }
    match (allowed.is_empty(), forbidden) {
        (false, _) => Ok(allowed),
        (true, Some(rule)) => Err(Evidence::Forbidden(rule)),
        (true, None) => Err(Evidence::Unreachable),
    }
}

/// `at`, if it may be contacted.
pub(super) fn permitted(at: SocketAddr, loopback_allowed: bool) -> Result<SocketAddr, Evidence> {
    may_contact(at.ip(), loopback_allowed).map_err(Evidence::Forbidden)?;
    Ok(at)
}
