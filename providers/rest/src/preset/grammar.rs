//! What an address or a target may look like.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::str::FromStr;

use crate::base_url;

/// The form of an identity. Checked before anything is sent: a typing mistake is told at once, and nothing odd gets into a URL.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Grammar {
    Ip,
    Ipv4,
    Ipv6,
    Number,
    Uuid,
    /// Letters, digits, `.`, `_` and `-`: what clouds call a name or an id.
    Name,
    /// Six pairs of hexadecimal digits with colons, in lower case.
    Mac,
    /// An `https://` or `http://` URL.
    Url,
    /// Anything on one line that is not empty.
    Text,
}

impl Grammar {
    const ALL: [(&'static str, Self); 9] = [
        ("ip", Self::Ip),
        ("ipv4", Self::Ipv4),
        ("ipv6", Self::Ipv6),
        ("number", Self::Number),
        ("uuid", Self::Uuid),
        ("name", Self::Name),
        ("mac", Self::Mac),
        ("url", Self::Url),
        ("text", Self::Text),
    ];

    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let found = Self::ALL.iter().find(|(name, _)| *name == text);
        found.map(|(_, grammar)| *grammar).ok_or_else(|| {
            format!(
                "expected one of {}",
                Self::ALL.map(|(name, _)| name).join(", ")
            )
        })
    }

    /// What it demands, for a person.
    pub(crate) const fn rule(self) -> &'static str {
        match self {
            Self::Ip => {
                "must be an IP address in its usual spelling, such as 203.0.113.7 or 2001:db8::7"
            }
            Self::Ipv4 => "must be an IPv4 address",
            Self::Ipv6 => "must be an IPv6 address in its usual spelling, such as 2001:db8::7",
            Self::Number => "must be a number",
            Self::Uuid => "must be a UUID in lower case",
            Self::Name => {
                "must consist of letters, digits, `.`, `_` and `-`, and begin with a letter or digit"
            }
            Self::Mac => "must be a MAC address in lower case, such as \"02:00:5e:10:00:01\"",
            Self::Url => "must be a URL that begins with https:// or http://",
            Self::Text => "must be one line of text, not empty",
        }
    }

    pub(crate) fn accepts(self, text: &str) -> bool {
        match self {
            Self::Ip => is_spelled::<IpAddr>(text),
            Self::Ipv4 => text.parse::<Ipv4Addr>().is_ok(),
            Self::Ipv6 => is_spelled::<Ipv6Addr>(text),
            Self::Number => is_number(text),
            Self::Uuid => is_uuid(text),
            Self::Name => is_name(text),
            Self::Mac => is_mac(text),
            Self::Url => base_url::parse(text).is_ok(),
            Self::Text => !text.trim().is_empty() && !text.chars().any(char::is_control),
        }
    }
}

/// Several forms, of which a value needs one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Grammars(pub(crate) Vec<Grammar>);

impl Grammars {
    pub(crate) fn check(&self, text: &str) -> Result<(), String> {
        if self.0.iter().any(|grammar| grammar.accepts(text)) {
            return Ok(());
        }
        Err(self.rules())
    }

    /// What it demands, for a person.
    pub(crate) fn rules(&self) -> String {
        let rules: Vec<&str> = self.0.iter().map(|grammar| grammar.rule()).collect();
        rules.join(", or ")
    }
}

/// One thing has one name: what is compared as text must be spelled as clouds answer it.
fn is_spelled<T: FromStr + ToString>(text: &str) -> bool {
    text.parse::<T>()
        .is_ok_and(|address| address.to_string() == text)
}

/// Decimal, as clouds write it: no sign, no leading zero, 64 bits.
fn is_number(text: &str) -> bool {
    text.bytes().all(|b| b.is_ascii_digit())
        && !text.starts_with('0')
        && text.parse::<u64>().is_ok()
}

fn is_uuid(text: &str) -> bool {
    let groups: Vec<&str> = text.split('-').collect();
    groups.iter().map(|group| group.len()).eq([8, 4, 4, 4, 12])
        && groups
            .concat()
            .bytes()
            .all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'))
}

fn is_mac(text: &str) -> bool {
    let is_pair = |pair: &str| {
        pair.len() == 2 && pair.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'))
    };
    text.split(':').count() == 6 && text.split(':').all(is_pair)
}

fn is_name(text: &str) -> bool {
    text.len() <= 255
        && text.starts_with(|c: char| c.is_ascii_alphanumeric())
        && text
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'-'))
}

#[cfg(test)]
mod tests {
    use super::Grammar;

    #[test]
    fn every_grammar_accepts_its_own_and_refuses_what_could_change_a_request() {
        let cases = [
            (Grammar::Ip, "2001:db8::7", "203.0.113.7/32"),
            (Grammar::Ipv4, "203.0.113.7", "203.0.113.07"),
            (Grammar::Ipv6, "2001:db8::7", "203.0.113.7"),
            (Grammar::Number, "3164444", "+3164444"),
            (
                Grammar::Uuid,
                "746c6152-2fa2-11ed-92d3-27aaa54e4988",
                "746c6152-2fa2-11ed-92d3-27aaa54e498/",
            ),
            (Grammar::Name, "eipalloc-0a1b2c", "../actions"),
            (Grammar::Mac, "da:45:ff:00:0c:d4", "DA:45:FF:00:0C:D4"),
            (
                Grammar::Url,
                "https://keystone.example.com:5000/v3",
                "keystone.example.com",
            ),
        ];
        for (grammar, good, bad) in cases {
            assert!(grammar.accepts(good), "{grammar:?} {good}");
            for bad in [
                bad,
                "",
                " ",
                "203.0.113.7/../..",
                "1 2",
                "7\r\nx: y",
                "%2e%2e",
            ] {
                assert!(!grammar.accepts(bad), "{grammar:?} {bad:?}");
            }
        }
        assert!(!Grammar::Number.accepts("007"));
        for other_spelling in ["2001:DB8::7", "2001:db8:0::7", "2001:0db8::7"] {
            assert!(!Grammar::Ip.accepts(other_spelling), "{other_spelling}");
            assert!(!Grammar::Ipv6.accepts(other_spelling), "{other_spelling}");
        }
        assert!(!Grammar::Uuid.accepts("746C6152-2fa2-11ed-92d3-27aaa54e4988"));
    }
}
