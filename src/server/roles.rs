//! `/leader`, `/follower` and `/health/address/{id}`: for load balancers that send traffic by role or to where an address is.

use std::sync::Arc;

use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use les_core::Role;

use super::health::{answer, answer_as, liveness, unwell, well};
use super::router::Shared;
use super::status::{self, Snapshot};
use crate::wire::HealthBody;
use crate::words;

/// 200 on a leader that has read every address as its own within two ticks, else 503. Without addresses: on the leader.
pub(super) async fn leader(State(shared): State<Arc<Shared>>) -> Response {
    answer(&leads_and_holds(&shared))
}

/// 200 on a node that has joined and follows a leader, else 503.
pub(super) async fn follower(State(shared): State<Arc<Shared>>) -> Response {
    let view = Arc::clone(&shared.view.borrow());
    let health = match &view.role {
        Role::Follower { .. } if view.leaving => leaving(),
        Role::Follower { leader, epoch, .. } => {
            well(format!("it follows {leader} in epoch {epoch}"))
        }
        Role::Leader { epoch, .. } => unwell(format!("this node leads, in epoch {epoch}")),
        Role::Undecided(why) => unwell(words::undecided(why)),
    };
    answer(&health)
}

/// 200 where that address is, else 503; 404 if it is not configured here. Where this node leads no more, by what its leader published.
pub(super) async fn address(
    State(shared): State<Arc<Shared>>,
    id: Result<Path<String>, PathRejection>,
) -> Response {
    let id = id.map_or_else(|_| String::new(), |Path(id)| id);
    let Some(verdict) = status::verdict(&shared, &id) else {
        return answer_as(StatusCode::NOT_FOUND, &status::unknown(&shared));
    };
    let alive = liveness(&shared);
    answer(&match (alive.ok, verdict.here) {
        (true, true) => well(verdict.text),
        (true, false) => unwell(verdict.text),
        (false, _) => alive,
    })
}

fn leads_and_holds(shared: &Shared) -> HealthBody {
    let alive = liveness(shared);
    if !alive.ok {
        return alive;
    }
    let snapshot = Snapshot::of(shared);
    let epoch = match &snapshot.view.role {
        Role::Leader { .. } if snapshot.view.leaving => return leaving(),
        Role::Leader { epoch, .. } => epoch,
        Role::Follower { leader, .. } => return unwell(format!("it follows {leader}")),
        Role::Undecided(why) => return unwell(words::undecided(why)),
    };
    let situation = snapshot.situation(shared);
    let verdicts = snapshot.addresses.iter().map(|a| situation.verdict(a));
    if let Some(elsewhere) = verdicts.into_iter().find(|verdict| !verdict.here) {
        return unwell(elsewhere.text);
    }
    well(format!(
        "this node leads in epoch {epoch} and holds every address that is configured"
    ))
}

fn leaving() -> HealthBody {
    unwell("it has said goodbye and is about to exit".to_owned())
}
