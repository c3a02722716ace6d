//! The API's paths.

use std::sync::Arc;

use axum::extract::{DefaultBodyLimit, Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::routing::{get, post};
use axum::{Json, Router, middleware};
use les_provider::memory::{ActionId, CallId, Landing, MemoryCloud, Passage};
use les_provider::{AddressId, Operation, Target};
use serde::Deserialize;
use serde_json::Value;

use crate::answers::{Refused, with_rate_limit};
use crate::calls::{Asked, call};
use crate::cloud::Shared;
use crate::shapes;

/// Bytes of a request; the API's own have a hundred.
const MAX_REQUEST: usize = 16 * 1024;

type Answer = Result<Json<Value>, Refused>;

pub(crate) fn router(shared: Arc<Shared>) -> Router {
    Router::new()
        .route("/v2/reserved_ips/{ip}", get(describe))
        .route("/v2/reserved_ips/{ip}/actions", post(begin))
        .route("/v2/reserved_ips/{ip}/actions/{id}", get(action))
        .route("/node/{droplet}/metadata/v1/id", get(own_id))
        .fallback(async || Refused::NOT_FOUND)
        .layer(middleware::map_response(with_rate_limit))
        .layer(DefaultBodyLimit::max(MAX_REQUEST))
        .with_state(shared)
}

async fn describe(
    State(shared): State<Arc<Shared>>,
    Path(ip): Path<String>,
    headers: HeaderMap,
) -> Answer {
    let address = AddressId(ip);
    let asked = Asked {
        operation: Operation::Observe,
        address: Some(&address),
        target: None,
        headers: Some(&headers),
    };
    call(
        &shared,
        asked,
        async |cloud: &MemoryCloud, _, passage: Passage| {
            let reading = cloud.with(|world, _| {
                if passage.stale {
                    world.read_stale(&address)
                } else {
                    world.read(&address)
                }
            })?;
            Ok(Json(shapes::reserved_ip(
                &address,
                &reading,
                shared.settings.hide_droplets,
            )))
        },
    )
    .await
}

/// The body of a write.
#[derive(Deserialize)]
struct Wanted {
    r#type: String,
    droplet_id: Option<u64>,
}

async fn begin(
    State(shared): State<Arc<Shared>>,
    Path(ip): Path<String>,
    headers: HeaderMap,
    Json(wanted): Json<Wanted>,
) -> Result<(StatusCode, Json<Value>), Refused> {
    let address = AddressId(ip);
    let target = match (wanted.r#type.as_str(), wanted.droplet_id) {
        ("assign", Some(id)) => Some(Target(id.to_string())),
        ("unassign", None) => None,
        _ => return Err(Refused::NO_SUCH_ACTION_TYPE),
    };
    let operation = if target.is_some() {
        Operation::Assign
    } else {
        Operation::Release
    };
    let asked = Asked {
        operation,
        address: Some(&address),
        target: target.as_ref(),
        headers: Some(&headers),
    };
    call(
        &shared,
        asked,
        async |cloud: &MemoryCloud, id: CallId, passage: Passage| {
            let action = write(cloud, &address, target.as_ref(), id, passage)?;
            if matches!(passage.landing, Landing::Unheard(_)) {
                std::future::pending::<()>().await;
            }
            Ok((StatusCode::CREATED, about(cloud, action)?))
        },
    )
    .await
}

fn write(
    cloud: &MemoryCloud,
    address: &AddressId,
    target: Option<&Target>,
    call: CallId,
    passage: Passage,
) -> Result<ActionId, Refused> {
    cloud.with(|world, now| {
        if target.is_none() && world.read(address)?.holder.is_none() {
            return Err(Refused::NOT_ASSIGNED);
        }
        Ok(world.begin(now, call, address, target, None, passage.landing)?)
    })
}

async fn action(
    State(shared): State<Arc<Shared>>,
    Path((ip, id)): Path<(String, u64)>,
    headers: HeaderMap,
) -> Answer {
    let address = AddressId(ip);
    let asked = Asked {
        operation: Operation::Poll,
        address: Some(&address),
        target: None,
        headers: Some(&headers),
    };
    call(&shared, asked, async |cloud: &MemoryCloud, _, _| {
        let belongs = cloud.with(|world, _| {
            world
                .action(ActionId(id))
                .is_some_and(|action| *action.address() == address)
        });
        if belongs {
            about(cloud, ActionId(id))
        } else {
            Err(Refused::NOT_FOUND)
        }
    })
    .await
}

fn about(cloud: &MemoryCloud, id: ActionId) -> Answer {
    let shown = cloud.with(|world, _| world.action(id).map(|action| shapes::action(id, action)));
    shown.map(Json).ok_or(Refused::NOT_FOUND)
}

async fn own_id(
    State(shared): State<Arc<Shared>>,
    Path(droplet): Path<String>,
) -> Result<String, Refused> {
    let target = Target(droplet);
    let asked = Asked {
        operation: Operation::Target,
        address: None,
        target: Some(&target),
        headers: None,
    };
    call(&shared, asked, async |cloud: &MemoryCloud, _, _| {
        let known = cloud.with(|world, _| world.machine(&target).is_some());
        if known {
            Ok(target.0.clone())
        } else {
            Err(Refused::NOT_FOUND)
        }
    })
    .await
}
