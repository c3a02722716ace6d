//! Where a node is reached: `host:port`, its identity on the wire, and which of them may be contacted at all.

use std::borrow::Borrow;
use std::fmt;
use std::net::{IpAddr, Ipv6Addr};
use std::str::FromStr;
use std::sync::Arc;

/// An advertised address, `host:port`, compared byte by byte and never normalised.
///
/// The reference implementation takes any string and pastes it into a URL (its failure F15: server-side request forgery). Here the grammar
/// admits a DNS name, an IPv4 address or a bracketed IPv6 address, and a port; so user info, paths, queries and fragments
/// cannot be written at all.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Addr(Arc<str>);

/// Longest address accepted: a DNS name (253) and a port.
pub const MAX_ADDR_BYTES: usize = 260;

/// Why a string is not an address. The value itself is named by whoever reports the error.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AddrError {
    /// Empty or longer than [`MAX_ADDR_BYTES`].
    #[error("an address is `host:port` of 3 to {MAX_ADDR_BYTES} bytes")]
    Length,
    /// No `:port` at the end.
    #[error(
        "the port is missing: write `host:port`, and an IPv6 host in brackets, `[2001:db8::1]:4000`"
    )]
    NoPort,
    /// The port is not a decimal number from 1 to 65535.
    #[error("the port is not a number from 1 to 65535")]
    Port,
    /// The host is none of a DNS name, an IPv4 address and a bracketed IPv6 address.
    #[error("the host is not a DNS name, an IPv4 address or an IPv6 address in brackets")]
    Host,
}

impl Addr {
    /// The string as it was advertised.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The host, without the brackets of an IPv6 address.
    #[must_use]
    pub fn host(&self) -> &str {
        let host = self.0.rsplit_once(':').map_or(&*self.0, |(host, _)| host);
        host.trim_start_matches('[').trim_end_matches(']')
    }

    /// The port, from 1 to 65535.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.0
            .rsplit_once(':')
            .and_then(|(_, port)| port.parse().ok())
            .unwrap_or_default()
    }

    /// The host as an IP address, if it is written as one.
    #[must_use]
    pub fn ip(&self) -> Option<IpAddr> {
        self.host().parse().ok()
    }
}

impl FromStr for Addr {
    type Err = AddrError;

    fn from_str(text: &str) -> Result<Self, AddrError> {
        if text.len() < 3 || text.len() > MAX_ADDR_BYTES {
            return Err(AddrError::Length);
        }
        let (host, port) = text.rsplit_once(':').ok_or(AddrError::NoPort)?;
        if port.is_empty() || port.len() > 5 || !port.bytes().all(|b| b.is_ascii_digit()) {
            return Err(AddrError::Port);
        }
        if port.parse::<u16>().map_err(|_| AddrError::Port)? == 0 {
            return Err(AddrError::Port);
        }
        match host
            .strip_prefix('[')
            .and_then(|rest| rest.strip_suffix(']'))
        {
            Some(inner) => inner
                .parse::<Ipv6Addr>()
                .map(|_| ())
                .map_err(|_| AddrError::Host)?,
            None if host.contains(':') => return Err(AddrError::NoPort),
            None if !is_dns_name(host) => return Err(AddrError::Host),
            None => {}
        }
        Ok(Self(Arc::from(text)))
    }
}

/// Letters, digits, `-` and `_` in labels parted by single dots; a dotted IPv4 address is one too.
fn is_dns_name(host: &str) -> bool {
    let label = |l: &str| {
        !l.is_empty()
            && l.len() <= 63
            && l.bytes()
                .all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
    };
    host.strip_suffix('.').unwrap_or(host).split('.').all(label)
}

impl Borrow<str> for Addr {
    fn borrow(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Addr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for Addr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Why a peer may not be contacted at an IP address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Forbidden {
    /// `0.0.0.0` or `::`.
    #[error("the unspecified address is nobody's")]
    Unspecified,
    /// A multicast or broadcast address.
    #[error("a multicast or broadcast address is not a node's")]
    Multicast,
    /// 169.254/16, fe80::/10 or a cloud's metadata service.
    #[error("link-local and metadata addresses are never peers")]
    LinkLocal,
    /// 127/8 or ::1, while neither the own address nor a seed is on loopback.
    #[error("a loopback address is a peer only where the own address or a seed is on loopback too")]
    Loopback,
}

/// Metadata services that are not link-local: Alibaba (100.100.100.200), EC2 (fd00:ec2::254), Scaleway (fd00:42::42), Linode (fd00:a9fe:a9fe::1).
const METADATA: [&str; 4] = [
    "100.100.100.200",
    "fd00:ec2::254",
    "fd00:42::42",
    "fd00:a9fe:a9fe::1",
];

/// Whether a peer may be contacted at `ip`; to be asked of every *resolved* address, so that a DNS name cannot lead elsewhere.
///
/// # Errors
/// The rule that forbids it.
pub fn may_contact(ip: IpAddr, loopback_allowed: bool) -> Result<(), Forbidden> {
    let ip = ip.to_canonical();
    let link_local = match ip {
        IpAddr::V4(v4) => v4.is_link_local() || v4.is_broadcast(),
        IpAddr::V6(v6) => v6.is_unicast_link_local(),
    };
    if ip.is_unspecified() {
        Err(Forbidden::Unspecified)
    } else if ip.is_multicast() || ip == IpAddr::from([255, 255, 255, 255]) {
        Err(Forbidden::Multicast)
    } else if link_local || METADATA.iter().any(|m| m.parse() == Ok(ip)) {
        Err(Forbidden::LinkLocal)
    } else if ip.is_loopback() && !loopback_allowed {
        Err(Forbidden::Loopback)
    } else {
        Ok(())
    }
}

/// Whether `addr` points at loopback as written: what allows loopback peers when it is the own address or a seed.
#[must_use]
pub fn is_loopback(addr: &Addr) -> bool {
    addr.host() == "localhost" || addr.ip().is_some_and(|ip| ip.to_canonical().is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn grammar_admits_names_and_addresses_only() {
        for good in [
            "a:1",
            "localhost:4000",
            "10.0.0.1:65535",
            "[2001:db8::1]:4000",
            "n-1.example.org.:80",
            "my_host:9",
        ] {
            assert_eq!(good.parse::<Addr>().unwrap().as_str(), good);
        }
        for bad in [
            "",
            ":1",
            "host",
            "host:",
            "host:0",
            "host:65536",
            "host:+80",
            "user:pw@host:80",
            "host/x:80",
            "host?x=1#:80",
            "host#:80",
            "host%3F:80",
            "2001:db8::1:4000",
            "[::1]",
            "[fe80::1%eth0]:80",
            "a b:80",
            "a..b:80",
            "h\u{f6}st:80",
            "host:80 ",
        ] {
            assert!(bad.parse::<Addr>().is_err(), "{bad:?} must not parse");
        }
    }

    #[test]
    fn forbidden_targets_stay_forbidden_in_every_spelling() {
        for bad in [
            "0.0.0.0",
            "::",
            "169.254.169.254",
            "::ffff:169.254.169.254",
            "fe80::1",
            "224.0.0.1",
            "255.255.255.255",
            "ff02::1",
            "fd00:ec2::254",
            "100.100.100.200",
        ] {
            assert!(may_contact(bad.parse().unwrap(), true).is_err(), "{bad}");
        }
        assert_eq!(
            may_contact("::ffff:127.0.0.1".parse().unwrap(), false),
            Err(Forbidden::Loopback)
        );
        assert_eq!(may_contact("127.0.0.1".parse().unwrap(), true), Ok(()));
        assert_eq!(may_contact("10.1.2.3".parse().unwrap(), false), Ok(()));
    }
}
