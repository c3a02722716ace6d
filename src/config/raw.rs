//! What may be written: every value still as it was typed, so that the rules of `validate.rs` can quote it.

use std::collections::BTreeMap;
use std::fmt;

use serde::Deserialize;
use serde::de::{self, Deserializer, SeqAccess, Visitor};

/// The configuration as written, whatever it came from.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct RawConfig {
    pub(super) node: RawNode,
    pub(super) election: RawElection,
    pub(super) provider: RawProvider,
    pub(super) address: Vec<RawAddress>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct RawNode {
    pub(super) bind_interface: Option<Scalar>,
    pub(super) bind_port: Option<Scalar>,
    pub(super) advertise_addr: Option<Scalar>,
    pub(super) seeds: Option<List>,
    pub(super) role: Option<Scalar>,
    pub(super) preference: Option<Scalar>,
    pub(super) discovery: Option<List>,
    pub(super) discovery_interval: Option<Scalar>,
    pub(super) loop_rate: Option<Scalar>,
    pub(super) core_dumps: Option<Scalar>,
    pub(super) state_dir: Option<Scalar>,
    pub(super) admin_socket: Option<Scalar>,
    pub(super) admin_token: Option<Scalar>,
    pub(super) admin_token_file: Option<Scalar>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct RawElection {
    pub(super) profile: Option<Scalar>,
    pub(super) mode: Option<Scalar>,
    pub(super) voters: Option<List>,
    pub(super) on_lone_silence: Option<Scalar>,
    pub(super) preference_hold: Option<Scalar>,
    pub(super) watch: Option<Scalar>,
    pub(super) beat: Option<Scalar>,
    pub(super) poll_interval: Option<Scalar>,
    pub(super) reference_poll_interval: Option<Scalar>,
    pub(super) poll_timeout: Option<Scalar>,
    pub(super) missed_polls: Option<Scalar>,
    pub(super) silence_after: Option<Scalar>,
    pub(super) polled_silence_after: Option<Scalar>,
    pub(super) lone_wait: Option<Scalar>,
    pub(super) zombie_after: Option<Scalar>,
    pub(super) join_window: Option<Scalar>,
    pub(super) alone_after: Option<Scalar>,
    pub(super) max_members: Option<Scalar>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct RawProvider {
    pub(super) kind: Option<Scalar>,
    pub(super) base_url: Option<Scalar>,
    pub(super) metadata_base: Option<Scalar>,
    pub(super) target: Option<Scalar>,
    pub(super) ca_file: Option<Scalar>,
    pub(super) options: BTreeMap<String, Scalar>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct RawAddress {
    pub(super) id: Option<Scalar>,
    pub(super) on_stranger: Option<Scalar>,
    pub(super) probe: Option<Scalar>,
}

/// One value: text, or the text of a number or boolean. Flags and environment variables are always text, files need not be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Scalar(pub(super) String);

/// Several values: an array, or text with commas.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct List(pub(super) Vec<Scalar>);

struct ScalarVisitor;

impl Visitor<'_> for ScalarVisitor {
    type Value = Scalar;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("text or a number")
    }

    fn visit_bool<E: de::Error>(self, v: bool) -> Result<Scalar, E> {
        Ok(Scalar(v.to_string()))
    }

    fn visit_i64<E: de::Error>(self, v: i64) -> Result<Scalar, E> {
        Ok(Scalar(v.to_string()))
    }

    fn visit_u64<E: de::Error>(self, v: u64) -> Result<Scalar, E> {
        Ok(Scalar(v.to_string()))
    }

    fn visit_f64<E: de::Error>(self, v: f64) -> Result<Scalar, E> {
        Ok(Scalar(v.to_string()))
    }

    fn visit_str<E: de::Error>(self, v: &str) -> Result<Scalar, E> {
        Ok(Scalar(v.to_owned()))
    }
}

impl<'de> Deserialize<'de> for Scalar {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ScalarVisitor)
    }
}

struct ListVisitor;

impl<'de> Visitor<'de> for ListVisitor {
    type Value = List;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an array of texts, or one text with commas")
    }

    fn visit_str<E: de::Error>(self, v: &str) -> Result<List, E> {
        Ok(List(
            v.split(',').map(|part| Scalar(part.to_owned())).collect(),
        ))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<List, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = seq.next_element()? {
            list.push(item);
        }
        Ok(List(list))
    }
}

impl<'de> Deserialize<'de> for List {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ListVisitor)
    }
}
