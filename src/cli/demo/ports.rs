//! Ports for the nodes.

use std::io;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};

/// Below what systems give to outgoing connections (from 32768 on Linux, from 49152 elsewhere). Otherwise a connection to a dead
/// node's port could be given that very port as its own and meet itself, and any program could take it before the node is back.
const QUIET: std::ops::Range<u16> = 20_000..32_000;
/// Before any free port will do.
const TRIES: usize = 100;

/// Addresses on loopback that are free now. All are held until all are known, so that they differ.
pub(super) fn free_addresses(count: usize) -> io::Result<Vec<SocketAddr>> {
    let held = (0..count)
        .map(|_| hold_one())
        .collect::<Result<Vec<_>, _>>()?;
    held.iter().map(TcpListener::local_addr).collect()
}

fn hold_one() -> io::Result<TcpListener> {
    (0..TRIES)
        .find_map(|_| TcpListener::bind((Ipv4Addr::LOCALHOST, fastrand::u16(QUIET))).ok())
        .map_or_else(|| TcpListener::bind((Ipv4Addr::LOCALHOST, 0)), Ok)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_differ_and_can_be_bound() {
        let mut addresses = free_addresses(9).unwrap();
        let _held: Vec<_> = addresses
            .iter()
            .map(|at| TcpListener::bind(at).unwrap())
            .collect();
        addresses.sort_unstable();
        addresses.dedup();
        assert_eq!(addresses.len(), 9);
    }
}
