//! Where an address can be: a network interface and one of its private addresses.

use std::fmt;
use std::net::Ipv4Addr;

use les_provider::Target;

use crate::address::is_id;

/// An interface and a private address of it, written as `eni-0123…/10.0.0.5`. Not the instance: EC2 takes that only where there is one interface, and an
/// Elastic IP on the wrong private address of the right interface serves nobody.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Place {
    pub(crate) interface: String,
    pub(crate) private: Ipv4Addr,
}

impl Place {
    /// From its written form.
    pub(crate) fn parse(target: &Target) -> Option<Self> {
        let (interface, private) = target.0.split_once('/')?;
        is_id(interface, "eni-").then_some(())?;
        Some(Self {
            interface: interface.to_owned(),
            private: private.parse().ok()?,
        })
    }

    pub(crate) fn target(&self) -> Target {
        Target(self.to_string())
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.interface, self.private)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_read_as_it_is_written() {
        let target = Target("eni-0ab1/10.0.0.5".into());
        assert_eq!(Place::parse(&target).unwrap().target(), target);
        for bad in ["eni-0ab1", "i-0ab1/10.0.0.5", "eni-0ab1/x", "/10.0.0.5", ""] {
            assert_eq!(Place::parse(&Target(bad.into())), None, "{bad}");
        }
    }
}
