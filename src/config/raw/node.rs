//! `[node]`

use les_core::MAX_SEEDS;
use schemars::JsonSchema;
use serde::Deserialize;

use super::{List, Scalar};
use crate::admin::MAX_SOCKET_PATH;
use crate::config::limits::{self, default};
use crate::config::reference::values::{
    choice, duration, flag, list, optional, secret, socket, text, whole,
};

#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub(in crate::config) struct RawNode {
    /// The IP address of this machine to listen on, for the other nodes and for who asks for health or state. `0.0.0.0` is all of IPv4, `::` all of IPv4 and IPv6.
    #[schemars(transform = text("IP address", &default::BIND_INTERFACE.to_string()))]
    pub(in crate::config) bind_interface: Option<Scalar>,

    /// The port to listen on; `0` is any free one. The nodes talk plain HTTP without authentication: keep the port closed to everybody but the nodes.
    #[schemars(transform = whole(default::BIND_PORT, limits::Bounds { least: 0, most: u16::MAX }))]
    pub(in crate::config) bind_port: Option<Scalar>,

    /// The address at which the others reach this node, and its name in the cluster. `auto` is the IP by which this machine reaches the first of `node.seeds`
    /// (without one, whom `node.discovery` names first; else where the default route leads), with the port that it listens on. Unspecified, multicast and link-local
    /// addresses are refused.
    #[schemars(transform = text("`host:port`, or `auto`", "auto"))]
    pub(in crate::config) advertise_addr: Option<Scalar>,

    /// Where the other nodes are, as `host:port`. They are tried for as long as this node runs; this node may be among them, so that all nodes have the same list.
    #[schemars(transform = list("list of `host:port`", MAX_SEEDS as u64))]
    pub(in crate::config) seeds: Option<List>,

    /// `witness`: the node confirms and votes, and never leads. It needs no provider, and must have none.
    #[schemars(transform = choice(limits::ROLES))]
    pub(in crate::config) role: Option<Scalar>,

    /// This node's weight as a home of the addresses in calm times. When everything has been well for `election.preference_hold`, the leader hands over to the
    /// node of the highest weight. Equal on all nodes: the addresses stay where they are.
    #[schemars(transform = whole(0, limits::PREFERENCE))]
    pub(in crate::config) preference: Option<Scalar>,

    /// Where seeds are found besides `node.seeds`: `dns:NAME` asks for A and AAAA records, whose port is the one that this node listens on; `dns:NAME:PORT`
    /// says another. `dns:_NAME` asks for SRV records, which bring their ports. `tag:SELECTOR` and `label:SELECTOR` ask the provider for the machines that bear it, in the
    /// cloud's own grammar; `aws:tag:KEY=VALUE` is the same, of AWS only. A selector with a comma can be written in an array only. What was found is kept while nothing answers.
    #[schemars(transform = list("list of sources", limits::MAX_SOURCES as u64))]
    pub(in crate::config) discovery: Option<List>,

    /// From one discovery to the next; it is asked again sooner while one fails or finds nobody else.
    #[schemars(transform = duration(default::DISCOVERY_INTERVAL, limits::DISCOVERY_INTERVAL))]
    pub(in crate::config) discovery_interval: Option<Scalar>,

    /// How often the leader reads an address at rest. Each time is one API call for each address; where those would come to more than half of what the cloud
    /// allows, it is slower.
    #[schemars(transform = duration(default::LOOP_RATE, limits::LOOP_RATE))]
    pub(in crate::config) loop_rate: Option<Scalar>,

    /// Whether a crash leaves a core dump, as far as the system is set up for it. While 200 MB of it are written the others see the death a quarter of a second
    /// later, and it holds the provider's credentials.
    #[schemars(transform = flag(false))]
    pub(in crate::config) core_dumps: Option<Scalar>,

    /// Optional. The directory that keeps this node's id, and whether it is drained, over restarts. Under systemd it is the unit's `StateDirectory`; without one each start is a
    /// new installation, which is harmless unless machines are cloned.
    #[schemars(transform = optional("path"))]
    pub(in crate::config) state_dir: Option<Scalar>,

    /// Optional. The Unix socket by which `les handoff`, `les drain` and the other orders reach this node. Whoever may open it may give orders: its owner and root. Without
    /// this key it is `admin.sock` in the unit's `RuntimeDirectory` under systemd, else in `node.state_dir`, else there is none; `none` is none in any case. A socket
    /// that is written here and cannot be made keeps the node from starting.
    #[schemars(transform = socket(MAX_SOCKET_PATH))]
    pub(in crate::config) admin_socket: Option<Scalar>,

    /// Optional. A token of at least 16 ASCII characters without spaces, for the same orders over the HTTP port, under `/admin`. It is refused in a configuration file: set
    /// the environment variable, or give it as a systemd credential of that name, or name a file in `node.admin_token_file`. Without any of them `/admin` does not exist.
    #[schemars(transform = secret())]
    pub(in crate::config) admin_token: Option<Scalar>,

    /// Optional. A file with the token of `node.admin_token`, which must not be given as well.
    #[schemars(transform = optional("path"))]
    pub(in crate::config) admin_token_file: Option<Scalar>,
}
