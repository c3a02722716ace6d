//! A fake Scaleway, written from its API's documentation; the bodies are those that its own SDK recorded.

use std::time::Duration;

use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::routing::get;
use axum::{Json, Router};
use les_provider::conformance::{Locking, Names};
use les_provider::memory::{Asked, Behaviour, MemoryCloud, Reading, Refusal};
use les_provider::{AddressId, ErrorKind, Operation, Target};
use les_provider_rest::{Preset, RestProvider};
use serde_json::{Value, json};

use super::super::refused::{self, Wording};
use super::super::stage::{Stage, Wiring, cloud, fixture, header, serve};
use super::super::two_calls::{Moment, Rival, TwoCalls};

pub(super) const KEY: &str = "5ecre7aa-0000-4000-8000-000000000001";
const WRONG: &str = "5ecre7bb-0000-4000-8000-000000000002";
pub(super) const ZONE: &str = "fr-par-1";
pub(super) const IP: &str = "51.15.236.240";
pub(super) const ME: &str = "699d9a45-968e-408e-bdd7-41546870c373";
pub(super) const OTHER: &str = "587c9223-8cd9-454a-8f28-368d947d122d";
pub(super) const RIVAL: &str = "ce52a219-3109-4a58-8936-ad015631725b";

pub(super) fn server(id: &str) -> Target {
    Target(id.to_owned())
}

/// How a fresh fake differs from the usual one.
#[derive(Clone, Copy)]
pub(super) struct Setting {
    pub(super) action_takes: Duration,
    /// The API takes an address from its present holder.
    pub(super) direct_moves: bool,
    /// An address that is held stays `pending`.
    pub(super) pending: bool,
    pub(super) rival: Option<Moment>,
    /// `provider.options`.
    pub(super) options: &'static [(&'static str, &'static str)],
}

pub(super) const USUAL: Setting = Setting {
    action_takes: Duration::ZERO,
    direct_moves: true,
    pending: false,
    rival: None,
    options: &[("zone", ZONE)],
};

#[derive(Clone)]
struct Scaleway {
    cloud: MemoryCloud,
    pending: bool,
    rival: Rival,
}

impl Scaleway {
    fn asked<'a>(
        operation: Operation,
        headers: &HeaderMap,
        address: Option<&'a AddressId>,
        target: Option<&'a Target>,
    ) -> Asked<'a> {
        Asked {
            operation,
            address,
            target,
            admitted: header(headers, "x-auth-token") == Some(KEY),
        }
    }

    fn ip(&self, address: &AddressId, reading: &Reading) -> Value {
        let mut body = fixture("scaleway/ip_detached.json");
        if let Some(Target(id)) = &reading.holder {
            body = fixture("scaleway/ip_attached.json");
            body["ip"]["server"]["id"] = id.clone().into();
            if self.pending {
                body["ip"]["state"] = "pending".into();
            }
        }
        body["ip"]["address"] = address.0.clone().into();
        body
    }
}

type Refused = refused::Refused<Scaleway>;
type Answer = refused::Answer<Scaleway>;

/// `{type, message, ...}`.
impl Wording for Scaleway {
    fn refusal(refusal: Refusal) -> Refused {
        let kind = refusal.kind();
        match refusal {
            Refusal::NoSuchAddress | Refusal::NoSuchTarget => {
                let resource = if refusal == Refusal::NoSuchTarget {
                    "instance_server"
                } else {
                    "instance_ip"
                };
                let body = json!({"type": "not_found", "message": "resource is not found", "resource": resource});
                Refused::new(StatusCode::NOT_FOUND, body, kind)
            }
            Refusal::Locked => {
                let body = json!({"type": "transient_state", "message": "resource is in a transient state",
                    "resource": "instance_ip", "current_state": "detaching"});
                Refused::new(StatusCode::CONFLICT, body, kind)
            }
            Refusal::Held | Refusal::Changed | Refusal::TargetHasAddress => {
                let body = json!({"type": "precondition_failed", "message": "precondition is not respected",
                    "precondition": "resource_still_in_use"});
                Refused::new(StatusCode::PRECONDITION_FAILED, body, kind)
            }
        }
    }
    fn denied() -> Refused {
        let body = json!({"type": "denied_authentication", "method": "api_key", "reason": "not_found",
            "message": "authentication is denied"});
        Refused::new(StatusCode::UNAUTHORIZED, body, ErrorKind::Denied)
    }
    fn by_fault(kind: ErrorKind) -> Refused {
        match kind {
            ErrorKind::Throttled { .. } => Refused::new(
                StatusCode::TOO_MANY_REQUESTS,
                json!({"message": "too many requests"}),
                kind,
            ),
            ErrorKind::InProgress => Refusal::Locked.into(),
            _ => Refused::new(
                StatusCode::SERVICE_UNAVAILABLE,
                json!({"message": "unavailable"}),
                kind,
            ),
        }
    }
}

fn router(scaleway: Scaleway) -> Router {
    Router::new()
        .route(
            "/instance/v1/zones/{zone}/ips/{ip}",
            get(describe).patch(update),
        )
        .route("/instance/v1/zones/{zone}/servers/{id}", get(read_server))
        .route("/metadata/conf", get(metadata))
        .with_state(scaleway)
}

/// Another zone knows nothing of what is in this one.
fn in_zone(zone: &str, refusal: Refusal) -> Result<(), Refusal> {
    (zone == ZONE).then_some(()).ok_or(refusal)
}

async fn describe(
    State(scaleway): State<Scaleway>,
    Path((zone, ip)): Path<(String, String)>,
    headers: HeaderMap,
) -> Answer {
    let address = AddressId(ip);
    let asked = Scaleway::asked(Operation::Observe, &headers, Some(&address), None);
    let work = async |_, passage| -> Answer {
        in_zone(&zone, Refusal::NoSuchAddress)?;
        let reading = scaleway.cloud.reading(&address, passage)?;
        Ok(Json(scaleway.ip(&address, &reading)))
    };
    scaleway.cloud.receive(asked, work).await
}

/// To whom the address shall go, if the request is as the API's own SDK sends it.
#[expect(clippy::option_option, reason = "nobody is a wish too")]
fn wished(wanted: &Value) -> Option<Option<Target>> {
    if *wanted == fixture("scaleway/detach_request.json") {
        return Some(None);
    }
    let id = wanted["server"].as_str()?;
    let mut documented = fixture("scaleway/attach_request.json");
    documented["server"] = id.into();
    (*wanted == documented).then(|| Some(server(id)))
}

async fn update(
    State(scaleway): State<Scaleway>,
    Path((zone, ip)): Path<(String, String)>,
    headers: HeaderMap,
    Json(wanted): Json<Value>,
) -> Answer {
    let Some(to) = wished(&wanted) else {
        let body = json!({"type": "invalid_request_error", "message": "Validation Error",
            "fields": {"server": ["expected a UUID or null"]}});
        return Err(Refused::new(
            StatusCode::BAD_REQUEST,
            body,
            ErrorKind::Misconfigured,
        ));
    };
    let address = AddressId(ip);
    let operation = if to.is_some() {
        Operation::Assign
    } else {
        Operation::Release
    };
    let asked = Scaleway::asked(operation, &headers, Some(&address), to.as_ref());
    let work = async |call, passage| -> Answer {
        in_zone(&zone, Refusal::NoSuchAddress)?;
        scaleway
            .cloud
            .carry_out::<Refused>(call, &address, to.as_ref(), None, passage)
            .await?;
        let reading = scaleway.cloud.with(|world, _| world.read(&address))?;
        if to.is_none() {
            scaleway.rival.at(Moment::Detached);
        }
        Ok(Json(scaleway.ip(&address, &reading)))
    };
    scaleway.cloud.receive(asked, work).await
}

async fn read_server(
    State(scaleway): State<Scaleway>,
    Path((zone, id)): Path<(String, String)>,
    headers: HeaderMap,
) -> Answer {
    let target = Target(id);
    let asked = Scaleway::asked(Operation::Target, &headers, None, Some(&target));
    let work = async |_, _| -> Answer {
        in_zone(&zone, Refusal::NoSuchTarget)?;
        let known = scaleway.cloud.with(|world, _| world.machine(&target));
        known.ok_or(Refusal::NoSuchTarget)?;
        scaleway.rival.at(Moment::TargetRead);
        Ok(Json(
            json!({"server": {"id": target.0, "name": "les-1", "state": "running"}}),
        ))
    };
    scaleway.cloud.receive(asked, work).await
}

async fn metadata() -> Json<Value> {
    Json(json!({"id": ME, "name": "les-1", "location": {"zone_id": ZONE}}))
}

pub(super) async fn fresh(setting: Setting) -> TwoCalls {
    let address = AddressId(IP.to_owned());
    let names = Names {
        address: address.clone(),
        unknown_address: AddressId("203.0.113.99".to_owned()),
        me: server(ME),
        other: server(OTHER),
        unknown_target: server("00000000-0000-4000-8000-000000000099"),
        secrets: vec![KEY.to_owned(), WRONG.to_owned()],
        locking: Locking::Hidden,
        tells_holder_down: false,
    };
    let behaviour = Behaviour {
        action_takes: setting.action_takes,
        moves_in_one_call: setting.direct_moves,
        ..Behaviour::default()
    };
    let cloud = cloud(behaviour, &address, &[&names.me, &names.other]);
    let fake = Scaleway {
        cloud: cloud.clone(),
        pending: setting.pending,
        rival: Rival::new(&cloud, &address, server(RIVAL), setting.rival),
    };
    let base = serve(router(fake)).await;
    let preset = || Preset::builtin("scaleway").expect("it is built in");
    TwoCalls(Stage {
        cloud,
        address,
        provider: with_preset(&base, KEY, setting.options, preset()),
        refused: with_preset(&base, WRONG, setting.options, preset()),
        names,
        base,
    })
}

/// A provider of a preset's text on this fake.
pub(super) fn with_preset(
    base: &str,
    key: &str,
    options: &[(&str, &str)],
    preset: Preset,
) -> RestProvider {
    let wiring = Wiring {
        preset: "scaleway",
        base_url: base,
        metadata_base: &format!("{base}/metadata"),
        target: None,
        settings: options,
        environment: &[("SCW_SECRET_KEY", key)],
    };
    wiring.with_preset(preset)
}
