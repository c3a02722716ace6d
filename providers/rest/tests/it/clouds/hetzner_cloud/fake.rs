//! A Hetzner Cloud from its documentation: floating IPs, actions, servers by label, and the metadata service.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use les_provider::memory::{ActionId, ActionState, Asked, MemoryCloud};
use les_provider::{AddressId, Operation, Target};
use serde::Deserialize;
use serde_json::{Value, json};

use super::answers::{Answer, Refused};
use crate::clouds::stage::{bearer, fixture, header};

/// The only token that it accepts; 64 characters, as theirs are.
pub(super) const TOKEN: &str = "hc5ecre7hc5ecre7hc5ecre7hc5ecre7hc5ecre7hc5ecre7hc5ecre7hc5ecre7";

/// How many of a list it shows on a page at most, whatever is asked for.
const MAX_PAGE: usize = 50;

type Page = Query<BTreeMap<String, String>>;

/// A project. The memory cloud knows its floating IPs by their ids.
#[derive(Debug)]
pub(super) struct Fake {
    pub(super) cloud: MemoryCloud,
    /// As the API shows them, but for who holds them.
    pub(super) floating_ips: Vec<Value>,
    pub(super) servers: Vec<Value>,
}

pub(super) fn router(fake: Fake) -> Router {
    Router::new()
        .route("/v1/floating_ips", get(list))
        .route("/v1/floating_ips/{id}", get(describe))
        .route("/v1/floating_ips/{id}/actions/assign", post(assign))
        .route("/v1/floating_ips/{id}/actions/unassign", post(unassign))
        .route("/v1/actions/{id}", get(action))
        .route("/v1/servers", get(servers))
        .route(
            "/node/{server}/hetzner/v1/metadata/instance-id",
            get(own_id),
        )
        .fallback(async || Refused::not_found())
        .with_state(Arc::new(fake))
}

fn asked<'a>(
    operation: Operation,
    address: Option<&'a AddressId>,
    target: Option<&'a Target>,
    headers: &HeaderMap,
) -> Asked<'a> {
    Asked {
        operation,
        address,
        target,
        admitted: bearer(headers) == Some(TOKEN),
    }
}

async fn list(State(fake): State<Arc<Fake>>, Query(query): Page, headers: HeaderMap) -> Answer {
    let asked = asked(Operation::Locate, None, None, &headers);
    fake.cloud
        .receive(asked, async |_, _| {
            // There is no filter by address; one that is not known is ignored.
            Ok(Json(page("floating_ips", &fake.floating_ips, &query)))
        })
        .await
}

async fn describe(
    State(fake): State<Arc<Fake>>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Answer {
    let address = AddressId(id);
    let asked = asked(Operation::Observe, Some(&address), None, &headers);
    fake.cloud
        .receive(asked, async |_, passage| {
            let reading = fake.cloud.reading(&address, passage)?;
            let id = address.0.parse().ok();
            let known = |known: &&Value| known["id"].as_u64() == id;
            let mut shown = fake
                .floating_ips
                .iter()
                .find(known)
                .ok_or_else(Refused::not_found)?
                .clone();
            shown["server"] = reading.holder.map_or(Value::Null, |server| number(&server));
            Ok(Json(json!({ "floating_ip": shown })))
        })
        .await
}

/// The body of an assignment: a number, never a text.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Assignment {
    server: u64,
}

async fn assign(
    State(fake): State<Arc<Fake>>,
    Path(id): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<(StatusCode, Json<Value>), Refused> {
    let wanted: Assignment = serde_json::from_slice(&body).map_err(|_| Refused::invalid_input())?;
    if header(&headers, "content-type") != Some("application/json") {
        return Err(Refused::invalid_input());
    }
    write(&fake, id, Some(Target(wanted.server.to_string())), &headers).await
}

async fn unassign(
    State(fake): State<Arc<Fake>>,
    Path(id): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<(StatusCode, Json<Value>), Refused> {
    if !body.is_empty() {
        return Err(Refused::invalid_input());
    }
    write(&fake, id, None, &headers).await
}

async fn write(
    fake: &Fake,
    id: String,
    target: Option<Target>,
    headers: &HeaderMap,
) -> Result<(StatusCode, Json<Value>), Refused> {
    let address = AddressId(id);
    let operation = if target.is_some() {
        Operation::Assign
    } else {
        Operation::Release
    };
    let asked = asked(operation, Some(&address), target.as_ref(), headers);
    fake.cloud
        .receive(asked, async |call, passage| {
            let holder = fake
                .cloud
                .with(|world, _| world.read(&address))
                .map(|reading| reading.holder)?;
            if target.is_some() && holder == target {
                return Err(Refused::already_assigned());
            }
            let begun = fake
                .cloud
                .accept(call, &address, target.as_ref(), None, passage)
                .await?;
            Ok((StatusCode::CREATED, about(&fake.cloud, begun)?))
        })
        .await
}

async fn action(State(fake): State<Arc<Fake>>, Path(id): Path<u64>, headers: HeaderMap) -> Answer {
    let asked = asked(Operation::Poll, None, None, &headers);
    fake.cloud
        .receive(asked, async |_, _| about(&fake.cloud, ActionId(id)))
        .await
}

/// The documentation's example, with this action's number and state. It has an `error` beside `success`.
fn about(cloud: &MemoryCloud, id: ActionId) -> Answer {
    let state = cloud.with(|world, _| world.action(id).map(|action| action.state()));
    let mut shown = fixture("hetzner-cloud/action.json");
    shown["action"]["id"] = json!(id.0);
    match state.ok_or_else(Refused::not_found)? {
        ActionState::Done => {}
        ActionState::Failed => shown["action"]["status"] = json!("error"),
        ActionState::Pending | ActionState::Lost => {
            shown["action"]["status"] = json!("running");
            shown["action"]["progress"] = json!(0);
            shown["action"]["finished"] = Value::Null;
            shown["action"]["error"] = Value::Null;
        }
    }
    Ok(Json(shown))
}

async fn servers(State(fake): State<Arc<Fake>>, Query(query): Page, headers: HeaderMap) -> Answer {
    let asked = asked(Operation::Discover, None, None, &headers);
    fake.cloud
        .receive(asked, async |_, _| {
            // Of the selector's grammar only `key=value` is understood here.
            let selector = query
                .get("label_selector")
                .ok_or_else(Refused::invalid_input)?;
            let (key, value) = selector
                .split_once('=')
                .ok_or_else(Refused::invalid_input)?;
            let bears = |server: &&Value| server["labels"][key] == value;
            let chosen: Vec<Value> = fake.servers.iter().filter(bears).cloned().collect();
            Ok(Json(page("servers", &chosen, &query)))
        })
        .await
}

/// One page of a list, with what the documentation calls "Pagination".
fn page(name: &str, all: &[Value], query: &BTreeMap<String, String>) -> Value {
    let asked = |key: &str, default: usize| {
        let value = query.get(key).and_then(|value| value.parse().ok());
        value.unwrap_or(default).max(1)
    };
    let (page, per_page) = (asked("page", 1), asked("per_page", 25).min(MAX_PAGE));
    let last = all.len().div_ceil(per_page).max(1);
    let shown: Vec<&Value> = all
        .iter()
        .skip((page - 1) * per_page)
        .take(per_page)
        .collect();
    json!({
        name: shown,
        "meta": { "pagination": {
            "page": page,
            "per_page": per_page,
            "previous_page": (page > 1).then(|| page - 1),
            "next_page": (page < last).then(|| page + 1),
            "last_page": last,
            "total_entries": all.len(),
        } },
    })
}

/// The metadata service: no token is sent to it.
async fn own_id(
    State(fake): State<Arc<Fake>>,
    Path(server): Path<String>,
    headers: HeaderMap,
) -> Response {
    let target = Target(server);
    let asked = Asked {
        admitted: !headers.contains_key("authorization"),
        ..asked(Operation::Target, None, Some(&target), &headers)
    };
    let answer: Result<String, Refused> = fake
        .cloud
        .receive(asked, async |_, _| {
            let known = fake.cloud.with(|world, _| world.machine(&target).is_some());
            known
                .then(|| target.0.clone())
                .ok_or_else(Refused::not_found)
        })
        .await;
    answer.into_response()
}

/// An id as JSON has it: a number, or what somebody set by hand.
fn number(id: &Target) -> Value {
    id.0.parse::<u64>()
        .map_or_else(|_| json!(id.0), |id| json!(id))
}
