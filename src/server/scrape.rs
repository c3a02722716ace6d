//! `GET /metrics`: what Prometheus reads.

use std::sync::Arc;

use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use les_core::View;

use super::health;
use super::router::Shared;
use super::status::Snapshot;
use crate::metrics::{AddressFacts, Facts};
use crate::reconcile::AddressStatus;
use crate::why::{Holder, Situation};

/// The text format that every Prometheus reads.
const CONTENT_TYPE: &str = "text/plain; version=0.0.4; charset=utf-8";

/// All metrics.
pub(super) async fn metrics(State(shared): State<Arc<Shared>>) -> Response {
    match shared.metrics.render(&facts(&shared)) {
        Ok(text) => ([(header::CONTENT_TYPE, CONTENT_TYPE)], text).into_response(),
        Err(error) => {
            tracing::error!(event = "metrics_failed", "{error}");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}

fn facts(shared: &Shared) -> Facts {
    let snapshot = Snapshot::of(shared);
    let situation = snapshot.situation(shared);
    let view = &*snapshot.view;
    Facts {
        version: env!("CARGO_PKG_VERSION"),
        leads: view.leads(),
        ready: health::is_ready(shared),
        paused: view.is_paused(),
        epoch: view.predecessor.0.0,
        members: members(view),
        addresses: snapshot
            .addresses
            .iter()
            .map(|a| address(&situation, a))
            .collect(),
        budget: shared.budget_remaining(),
        events_lost: shared.events.lost(),
        started: shared.started,
    }
}

/// How many members are in each state; every state is shown, also if nobody is in it.
fn members(view: &View) -> Vec<(&'static str, usize)> {
    let mut counts = [
        ("ok", 1),
        ("silent", 0),
        ("zombie", 0),
        ("leaving", 0),
        ("lost", view.lost.len()),
    ];
    for member in &view.members {
        let leaving = member.doc.ext.as_ref().is_some_and(|ext| ext.leaving);
        let state = match (member.silent, member.zombie, leaving) {
            (true, ..) => 1,
            (_, true, _) => 2,
            (_, _, true) => 3,
            (false, false, false) => 0,
        };
        counts[state].1 += 1;
    }
    counts.to_vec()
}

fn address(situation: &Situation<'_>, status: &AddressStatus) -> AddressFacts {
    let wanted = situation
        .leader()
        .and_then(|leader| situation.target_of(leader));
    let observed = situation.sight(status).and_then(|sight| {
        let age = situation.now.mono.since(sight.at).as_secs_f64();
        let holder = match sight.holder {
            Holder::Unsaid | Holder::Machine { target: None, .. } => return None,
            Holder::Nobody => None,
            Holder::Machine { target, .. } => target,
        };
        Some((holder, age))
    });
    AddressFacts {
        id: status.arbiter.address.clone(),
        wanted: wanted.cloned(),
        observed,
        here: situation.verdict(status).here,
        failed_attempts: status.arbiter.attempts,
    }
}
