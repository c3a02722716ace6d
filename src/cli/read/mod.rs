//! How `les status`, `les why` and `les events` read a running node over its HTTP port, and `les health` asks it.

mod body;
#[cfg(test)]
pub(super) mod fake;
mod http;
mod text;
mod trouble;

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::process::ExitCode;
use std::time::Duration;

use clap::Args;
use hyper::{StatusCode, Uri};
use les::words::chain;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

pub(super) use body::{
    AddressPart, EventPart, EventsPage, LostPart, MemberPart, ProviderPart, StatusPage, WhyPage,
};
pub(super) use http::{Bounds, get};
pub(super) use text::{age, height, moment, printable, seconds, width, wrap};
pub(super) use trouble::Unread;

use super::EXIT_CONFIG;
use super::admin::host_of;
use super::settings::SettingsArgs;

/// A node answers within milliseconds; one that is slower than this has no time to say so.
const PATIENCE: Duration = Duration::from_secs(5);
/// Bytes of an answer: 1,024 members or 1,000 events, of 2 kB each.
const MAX_BODY_BYTES: usize = 2 * 1024 * 1024;

/// Where the node is to be found.
#[derive(Debug, Args)]
pub(super) struct PlaceArgs {
    #[command(flatten)]
    settings: SettingsArgs,
    /// The node's HTTP port [default: as configured, on this machine]
    #[arg(long, value_name = "http://HOST:PORT", conflicts_with = "config")]
    url: Option<Uri>,
}

impl PlaceArgs {
    /// The node, or what is wrong with the command line or the configuration.
    fn find(&self) -> Result<Reader, String> {
        if let Some(url) = &self.url {
            return Ok(Reader::new(host_of(url)?));
        }
        // Not the whole configuration: whoever asks has perhaps not all that completes it.
        let listens = self.settings.listens().map_err(|error| chain(&error))?;
        if listens.port() == 0 {
            return Err(
                "the node listens on any free port (node.bind_port is 0): its log names it, and --url http://HOST:PORT asks there".to_owned(),
            );
        }
        Ok(Reader::new(reachable(listens).to_string()))
    }
}

/// Where a node of this machine that listens at `bound` can be asked.
pub(super) const fn reachable(bound: SocketAddr) -> SocketAddr {
    let ip = match bound.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => IpAddr::V4(Ipv4Addr::LOCALHOST),
        IpAddr::V6(ip) if ip.is_unspecified() => IpAddr::V6(Ipv6Addr::LOCALHOST),
        ip => ip,
    };
    SocketAddr::new(ip, bound.port())
}

/// Finds the node and runs `command` with it. What is wrong with the command line is said here, and what could not be read.
pub(super) fn run(
    place: &PlaceArgs,
    command: impl AsyncFnOnce(&Reader) -> anyhow::Result<ExitCode>,
) -> anyhow::Result<ExitCode> {
    let reader = match place.find() {
        Ok(reader) => reader,
        Err(problem) => return Ok(wrong(&problem)),
    };
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    runtime.block_on(command(&reader))
}

/// Says what is wrong with the command line or the configuration.
pub(super) fn wrong(problem: &str) -> ExitCode {
    eprintln!("les: {problem}");
    ExitCode::from(EXIT_CONFIG)
}

/// Reads one node.
#[derive(Debug)]
pub(super) struct Reader {
    host: String,
    bounds: Bounds,
}

/// What a node answered.
#[derive(Debug)]
pub(super) struct Page<T> {
    /// Fit to be shown: without control characters, whoever wrote them.
    pub(super) body: T,
    /// As it came.
    pub(super) json: String,
}

/// How a node says no.
#[derive(Deserialize)]
struct RefusedBody {
    why: String,
}

impl Reader {
    pub(super) const fn new(host: String) -> Self {
        Self {
            host,
            bounds: Bounds {
                patience: PATIENCE,
                body_bytes: MAX_BODY_BYTES,
            },
        }
    }

    /// The same with another patience.
    pub(super) fn within(&self, patience: Duration) -> Self {
        let mut other = Self::new(self.host.clone());
        other.bounds.patience = patience;
        other
    }

    /// Asks for `path`.
    pub(super) async fn page<T: DeserializeOwned>(&self, path: &str) -> Result<Page<T>, Unread> {
        let (status, bytes) = get(&self.host, path, self.bounds).await?;
        let value: Option<Value> = serde_json::from_slice(&bytes).ok();
        let host = self.host.clone();
        match value {
            Some(mut value) if status.is_success() => {
                make_showable(&mut value);
                let body = serde_json::from_value(value);
                Ok(Page {
                    body: body.map_err(|source| Unread::NotUnderstood { host, source })?,
                    json: String::from_utf8_lossy(&bytes).trim_end().to_owned(),
                })
            }
            None if status != StatusCode::NOT_FOUND => Err(Unread::NotLes { host, status }),
            value => match value.map(serde_json::from_value::<RefusedBody>) {
                Some(Ok(RefusedBody { why })) => Err(Unread::Refused {
                    host,
                    status,
                    why: printable(&why),
                }),
                Some(Err(_)) | None => Err(self.who_is_it(path, status).await),
            },
        }
    }

    /// What answers there, if it does not know `path`?
    async fn who_is_it(&self, path: &str, status: StatusCode) -> Unread {
        let host = self.host.clone();
        let path = path.split('?').next().unwrap_or(path).to_owned();
        let page = match get(&host, "/diag/", self.bounds).await {
            Ok((status, page)) if status.is_success() => page,
            Ok(_) | Err(_) => return Unread::NotLes { host, status },
        };
        let page: Value = serde_json::from_slice(&page).unwrap_or_default();
        let version = page["les"]["version"].as_str().map(printable);
        match version {
            Some(version) => Unread::Older {
                host,
                version,
                path,
            },
            None if page["member_states"].is_object() => Unread::Reference { host, path },
            None => Unread::NotLes { host, status },
        }
    }
}

/// No text of a peer or a cloud moves the cursor of whoever reads it; and what is null is not there, wherever that is.
fn make_showable(value: &mut Value) {
    match value {
        Value::String(text) => *text = printable(text),
        Value::Array(items) => items.iter_mut().for_each(make_showable),
        Value::Object(fields) => {
            fields.retain(|_, value| !value.is_null());
            fields.values_mut().for_each(make_showable);
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

#[cfg(test)]
mod tests;
