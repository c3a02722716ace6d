//! `/health/live` and `/health/ready`: what a supervisor, a load balancer or a first boot asks. The status is the answer; the body says why.

use std::sync::Arc;

use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use les_core::{Role, View};

use super::router::Shared;
use crate::pulse::STALLED;
use crate::wire::HealthBody;
use crate::words;

/// 200 while the election's loop turns, whatever it has come to; 503 when it has stalled: only a restart helps then.
pub(super) async fn live(State(shared): State<Arc<Shared>>) -> Response {
    let health = liveness(&shared);
    answer(&health)
}

/// 200 once this node has joined and knows who leads; 503 before, and from its goodbye on.
pub(super) async fn ready(State(shared): State<Arc<Shared>>) -> Response {
    answer(&ready_or_not(&shared))
}

/// The same in one bit.
pub(super) fn is_ready(shared: &Shared) -> bool {
    ready_or_not(shared).ok
}

fn ready_or_not(shared: &Shared) -> HealthBody {
    let alive = liveness(shared);
    if alive.ok {
        readiness(&shared.view.borrow())
    } else {
        alive
    }
}

pub(super) fn liveness(shared: &Shared) -> HealthBody {
    let now = shared.clock.mono();
    let age = shared.heartbeat.age(now).as_secs_f64();
    if shared.heartbeat.has_stalled(now) {
        let bound = STALLED.as_secs();
        return unwell(format!(
            "the election's loop has not turned for {age:.1} s, more than {bound} s: this process must be restarted"
        ));
    }
    well("the election's loop turns".to_owned())
}

fn readiness(view: &View) -> HealthBody {
    if view.leaving {
        return unwell("it has said goodbye and is about to exit".to_owned());
    }
    match &view.role {
        Role::Leader { .. } => well("this node leads".to_owned()),
        Role::Follower { leader, .. } => well(format!("it follows {leader}")),
        Role::Undecided(why) => unwell(words::undecided(why)),
    }
}

pub(super) const fn well(why: String) -> HealthBody {
    HealthBody { ok: true, why }
}

pub(super) const fn unwell(why: String) -> HealthBody {
    HealthBody { ok: false, why }
}

/// 200 or 503, as it says.
pub(super) fn answer(health: &HealthBody) -> Response {
    let status = if health.ok {
        StatusCode::OK
    } else {
        StatusCode::SERVICE_UNAVAILABLE
    };
    answer_as(status, health)
}

/// What is asked for its status must not be answered from a cache on the way.
pub(super) fn answer_as(status: StatusCode, health: &HealthBody) -> Response {
    let headers = [
        (header::CONTENT_TYPE, "application/json"),
        (header::CACHE_CONTROL, "no-store"),
    ];
    (status, headers, health.to_json()).into_response()
}

#[cfg(test)]
#[path = "health_test.rs"]
mod tests;
