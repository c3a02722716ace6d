//! `[[address]] probe`: how to see whether the shared address itself answers.

use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::str::FromStr as _;

use les_core::Addr;

use super::error::Rule;

/// What a probe of a shared address asks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ProbeTarget {
    /// A TCP connection that is accepted is an answer.
    Tcp(Addr),
    /// So is any HTTP response below 500 to a `GET`.
    Http {
        /// Where.
        addr: Addr,
        /// Path and query.
        path: String,
    },
}

impl ProbeTarget {
    /// Where the connection goes.
    #[must_use]
    pub const fn addr(&self) -> &Addr {
        match self {
            Self::Tcp(addr) | Self::Http { addr, .. } => addr,
        }
    }

    /// `tcp:PORT`, which is a port of the address `id`, `tcp:HOST:PORT`, or `http://HOST[:PORT][/PATH]`.
    pub(super) fn parse(written: &str, id: &str) -> Result<Self, Rule> {
        if let Some(port) = written.strip_prefix("tcp:") {
            if port.contains(':') {
                return Ok(Self::Tcp(Addr::from_str(port)?));
            }
            let port: u16 = port.parse().map_err(|_| Rule::NotAProbe)?;
            let ip: IpAddr = id.parse().map_err(|_| Rule::ProbeOfWhere { port })?;
            let addr = SocketAddr::new(ip, port).to_string();
            return Ok(Self::Tcp(Addr::from_str(&addr)?));
        }
        let rest = written.strip_prefix("http://").ok_or(Rule::NotAProbe)?;
        let (host, path) = match rest.find('/') {
            Some(at) => rest.split_at(at),
            None => (rest, "/"),
        };
        let has_port = host.rfind(':') > host.rfind(']');
        let addr = if has_port {
            host.to_owned()
        } else {
            format!("{host}:80")
        };
        let plain = path.bytes().all(|b| b.is_ascii_graphic());
        let path = Some(path.to_owned()).filter(|_| plain);
        Ok(Self::Http {
            addr: Addr::from_str(&addr)?,
            path: path.ok_or(Rule::NotAProbe)?,
        })
    }
}

impl fmt::Display for ProbeTarget {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Tcp(addr) => write!(f, "tcp:{addr}"),
            Self::Http { addr, path } => write!(f, "http://{addr}{path}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_probe_is_a_port_of_the_address_a_port_of_a_host_or_an_http_url() {
        for (written, id, means) in [
            ("tcp:443", "203.0.113.7", "tcp:203.0.113.7:443"),
            ("tcp:443", "2001:db8::7", "tcp:[2001:db8::7]:443"),
            (
                "tcp:www.example.org:443",
                "eipalloc-1",
                "tcp:www.example.org:443",
            ),
            ("http://203.0.113.7", "x", "http://203.0.113.7:80/"),
            (
                "http://203.0.113.7:8080/health?deep=1",
                "x",
                "http://203.0.113.7:8080/health?deep=1",
            ),
            ("http://[2001:db8::7]/", "x", "http://[2001:db8::7]:80/"),
        ] {
            let probe = ProbeTarget::parse(written, id).unwrap();
            assert_eq!(probe.to_string(), means);
        }
    }

    #[test]
    fn anything_else_is_refused() {
        for (written, id) in [
            ("tcp:443", "eipalloc-1"),
            ("tcp:", "203.0.113.7"),
            ("tcp:99999", "203.0.113.7"),
            ("https://203.0.113.7/", "203.0.113.7"),
            ("203.0.113.7:443", "203.0.113.7"),
            ("http://user@203.0.113.7/", "203.0.113.7"),
            ("http://203.0.113.7/a b", "203.0.113.7"),
        ] {
            assert!(ProbeTarget::parse(written, id).is_err(), "{written}");
        }
    }
}
