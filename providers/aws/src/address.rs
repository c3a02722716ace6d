//! What an address is on EC2, and how it is written.

use std::net::{Ipv4Addr, Ipv6Addr};

use les_provider::AddressId;

/// Route tables that one address may be in: each is a call of its own when the address moves.
const MAX_TABLES: usize = 16;

/// An address that can move.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// `eipalloc-0123…`, `203.0.113.7` or `tag:KEY=VALUE`.
    Elastic(Elastic),
    /// `private-ip:10.0.0.50`: a secondary private address.
    PrivateIp(Ipv4Addr),
    /// `route:10.99.0.1@rtb-0123…,rtb-4567…`: a /32 in these route tables.
    Route(Route),
    /// `ipv6:2001:db8::7`.
    Ipv6(Ipv6Addr),
}

/// How an Elastic IP is named.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Elastic {
    /// By its allocation id.
    Allocation(String),
    /// By itself.
    Public(Ipv4Addr),
    /// By a tag that no other one has.
    Tag { key: String, value: String },
}

/// A route to one address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Route {
    pub(crate) to: Ipv4Addr,
    /// In the order in which they are changed; at least one.
    pub(crate) tables: Vec<String>,
}

impl Route {
    /// As EC2 writes it.
    pub(crate) fn destination(&self) -> String {
        format!("{}/32", self.to)
    }
}

/// Whether an address is written as this provider understands it.
///
/// # Errors
/// What is wrong, and how it should be written.
pub fn check_address(address: &AddressId) -> Result<(), String> {
    Kind::parse(address).map(drop)
}

impl Kind {
    pub(crate) fn parse(address: &AddressId) -> Result<Self, String> {
        let text = address.0.as_str();
        if let Some(rest) = text.strip_prefix("private-ip:") {
            return ipv4(rest).map(Self::PrivateIp);
        }
        if let Some(rest) = text.strip_prefix("route:") {
            return route(rest).map(Self::Route);
        }
        if let Some(rest) = text.strip_prefix("ipv6:") {
            let parsed = rest.parse().map(Self::Ipv6);
            return parsed.map_err(|_| format!("{rest:?} is no IPv6 address"));
        }
        if let Some(rest) = text.strip_prefix("tag:") {
            let (key, value) = tag(rest)?;
            return Ok(Self::Elastic(Elastic::Tag { key, value }));
        }
        if is_id(text, "eipalloc-") {
            return Ok(Self::Elastic(Elastic::Allocation(text.to_owned())));
        }
        let public = text.parse().map(|ip| Self::Elastic(Elastic::Public(ip)));
        public.map_err(|_| {
            "is none that AWS has: an Elastic IP is written as eipalloc-…, as itself (203.0.113.7) or as tag:KEY=VALUE; others are \
             private-ip:10.0.0.50, route:10.99.0.1@rtb-… and ipv6:2001:db8::7"
                .to_owned()
        })
    }

    /// Requests that a move takes at most, readings aside.
    pub(crate) fn requests_of_a_move(&self) -> u32 {
        match self {
            Self::Elastic(_) | Self::PrivateIp(_) | Self::Ipv6(_) => 2,
            Self::Route(route) => u32::try_from(route.tables.len()).unwrap_or(u32::MAX),
        }
    }
}

/// `KEY=VALUE`; the value may hold further `=`.
pub(crate) fn tag(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((key, value)) if !key.is_empty() && !value.is_empty() => {
            Ok((key.to_owned(), value.to_owned()))
        }
        _ => Err(format!(
            "{text:?} is no tag: it is written as KEY=VALUE, neither of them empty"
        )),
    }
}

/// A resource's id as EC2 makes them.
pub(crate) fn is_id(text: &str, prefix: &str) -> bool {
    text.strip_prefix(prefix).is_some_and(|rest| {
        !rest.is_empty() && rest.len() <= 32 && rest.bytes().all(|b| b.is_ascii_hexdigit())
    })
}

fn ipv4(text: &str) -> Result<Ipv4Addr, String> {
    text.parse()
        .map_err(|_| format!("{text:?} is no IPv4 address"))
}

fn route(text: &str) -> Result<Route, String> {
    let (to, tables) = text
        .split_once('@')
        .ok_or("a route is written as route:10.99.0.1@rtb-…, with one or more route tables")?;
    let to = ipv4(to.strip_suffix("/32").unwrap_or(to))?;
    let tables: Vec<String> = tables.split(',').map(|t| t.trim().to_owned()).collect();
    if let Some(bad) = tables.iter().find(|table| !is_id(table, "rtb-")) {
        return Err(format!("{bad:?} is no route table's id (rtb-…)"));
    }
    let mut once = tables.clone();
    once.sort_unstable();
    once.dedup();
    if once.len() < tables.len() || tables.len() > MAX_TABLES {
        return Err(format!(
            "it names a route table twice, or more than {MAX_TABLES} of them"
        ));
    }
    Ok(Route { to, tables })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<Kind, String> {
        Kind::parse(&AddressId(text.to_owned()))
    }

    #[test]
    fn every_kind_is_understood() {
        let elastic = |e| Ok(Kind::Elastic(e));
        let of = |a, b, c, d| Ipv4Addr::new(a, b, c, d);
        assert_eq!(
            parse("eipalloc-0abc12"),
            elastic(Elastic::Allocation("eipalloc-0abc12".into()))
        );
        assert_eq!(
            parse("203.0.113.7"),
            elastic(Elastic::Public(of(203, 0, 113, 7)))
        );
        assert_eq!(
            parse("tag:Name=a=b"),
            elastic(Elastic::Tag {
                key: "Name".into(),
                value: "a=b".into()
            })
        );
        assert_eq!(
            parse("private-ip:10.0.0.50"),
            Ok(Kind::PrivateIp(of(10, 0, 0, 50)))
        );
        assert_eq!(
            parse("ipv6:2001:db8::7"),
            Ok(Kind::Ipv6("2001:db8::7".parse().unwrap()))
        );
        for written in [
            "route:10.99.0.1@rtb-0a,rtb-0b",
            "route:10.99.0.1/32@rtb-0a, rtb-0b",
        ] {
            assert_eq!(
                parse(written),
                Ok(Kind::Route(Route {
                    to: of(10, 99, 0, 1),
                    tables: vec!["rtb-0a".into(), "rtb-0b".into()]
                }))
            );
        }
    }

    #[test]
    fn what_is_wrong_is_said() {
        for (written, part) in [
            ("eipalloc-", "eipalloc-"),
            ("eipalloc-0xyz", "eipalloc-"),
            ("2001:db8::7", "ipv6:2001:db8::7"),
            ("", "Elastic IP"),
            ("tag:Name", "KEY=VALUE"),
            ("tag:Name=", "KEY=VALUE"),
            ("private-ip:10.0.0", "no IPv4"),
            ("ipv6:10.0.0.1", "no IPv6"),
            ("route:10.99.0.1", "rtb-"),
            ("route:10.99.0.0/24@rtb-0a", "no IPv4"),
            ("route:10.99.0.1@", "no route table"),
            ("route:10.99.0.1@rtb-0a,rtb-0a", "twice"),
        ] {
            let told = parse(written).unwrap_err();
            assert!(told.contains(part), "{written}: {told}");
        }
    }
}
