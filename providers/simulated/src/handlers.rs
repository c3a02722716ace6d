//! The API's paths.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::extract::{DefaultBodyLimit, Path, Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::routing::{get, post};
use axum::{Json, Router, middleware};
use les_provider::memory::{ActionId, Asked};
use les_provider::{AddressId, Operation, Target};
use serde::Deserialize;
use serde_json::Value;

use crate::answers::{Refused, with_rate_limit};
use crate::cloud::Shared;
use crate::shapes::{self, Family, Page};

/// Bytes of a request; the API's own have a hundred.
const MAX_REQUEST: usize = 16 * 1024;

/// "minimum: 1, default: 20, maximum: 200"
const MAX_PER_PAGE: usize = 200;

/// More than any list here has.
const MAX_PAGES: usize = 10_000;

type Answer = Result<Json<Value>, Refused>;
type Begun = Result<(StatusCode, Json<Value>), Refused>;

pub(crate) fn router(shared: Arc<Shared>) -> Router {
    Router::new()
        .route("/v2/reserved_ips/{ip}", get(describe_v4))
        .route("/v2/reserved_ips/{ip}/actions", post(begin_v4))
        .route("/v2/reserved_ips/{ip}/actions/{id}", get(action_of))
        .route("/v2/reserved_ipv6/{ip}", get(describe_v6))
        .route("/v2/reserved_ipv6/{ip}/actions", post(begin_v6))
        .route("/v2/actions/{id}", get(action))
        .route("/v2/droplets", get(droplets))
        .route("/node/{droplet}/metadata/v1/id", get(own_id))
        .fallback(async || Refused::NOT_FOUND)
        .layer(middleware::map_response(with_rate_limit))
        .layer(DefaultBodyLimit::max(MAX_REQUEST))
        .with_state(shared)
}

/// A call of the API: it needs the token.
fn asked<'a>(
    shared: &Shared,
    headers: &HeaderMap,
    operation: Operation,
    address: Option<&'a AddressId>,
    target: Option<&'a Target>,
) -> Asked<'a> {
    let given = headers
        .get(header::AUTHORIZATION)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.strip_prefix("Bearer "));
    Asked {
        operation,
        address,
        target,
        admitted: given.is_some_and(|token| shared.accepts(token)),
    }
}

async fn describe_v4(
    State(shared): State<Arc<Shared>>,
    Path(ip): Path<String>,
    headers: HeaderMap,
) -> Answer {
    describe(&shared, Family::V4, ip, &headers).await
}

async fn describe_v6(
    State(shared): State<Arc<Shared>>,
    Path(ip): Path<String>,
    headers: HeaderMap,
) -> Answer {
    describe(&shared, Family::V6, ip, &headers).await
}

/// The address of a path; each family has a path of its own.
fn address_of(family: Family, ip: String) -> Result<AddressId, Refused> {
    let address = AddressId(ip);
    if Family::of(&address) == family {
        Ok(address)
    } else {
        Err(Refused::NOT_FOUND)
    }
}

async fn describe(shared: &Shared, family: Family, ip: String, headers: &HeaderMap) -> Answer {
    let address = address_of(family, ip)?;
    let asked = asked(shared, headers, Operation::Observe, Some(&address), None);
    shared
        .world
        .receive(asked, async |_, passage| {
            let reading = shared.world.reading(&address, passage)?;
            let hide = shared.settings.hide_droplets;
            Ok(Json(shapes::reserved(family, &address, &reading, hide)))
        })
        .await
}

/// The body of a write.
#[derive(Deserialize)]
struct Wanted {
    r#type: String,
    droplet_id: Option<u64>,
}

async fn begin_v4(
    State(shared): State<Arc<Shared>>,
    Path(ip): Path<String>,
    headers: HeaderMap,
    Json(wanted): Json<Wanted>,
) -> Begun {
    begin(&shared, Family::V4, ip, &headers, &wanted).await
}

async fn begin_v6(
    State(shared): State<Arc<Shared>>,
    Path(ip): Path<String>,
    headers: HeaderMap,
    Json(wanted): Json<Wanted>,
) -> Begun {
    begin(&shared, Family::V6, ip, &headers, &wanted).await
}

async fn begin(
    shared: &Shared,
    family: Family,
    ip: String,
    headers: &HeaderMap,
    wanted: &Wanted,
) -> Begun {
    let address = address_of(family, ip)?;
    let (operation, target) = match (wanted.r#type.as_str(), wanted.droplet_id) {
        ("assign", Some(id)) => (Operation::Assign, Some(Target(id.to_string()))),
        ("unassign", None) => (Operation::Release, None),
        _ => return Err(Refused::NO_SUCH_ACTION_TYPE),
    };
    let asked = asked(shared, headers, operation, Some(&address), target.as_ref());
    shared
        .world
        .receive(asked, async |call, passage| {
            let holder = shared.world.with(|world, _| world.read(&address))?.holder;
            if target.is_none() && holder.is_none() {
                return Err(Refused::NOT_ASSIGNED);
            }
            let begun = shared
                .world
                .accept(call, &address, target.as_ref(), None, passage)
                .await?;
            Ok((StatusCode::CREATED, about(shared, begun)?))
        })
        .await
}

async fn action_of(
    State(shared): State<Arc<Shared>>,
    Path((ip, id)): Path<(String, u64)>,
    headers: HeaderMap,
) -> Answer {
    let address = address_of(Family::V4, ip)?;
    let asked = asked(&shared, &headers, Operation::Poll, Some(&address), None);
    shared
        .world
        .receive(asked, async |_, _| {
            let belongs = shared.world.with(|world, _| {
                let action = world.action(ActionId(id));
                action.is_some_and(|action| *action.address() == address)
            });
            if belongs {
                about(&shared, ActionId(id))
            } else {
                Err(Refused::NOT_FOUND)
            }
        })
        .await
}

async fn action(
    State(shared): State<Arc<Shared>>,
    Path(id): Path<u64>,
    headers: HeaderMap,
) -> Answer {
    let asked = asked(&shared, &headers, Operation::Poll, None, None);
    shared
        .world
        .receive(asked, async |_, _| about(&shared, ActionId(id)))
        .await
}

fn about(shared: &Shared, id: ActionId) -> Answer {
    let shown = shared
        .world
        .with(|world, _| world.action(id).map(|action| shapes::action(id, action)));
    shown.map(Json).ok_or(Refused::NOT_FOUND)
}

/// Those that bear `tag_name`, or all.
async fn droplets(
    State(shared): State<Arc<Shared>>,
    Query(query): Query<BTreeMap<String, String>>,
    headers: HeaderMap,
) -> Answer {
    let asked = asked(&shared, &headers, Operation::Discover, None, None);
    shared
        .world
        .receive(asked, async |_, _| {
            let mut said = shared.droplets().clone();
            if let Some(tag) = query.get("tag_name") {
                said.retain(|_, droplet| droplet.tags.contains(tag));
            }
            let listed: Vec<_> = shared.world.with(|world, _| {
                let state = |(id, droplet)| Some((world.machine(&id)?, id, droplet));
                let known = said.into_iter().filter_map(state);
                known
                    .map(|(state, id, droplet)| (id, state, droplet))
                    .collect()
            });
            Ok(Json(shapes::droplets(&listed, page(&query)?)))
        })
        .await
}

/// `page` and `per_page`, which the API bounds.
fn page(query: &BTreeMap<String, String>) -> Result<Page, Refused> {
    let number = |key: &str, default: usize, most: usize| {
        let Some(value) = query.get(key) else {
            return Ok(default);
        };
        let number = value.parse().ok();
        number
            .filter(|number| (1..=most).contains(number))
            .ok_or(Refused::NO_SUCH_PAGE)
    };
    Ok(Page {
        number: number("page", 1, MAX_PAGES)?,
        size: number("per_page", 20, MAX_PER_PAGE)?,
    })
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
        admitted: true,
    };
    shared
        .world
        .receive(asked, async |_, _| {
            let known = shared
                .world
                .with(|world, _| world.machine(&target).is_some());
            if known {
                Ok(target.0.clone())
            } else {
                Err(Refused::NOT_FOUND)
            }
        })
        .await
}
