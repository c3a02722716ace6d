//! A fake Linode, written from its API's documentation; the bodies are those that its own client library recorded.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::{delete, get, post, put};
use axum::{Json, Router, middleware};
use les_provider::conformance::{Locking, Names};
use les_provider::memory::{Asked, Behaviour, MemoryCloud, Refusal};
use les_provider::{AddressId, ErrorKind, Operation, Target};
use les_provider_rest::{Preset, RestProvider};
use serde_json::{Value, json};

use super::super::refused::{self, Wording};
use super::super::stage::{Stage, Wiring, bearer, cloud, fixture, header, serve};

pub(super) const TOKEN: &str = "l1n0de5ecre7";
const WRONG: &str = "l1n0dewr0ng";
const METADATA_TOKEN: &str = "m37ada7a";
pub(super) const IP: &str = "203.0.113.7";
pub(super) const ME: u64 = 82_378_690;
pub(super) const OTHER: u64 = 82_378_693;

pub(super) fn linode(id: u64) -> Target {
    Target(id.to_string())
}

/// What the address is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Address {
    /// It stays in the account when it is taken from a Linode.
    Reserved,
    /// It is destroyed when it is taken from a Linode.
    Ephemeral,
    /// A NodeBalancer has it.
    OfNodeBalancer,
}

/// How a fresh fake differs from the usual one.
pub(super) struct Setting {
    pub(super) action_takes: Duration,
    pub(super) address: Address,
    /// The Linode that has no other public IPv4 address.
    pub(super) bare: Option<u64>,
}

pub(super) const USUAL: Setting = Setting {
    action_takes: Duration::ZERO,
    address: Address::Reserved,
    bare: None,
};

#[derive(Clone)]
struct Linode {
    cloud: MemoryCloud,
    address: Address,
    bare: Option<Target>,
    destroyed: Arc<AtomicBool>,
}

impl Linode {
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
            admitted: bearer(headers) == Some(TOKEN),
        }
    }

    fn holder(&self, address: &AddressId) -> Result<Option<Target>, Refusal> {
        Ok(self.cloud.with(|world, _| world.read(address))?.holder)
    }
}

type Refused = refused::Refused<Linode>;
type Answer = refused::Answer<Linode>;

impl Refused {
    /// `{errors: [{reason, field}]}`.
    fn invalid(reason: &str, field: Option<&str>) -> Self {
        let mut error = json!({ "reason": reason });
        if let Some(field) = field {
            error["field"] = field.into();
        }
        let body = json!({ "errors": [error] });
        Self::new(StatusCode::BAD_REQUEST, body, ErrorKind::Misconfigured)
    }

    /// In an assignment; a reading of it is a 404.
    fn unknown_address() -> Self {
        let body = fixture("linode/assign_unknown_address.json");
        Self::new(StatusCode::BAD_REQUEST, body, ErrorKind::NotFound)
    }

    fn unknown_linode(id: &Target) -> Self {
        let mut body = fixture("linode/assign_unknown_linode.json");
        body["errors"][0]["reason"] = format!("Invalid Linode ID {id}").into();
        Self::new(StatusCode::BAD_REQUEST, body, ErrorKind::NotFound)
    }
}

impl Wording for Linode {
    fn refusal(refusal: Refusal) -> Refused {
        match refusal {
            Refusal::NoSuchAddress => Refused::new(
                StatusCode::NOT_FOUND,
                fixture("linode/not_found.json"),
                ErrorKind::NotFound,
            ),
            // Retried by linodego: retries.go.
            Refusal::Locked => Refused::new(
                StatusCode::BAD_REQUEST,
                json!({"errors": [{"reason": "Linode busy."}]}),
                ErrorKind::InProgress,
            ),
            Refusal::NoSuchTarget
            | Refusal::Held
            | Refusal::Changed
            | Refusal::TargetHasAddress => Refused::invalid("This cannot be", None),
        }
    }
    fn denied() -> Refused {
        let body = fixture("linode/invalid_token.json");
        Refused::new(StatusCode::UNAUTHORIZED, body, ErrorKind::Denied)
    }
    fn by_fault(kind: ErrorKind) -> Refused {
        match kind {
            ErrorKind::Throttled { .. } => Refused::new(
                StatusCode::TOO_MANY_REQUESTS,
                fixture("linode/too_many_requests.json"),
                kind,
            ),
            ErrorKind::InProgress => Refusal::Locked.into(),
            _ => {
                let body = json!({"errors": [{"reason": "Service unavailable"}]});
                Refused::new(StatusCode::SERVICE_UNAVAILABLE, body, kind)
            }
        }
    }
}

fn router(linode: Linode) -> Router {
    Router::new()
        .route("/v4/networking/ips/{ip}", get(describe))
        .route("/v4/networking/ips/assign", post(assign))
        .route("/v4/linode/instances/{id}/ips/{ip}", delete(take_away))
        .layer(middleware::map_response(with_rate_limit))
        .route("/metadata/v1/token", put(metadata_token))
        .route("/metadata/v1/instance", get(metadata_instance))
        .with_state(linode)
}

/// The rate limit of the present minute, as every answer of the API has it.
async fn with_rate_limit(mut response: Response) -> Response {
    let headers = response.headers_mut();
    headers.insert("x-ratelimit-limit", 1_600.into());
    headers.insert("x-ratelimit-remaining", 1_599.into());
    response
}

async fn describe(
    State(linode): State<Linode>,
    Path(ip): Path<String>,
    headers: HeaderMap,
) -> Answer {
    let address = AddressId(ip);
    let asked = Linode::asked(Operation::Observe, &headers, Some(&address), None);
    let work = async |_, passage| -> Answer {
        let reading = linode.cloud.reading(&address, passage)?;
        if linode.destroyed.load(Ordering::Relaxed) {
            return Err(Refusal::NoSuchAddress.into());
        }
        let mut body = fixture("linode/ip_free.json");
        if let Some(Target(id)) = reading.holder {
            body = fixture("linode/ip_held.json");
            let number: u64 = id.parse().expect("a number");
            body["linode_id"] = number.into();
            body["assigned_entity"]["id"] = number.into();
        }
        if linode.address == Address::OfNodeBalancer {
            body["assigned_entity"] = json!({"id": 1, "type": "nodebalancer", "label": "balancer"});
        }
        body["reserved"] = (linode.address != Address::Ephemeral).into();
        body["address"] = address.0.clone().into();
        Ok(Json(body))
    };
    linode.cloud.receive(asked, work).await
}

/// The one assignment of a request, if it is what the API documents.
fn assignment(wanted: &Value) -> Result<(AddressId, Target), Refused> {
    if wanted["region"] != fixture("linode/ip_free.json")["region"] {
        return Err(Refused::invalid("region is not valid", Some("region")));
    }
    let list = wanted["assignments"].as_array();
    let Some([one]) = list.map(Vec::as_slice) else {
        let text = "assignments must be an array";
        return Err(Refused::invalid(text, Some("assignments")));
    };
    let Some(id) = one["linode_id"].as_u64() else {
        let text = "linode_id must be an integer";
        return Err(Refused::invalid(text, Some("assignments")));
    };
    let Some(address) = one["address"].as_str() else {
        let text = "address must be a string";
        return Err(Refused::invalid(text, Some("assignments")));
    };
    let mut documented = fixture("linode/assign_request.json");
    documented["assignments"][0] = json!({"address": address, "linode_id": id});
    if *wanted != documented {
        return Err(Refused::invalid(
            "there are fields that do not belong here",
            None,
        ));
    }
    Ok((AddressId(address.to_owned()), linode(id)))
}

async fn assign(
    State(linode): State<Linode>,
    headers: HeaderMap,
    Json(wanted): Json<Value>,
) -> Answer {
    let (address, to) = assignment(&wanted)?;
    let asked = Linode::asked(Operation::Assign, &headers, Some(&address), Some(&to));
    let work = async |call, passage| -> Answer {
        let Ok(holder) = linode.holder(&address) else {
            return Err(Refused::unknown_address());
        };
        if linode.cloud.with(|world, _| world.machine(&to)).is_none() {
            return Err(Refused::unknown_linode(&to));
        }
        if holder.is_some() && holder == linode.bare {
            let text = "Linode must have at least one public IPv4 address after assignment";
            return Err(Refused::invalid(text, None));
        }
        linode
            .cloud
            .carry_out::<Refused>(call, &address, Some(&to), None, passage)
            .await?;
        Ok(Json(fixture("linode/assigned.json")))
    };
    linode.cloud.receive(asked, work).await
}

/// Only from the Linode that has it. A reserved address stays in the account.
async fn take_away(
    State(linode): State<Linode>,
    Path((id, ip)): Path<(String, String)>,
    headers: HeaderMap,
) -> Answer {
    let (address, from) = (AddressId(ip), Target(id));
    let asked = Linode::asked(Operation::Release, &headers, Some(&address), Some(&from));
    let work = async |call, passage| -> Answer {
        if linode.holder(&address)? != Some(from.clone()) {
            return Err(Refusal::NoSuchAddress.into());
        }
        linode
            .cloud
            .carry_out::<Refused>(call, &address, None, None, passage)
            .await?;
        let ephemeral = linode.address == Address::Ephemeral;
        linode.destroyed.store(ephemeral, Ordering::Relaxed);
        Ok(Json(json!({})))
    };
    linode.cloud.receive(asked, work).await
}

async fn metadata_token(headers: HeaderMap) -> Result<&'static str, StatusCode> {
    let seconds = header(&headers, "metadata-token-expiry-seconds");
    let lifetime = seconds.and_then(|value| value.parse::<u32>().ok());
    let allowed = lifetime.is_some_and(|seconds| (1..=86_400).contains(&seconds));
    allowed
        .then_some(METADATA_TOKEN)
        .ok_or(StatusCode::BAD_REQUEST)
}

async fn metadata_instance(headers: HeaderMap) -> Response {
    if header(&headers, "metadata-token") != Some(METADATA_TOKEN) {
        return StatusCode::UNAUTHORIZED.into_response();
    }
    if header(&headers, "accept") != Some("application/json") {
        return format!("id: {ME}\nlabel: les-1\nregion: ap-west\n").into_response();
    }
    Json(json!({"id": ME, "label": "les-1", "region": "ap-west"})).into_response()
}

pub(super) async fn fresh(setting: Setting) -> Stage {
    let address = AddressId(IP.to_owned());
    let names = Names {
        address: address.clone(),
        unknown_address: AddressId("203.0.113.99".to_owned()),
        me: linode(ME),
        other: linode(OTHER),
        unknown_target: linode(99_999),
        secrets: vec![TOKEN.to_owned(), WRONG.to_owned()],
        locking: Locking::Hidden,
        tells_holder_down: false,
    };
    let behaviour = Behaviour {
        action_takes: setting.action_takes,
        ..Behaviour::default()
    };
    let cloud = cloud(behaviour, &address, &[&names.me, &names.other]);
    let fake = Linode {
        cloud: cloud.clone(),
        address: setting.address,
        bare: setting.bare.map(linode),
        destroyed: Arc::default(),
    };
    let base = serve(router(fake)).await;
    let preset = || Preset::builtin("linode").expect("it is built in");
    Stage {
        cloud,
        address,
        provider: with_preset(&base, TOKEN, preset()),
        refused: with_preset(&base, WRONG, preset()),
        names,
        base,
    }
}

/// A provider of a preset's text on this fake.
pub(super) fn with_preset(base: &str, token: &str, preset: Preset) -> RestProvider {
    let wiring = Wiring {
        preset: "linode",
        base_url: &format!("{base}/v4"),
        metadata_base: &format!("{base}/metadata"),
        target: None,
        settings: &[],
        environment: &[("LINODE_TOKEN", token)],
    };
    wiring.with_preset(preset)
}
