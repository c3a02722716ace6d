//! `[provider]` and `[[address]]`

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

use super::Scalar;
use crate::config::limits;
use crate::config::reference::values::{choice, id, optional, text, url};

#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub(in crate::config) struct RawProvider {
    /// Which cloud: `none` (elect and serve, move nothing), `aws`, the name of a preset that is built in (`les preset list`), or the path of one of your own: whatever has a
    /// `/` in it or ends in `.toml`.
    #[schemars(transform = text("text", "none"))]
    pub(in crate::config) kind: Option<Scalar>,

    /// Optional. Where the cloud's API is, instead of what the preset says: for a proxy, or a simulated cloud.
    #[schemars(transform = url())]
    pub(in crate::config) base_url: Option<Scalar>,

    /// Optional. Where the machine's metadata service is, instead of what the preset says.
    #[schemars(transform = url())]
    pub(in crate::config) metadata_base: Option<Scalar>,

    /// This node in the cloud's terms, such as a droplet's id; `auto` asks the machine's metadata service.
    #[schemars(transform = id("auto"))]
    pub(in crate::config) target: Option<Scalar>,

    /// Optional. A file with certificates (PEM) that are trusted besides the system's, for the cloud's API only.
    #[schemars(transform = optional("path"))]
    pub(in crate::config) ca_file: Option<Scalar>,

    /// Optional. What the preset lets you set, by its own names: `[provider.options]`, with lines such as `zone = "fr-par-1"`. `les preset lint NAME` lists them.
    #[schemars(title = "table of texts")]
    pub(in crate::config) options: BTreeMap<String, Scalar>,
}

#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
#[schemars(extend("required" = ["id"]))]
pub(in crate::config) struct RawAddress {
    /// Required. The address as the cloud names it: the IP itself for most, `eipalloc-…` for an Elastic IP of AWS. Each address once. It needs a provider that can move it.
    #[schemars(transform = optional("text"))]
    pub(in crate::config) id: Option<Scalar>,

    /// What to do when a machine outside the cluster holds it: `repair` takes it back, at most once an hour; `always` at most once a minute; both only if no member
    /// can be hidden behind that machine. `report` only says so.
    #[schemars(transform = choice(limits::ON_STRANGER))]
    pub(in crate::config) on_stranger: Option<Scalar>,

    /// Optional. How to see whether the address itself answers: `tcp:PORT` is a connection to that port of the address (whose id must be an IP), `tcp:HOST:PORT` one to somewhere
    /// else, `http://HOST[:PORT][/PATH]` a GET that is answered with a status below 500. While it answers, a node that hears nobody else leaves it to a silent leader.
    #[schemars(transform = optional("`tcp:PORT`, `tcp:HOST:PORT` or `http://HOST[:PORT][/PATH]`"))]
    pub(in crate::config) probe: Option<Scalar>,
}
