//! A fake Neutron: floating IPs and ports. The bodies are those of the real one (tests/openstack).

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, StatusCode};
use les_provider::memory::{Asked, Reading, Refusal};
use les_provider::{AddressId, ErrorKind, Operation, Target};
use serde_json::{Value, json};

use super::super::refused::{self, Wording};
use super::super::stage::{fixture, header};
use super::fake::{FIP, IP, ME, OpenStack, SERVER};

/// Ports with a peculiarity: one whose address bears another floating IP, one behind no router, one with two addresses.
pub(super) const TAKEN: &str = "00000000-0000-4000-8000-0000000000c1";
pub(super) const WITHOUT_ROUTER: &str = "00000000-0000-4000-8000-0000000000c2";
pub(super) const WITH_TWO_ADDRESSES: &str = "00000000-0000-4000-8000-0000000000c3";
pub(super) const SECOND_ADDRESS: &str = "10.0.0.77";

/// How Neutron words its refusals, and Keystone's filter before it.
pub(super) struct Neutron;

type Refused = refused::Refused<Neutron>;
type Answer = refused::Answer<Neutron>;

impl Refused {
    fn recorded(status: StatusCode, file: &str, kind: ErrorKind) -> Self {
        Self::new(status, fixture(&format!("openstack/{file}")), kind)
    }

    fn saying(status: StatusCode, name: &str, message: &str, kind: ErrorKind) -> Self {
        let body = json!({"NeutronError": {"type": name, "message": message, "detail": ""}});
        Self::new(status, body, kind)
    }

    fn invalid() -> Self {
        let kind = ErrorKind::Misconfigured;
        Self::recorded(StatusCode::BAD_REQUEST, "bad_port.json", kind)
    }
}

impl Wording for Neutron {
    fn refusal(refusal: Refusal) -> Refused {
        let (status, file) = match refusal {
            Refusal::NoSuchAddress => (StatusCode::NOT_FOUND, "unknown_floatingip.json"),
            Refusal::NoSuchTarget => (StatusCode::NOT_FOUND, "unknown_port.json"),
            Refusal::Changed => (StatusCode::PRECONDITION_FAILED, "stale_revision.json"),
            Refusal::TargetHasAddress | Refusal::Locked | Refusal::Held => {
                (StatusCode::CONFLICT, "port_has_another.json")
            }
        };
        Refused::recorded(status, file, refusal.kind())
    }
    fn denied() -> Refused {
        let kind = ErrorKind::Denied;
        Refused::recorded(StatusCode::UNAUTHORIZED, "refused_token.json", kind)
    }
    fn by_fault(kind: ErrorKind) -> Refused {
        let status = match kind {
            ErrorKind::Throttled { .. } => StatusCode::TOO_MANY_REQUESTS,
            _ => StatusCode::SERVICE_UNAVAILABLE,
        };
        Refused::new(status, Value::Null, kind)
    }
}

type Query_ = Query<BTreeMap<String, String>>;

impl OpenStack {
    fn asked<'a>(
        &self,
        operation: Operation,
        headers: &HeaderMap,
        address: Option<&'a AddressId>,
        target: Option<&'a Target>,
    ) -> Asked<'a> {
        // A call that the access rules do not allow is answered as a bad token is.
        let allowed = !(self.read_only && operation.writes());
        Asked {
            operation,
            address,
            target,
            admitted: allowed && self.tokens.admit(headers),
        }
    }

    fn shown(&self, address: &AddressId, reading: &Reading) -> Value {
        let mut body = match &reading.holder {
            Some(holder) => {
                let mut held = fixture("openstack/floatingip_held.json");
                held["floatingip"]["port_id"] = holder.0.clone().into();
                held
            }
            None => fixture("openstack/floatingip_free.json"),
        };
        body["floatingip"]["id"] = address.0.clone().into();
        body["floatingip"]["floating_ip_address"] = IP.into();
        body["floatingip"]["revision_number"] = reading.version.into();
        if self.without_revisions {
            let shown = body["floatingip"].as_object_mut().expect("an object");
            shown.remove("revision_number");
        }
        body
    }
}

/// `GET /v2.0/floatingips?…`
pub(super) async fn list(
    State(openstack): State<OpenStack>,
    Query(query): Query_,
    headers: HeaderMap,
) -> Answer {
    let asked = openstack.asked(Operation::Locate, &headers, None, None);
    let found = match (query.get("floating_ip_address"), query.get("id")) {
        (Some(ip), None) => ip == IP,
        (None, Some(id)) => id == FIP,
        _ => return Err(Refused::invalid()),
    };
    let work = async |_, _| -> Answer {
        let mut ids = Vec::new();
        if found {
            ids.push(json!({"id": FIP}));
        }
        Ok(Json(json!({ "floatingips": ids })))
    };
    openstack.cloud.receive(asked, work).await
}

/// `GET /v2.0/floatingips/{id}`
pub(super) async fn describe(
    State(openstack): State<OpenStack>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Answer {
    let address = AddressId(id);
    let asked = openstack.asked(Operation::Observe, &headers, Some(&address), None);
    let work = async |_, passage| -> Answer {
        let reading = openstack.cloud.reading(&address, passage)?;
        Ok(Json(openstack.shown(&address, &reading)))
    };
    openstack.cloud.receive(asked, work).await
}

/// Exactly `{"floatingip": {"port_id": text or null}}`, with a fixed address if need be.
fn wanted(body: &Value) -> Result<(Option<Target>, Option<&str>), Refused> {
    let fixed = body["floatingip"]["fixed_ip_address"].as_str();
    let port = &body["floatingip"]["port_id"];
    let exact = match fixed {
        None => json!({"floatingip": {"port_id": port}}),
        Some(fixed) => json!({"floatingip": {"port_id": port, "fixed_ip_address": fixed}}),
    };
    match port {
        _ if *body != exact => Err(Refused::invalid()),
        Value::Null if fixed.is_none() => Ok((None, None)),
        Value::String(port) => Ok((Some(Target(port.clone())), fixed)),
        _ => Err(Refused::invalid()),
    }
}

/// The revision that the write goes by. As the real one does, the fake ignores a header of another form.
fn expected(headers: &HeaderMap) -> Option<u64> {
    let text = header(headers, "if-match")?;
    text.strip_prefix("revision_number=")?.parse().ok()
}

fn peculiar(port: &str, fixed: Option<&str>) -> Result<(), Refused> {
    let gateway = "ExternalGatewayForFloatingIPNotFound";
    match (port, fixed) {
        (TAKEN, _) => Err(Refusal::TargetHasAddress.into()),
        (WITHOUT_ROUTER, _) => Err(Refused::saying(
            StatusCode::NOT_FOUND,
            gateway,
            "External network is not reachable from subnet.",
            ErrorKind::Misconfigured,
        )),
        (WITH_TWO_ADDRESSES, None) => Err(Refused::saying(
            StatusCode::BAD_REQUEST,
            "BadRequest",
            "Bad floatingip request: Port has multiple fixed IPv4 addresses. Must provide a specific IPv4 address when assigning a floating IP.",
            ErrorKind::Misconfigured,
        )),
        (WITH_TWO_ADDRESSES, Some(fixed)) if fixed != SECOND_ADDRESS => Err(Refused::invalid()),
        _ => Ok(()),
    }
}

/// `PUT /v2.0/floatingips/{id}`
pub(super) async fn update(
    State(openstack): State<OpenStack>,
    Path(id): Path<String>,
    headers: HeaderMap,
    Json(body): Json<Value>,
) -> Answer {
    let address = AddressId(id);
    let (to, fixed) = wanted(&body)?;
    let operation = if to.is_some() {
        Operation::Assign
    } else {
        Operation::Release
    };
    let asked = openstack.asked(operation, &headers, Some(&address), to.as_ref());
    openstack.note(header(&headers, "if-match"));
    let work = async |call, passage| -> Answer {
        if let Some(port) = &to {
            peculiar(&port.0, fixed)?;
        }
        let cloud = &openstack.cloud;
        cloud
            .carry_out::<Refused>(call, &address, to.as_ref(), expected(&headers), passage)
            .await?;
        let reading = cloud.with(|world, _| world.read(&address))?;
        Ok(Json(openstack.shown(&address, &reading)))
    };
    openstack.cloud.receive(asked, work).await
}

/// `GET /v2.0/ports?…`: the machine's one port, or two in networks of their own.
pub(super) async fn ports(
    State(openstack): State<OpenStack>,
    Query(query): Query_,
    headers: HeaderMap,
) -> Answer {
    let asked = openstack.asked(Operation::Target, &headers, None, None);
    let work = async |_, _| -> Answer {
        let networks = &openstack.networks;
        let known = query.get("device_id").is_some_and(|id| id == SERVER);
        let is_asked = |network: &str| query.get("network_id").is_none_or(|asked| asked == network);
        let ports: Vec<Value> = networks
            .iter()
            .enumerate()
            .filter(|(_, network)| known && is_asked(network))
            .map(|(number, _)| match number {
                0 => json!({"id": ME}),
                _ => json!({"id": format!("00000000-0000-4000-8000-0000000000b{number}")}),
            })
            .collect();
        Ok(Json(json!({ "ports": ports })))
    };
    openstack.cloud.receive(asked, work).await
}
