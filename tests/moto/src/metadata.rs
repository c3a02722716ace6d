//! The instance metadata service of one machine, as IMDSv2: nothing without a token.

use std::sync::{Arc, Mutex, PoisonError};

use axum::Router;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::routing::{get, put};
use tokio::net::TcpListener;

use crate::ec2::Machine;

const TOKEN: &str = "a-token-of-the-metadata-service";

/// The credentials of the machine's role.
#[derive(Clone, Debug)]
pub struct Role {
    /// `AKIA…`
    pub key: String,
    /// To be shown nowhere.
    pub secret: String,
    /// To be shown nowhere either.
    pub token: String,
}

/// One interface as the service tells it.
#[derive(Clone, Debug)]
struct Interface {
    mac: String,
    id: String,
    device: usize,
    addresses: Vec<String>,
}

#[derive(Debug)]
struct Facts {
    instance: String,
    interfaces: Vec<Interface>,
    role: Option<Role>,
}

/// The service. It ends with the runtime that it was started on.
#[derive(Clone, Debug)]
pub struct Metadata {
    base: String,
    facts: Arc<Mutex<Facts>>,
}

impl Metadata {
    /// Of `machine`, with the credentials of its role if it has one.
    pub async fn start(machine: &Machine, role: Option<Role>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let facts = Arc::new(Mutex::new(Facts {
            instance: machine.instance.clone(),
            interfaces: Vec::new(),
            role,
        }));
        let metadata = Self {
            base: format!("http://{}", listener.local_addr().unwrap()),
            facts,
        };
        metadata.attach(&machine.interface, &[&machine.private]);
        let router = Router::new()
            .route("/latest/api/token", put(token))
            .route("/latest/meta-data/{*path}", get(told))
            .with_state(metadata.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        metadata
    }

    /// Where it listens.
    #[must_use]
    pub fn base(&self) -> String {
        self.base.clone()
    }

    /// A further interface, with its private addresses, the primary one first.
    pub fn attach(&self, interface: &str, addresses: &[&str]) {
        let mut facts = self.facts.lock().unwrap_or_else(PoisonError::into_inner);
        let device = facts.interfaces.len();
        facts.interfaces.push(Interface {
            mac: format!("02:00:00:00:00:{device:02x}"),
            id: interface.to_owned(),
            device,
            addresses: addresses.iter().map(|a| (*a).to_owned()).collect(),
        });
    }

    /// A further private address of an interface.
    pub fn add_address(&self, interface: &str, address: &str) {
        let mut facts = self.facts.lock().unwrap_or_else(PoisonError::into_inner);
        let mut interfaces = facts.interfaces.iter_mut();
        let interface = interfaces.find(|i| i.id == interface).unwrap();
        interface.addresses.push(address.to_owned());
    }

    /// From now on the role's credentials are these.
    pub fn set_role(&self, role: Option<Role>) {
        let mut facts = self.facts.lock().unwrap_or_else(PoisonError::into_inner);
        facts.role = role;
    }
}

async fn token(
    headers: HeaderMap,
) -> Result<([(&'static str, String); 1], &'static str), StatusCode> {
    let name = "x-aws-ec2-metadata-token-ttl-seconds";
    let ttl = headers.get(name).and_then(|value| value.to_str().ok());
    let ttl = ttl.ok_or(StatusCode::BAD_REQUEST)?.to_owned();
    Ok(([(name, ttl)], TOKEN))
}

async fn told(
    State(metadata): State<Metadata>,
    Path(path): Path<String>,
    headers: HeaderMap,
) -> Result<String, StatusCode> {
    let name = "x-aws-ec2-metadata-token";
    if headers.get(name).is_none_or(|token| token != TOKEN) {
        return Err(StatusCode::UNAUTHORIZED);
    }
    let facts = metadata
        .facts
        .lock()
        .unwrap_or_else(PoisonError::into_inner);
    let found = match path.trim_end_matches('/') {
        "instance-id" => Some(facts.instance.clone()),
        "placement/region" => Some("us-east-1".to_owned()),
        "mac" => facts.interfaces.first().map(|i| i.mac.clone()),
        "network/interfaces/macs" => Some(
            facts
                .interfaces
                .iter()
                .map(|i| format!("{}/\n", i.mac))
                .collect(),
        ),
        path => path
            .strip_prefix("network/interfaces/macs/")
            .and_then(|rest| of_interface(&facts, rest))
            .or_else(|| of_role(&facts, path)),
    };
    found.ok_or(StatusCode::NOT_FOUND)
}

fn of_interface(facts: &Facts, path: &str) -> Option<String> {
    let (mac, what) = path.split_once('/')?;
    let interface = facts.interfaces.iter().find(|i| i.mac == mac)?;
    match what {
        "interface-id" => Some(interface.id.clone()),
        "device-number" => Some(interface.device.to_string()),
        "local-ipv4s" => Some(interface.addresses.join("\n")),
        _ => None,
    }
}

fn of_role(facts: &Facts, path: &str) -> Option<String> {
    let role = facts.role.as_ref()?;
    match path.strip_prefix("iam/security-credentials")? {
        "" => Some("les".to_owned()),
        "/les" => Some(
            serde_json::json!({
                "Code": "Success",
                "Type": "AWS-HMAC",
                "AccessKeyId": role.key,
                "SecretAccessKey": role.secret,
                "Token": role.token,
                "LastUpdated": "2026-01-01T00:00:00Z",
                "Expiration": "2099-01-01T00:00:00Z",
            })
            .to_string(),
        ),
        _ => None,
    }
}
