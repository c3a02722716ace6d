//! What can be configured.

use std::collections::BTreeMap;
use std::net::Ipv4Addr;
use std::path::PathBuf;
use std::time::Duration;

use les_provider::Target;

use crate::address::is_id;
use crate::place::Place;

/// The keys of `[provider.options]`, each with what it says.
pub const OPTIONS: [(&str, &str); 3] = [
    (
        "region",
        "the region; without it AWS_REGION, the profile's, or the instance's own",
    ),
    (
        "device_index",
        "which of the instance's interfaces holds the addresses, by its device index; 0 is the primary one",
    ),
    (
        "private_address",
        "which private address Elastic IPs are bound to; without it the interface's primary one",
    ),
];

/// Which interface and private address this node offers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wanted {
    /// `eni-…`, by `provider.target`.
    pub interface: Option<String>,
    /// By its number on the instance; 0 is the primary one.
    pub device_index: Option<u32>,
    /// The private address of Elastic IPs; without it the interface's primary one.
    pub private: Option<Ipv4Addr>,
}

/// What a provider is made of. Credentials are not in here: the SDK finds them.
#[derive(Clone, Debug)]
pub struct Options {
    /// Where addresses are to be.
    pub wanted: Wanted,
    /// The region, if it is configured.
    pub region: Option<String>,
    /// Instead of EC2's own URL.
    pub base_url: Option<String>,
    /// Instead of the metadata service's own URL.
    pub metadata_base: Option<String>,
    /// Certificates, in PEM, that are trusted besides the system's.
    pub ca_file: Option<PathBuf>,
    /// How long a connection may take to come to be.
    pub connect_timeout: Duration,
    /// How long a request may take, its connection included.
    pub request_timeout: Duration,
    /// How long a call may take, with all its requests.
    pub call_timeout: Duration,
    /// How many instances one page of a discovery has; EC2 takes 5 to 1000.
    pub page: i32,
    /// For so long after the start a refusal of the credentials may be IAM's lag, and is tried again soon.
    pub grace: Duration,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            wanted: Wanted::default(),
            region: None,
            base_url: None,
            metadata_base: None,
            ca_file: None,
            connect_timeout: Duration::from_secs(2),
            request_timeout: Duration::from_secs(5),
            call_timeout: Duration::from_secs(15),
            page: 1000,
            grace: Duration::from_secs(300),
        }
    }
}

/// The configuration cannot work.
#[derive(Debug, thiserror::Error)]
pub enum BuildError {
    /// There is no such option.
    #[error("there is no such option: AWS has {}", names())]
    UnknownOption {
        /// As it was written.
        option: String,
    },
    /// An option's value does not fit.
    #[error("{rule}")]
    Setting {
        /// Which one.
        option: &'static str,
        /// What it must be.
        rule: String,
    },
    /// `provider.target` is none of EC2's.
    #[error(
        "it is an interface (eni-0123…), or one with a private address (eni-0123…/10.0.0.5), or \"auto\""
    )]
    Target,
    /// The target and the options name two interfaces or addresses.
    #[error("provider.target names it already: leave out {option}")]
    Twice {
        /// The option that is one too many.
        option: &'static str,
    },
    /// The certificates cannot be used.
    #[error("the certificates cannot be read: {problem}")]
    CaFile {
        /// Why.
        problem: String,
    },
    /// A URL cannot be used.
    #[error("{rule}")]
    Url {
        /// `base_url` or `metadata_base`.
        key: &'static str,
        /// What it must be.
        rule: &'static str,
    },
}

fn names() -> String {
    OPTIONS.map(|(name, _)| name).join(", ")
}

impl Options {
    /// Takes `provider.target` (`None` is `auto`) and `[provider.options]`.
    ///
    /// # Errors
    /// [`BuildError`], but those about files and URLs.
    pub fn configure(
        mut self,
        target: Option<&str>,
        options: &BTreeMap<String, String>,
    ) -> Result<Self, BuildError> {
        for (name, value) in options {
            match name.as_str() {
                "region" => self.region = Some(region(value)?),
                "device_index" => self.wanted.device_index = Some(device_index(value)?),
                "private_address" => self.wanted.private = Some(private_address(value)?),
                _ => {
                    let option = name.clone();
                    return Err(BuildError::UnknownOption { option });
                }
            }
        }
        let Some(target) = target else {
            return Ok(self);
        };
        if self.wanted.device_index.is_some() {
            let option = "device_index";
            return Err(BuildError::Twice { option });
        }
        if is_id(target, "eni-") {
            self.wanted.interface = Some(target.to_owned());
            return Ok(self);
        }
        let place = Place::parse(&Target(target.to_owned())).ok_or(BuildError::Target)?;
        if self.wanted.private.is_some() {
            let option = "private_address";
            return Err(BuildError::Twice { option });
        }
        self.wanted.interface = Some(place.interface);
        self.wanted.private = Some(place.private);
        Ok(self)
    }
}

fn region(value: &str) -> Result<String, BuildError> {
    let plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
    if !value.is_empty() && value.len() <= 64 && value.bytes().all(plain) {
        Ok(value.to_owned())
    } else {
        let rule = "a region is written as eu-central-1".to_owned();
        Err(BuildError::Setting {
            option: "region",
            rule,
        })
    }
}

fn device_index(value: &str) -> Result<u32, BuildError> {
    value.parse().map_err(|_| BuildError::Setting {
        option: "device_index",
        rule: "a device index is a number: 0 is the primary interface".to_owned(),
    })
}

fn private_address(value: &str) -> Result<Ipv4Addr, BuildError> {
    value.parse().map_err(|_| BuildError::Setting {
        option: "private_address",
        rule: "it is an IPv4 address of the interface".to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn configure(target: Option<&str>, options: &[(&str, &str)]) -> Result<Wanted, BuildError> {
        let options = options
            .iter()
            .map(|(k, v)| ((*k).to_owned(), (*v).to_owned()))
            .collect();
        Options::default()
            .configure(target, &options)
            .map(|o| o.wanted)
    }

    #[test]
    fn an_interface_and_an_address_can_be_chosen() {
        let ip = Some(Ipv4Addr::new(10, 0, 0, 5));
        let eni = Some("eni-0a".to_owned());
        let wanted = |interface, device_index, private| Wanted {
            interface,
            device_index,
            private,
        };
        assert_eq!(configure(None, &[]).unwrap(), Wanted::default());
        assert_eq!(
            configure(Some("eni-0a/10.0.0.5"), &[]).unwrap(),
            wanted(eni.clone(), None, ip)
        );
        assert_eq!(
            configure(Some("eni-0a"), &[("private_address", "10.0.0.5")]).unwrap(),
            wanted(eni, None, ip)
        );
        assert_eq!(
            configure(
                None,
                &[("device_index", "1"), ("private_address", "10.0.0.5")]
            )
            .unwrap(),
            wanted(None, Some(1), ip)
        );
    }

    #[test]
    fn what_is_wrong_is_said() {
        for (target, options, part) in [
            (Some("i-0123"), &[][..], "eni-0123"),
            (
                Some("eni-0a"),
                &[("device_index", "1")][..],
                "leave out device_index",
            ),
            (
                Some("eni-0a/10.0.0.5"),
                &[("private_address", "10.0.0.5")][..],
                "leave out private_address",
            ),
            (
                None,
                &[("zone", "x")][..],
                "region, device_index, private_address",
            ),
            (None, &[("region", "EU Central")][..], "eu-central-1"),
            (None, &[("device_index", "eth1")][..], "is a number"),
            (None, &[("private_address", "::1")][..], "IPv4"),
        ] {
            let told = configure(target, options).unwrap_err().to_string();
            assert!(told.contains(part), "{told}");
        }
    }
}
