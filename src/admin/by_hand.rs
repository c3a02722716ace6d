//! `/admin/provider/assign` and `/admin/provider/release`: an address is moved by hand, while moves are paused; or what that would take is shown.
//!
//! Without a pause the leader would undo it, or do it itself in the same moment.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use les_core::{Role, View};
use les_provider::{AddressId, Observation, Provider, ProviderError, Target};
use tokio::sync::{Mutex, watch};

use super::refusal::Refusal;
use super::router::{AdminState, Caller, bad_request, json, parse_required, refused};
use crate::clock::Clock;
use crate::events::{Entry, Events};
use crate::reconcile::{AddressStatus, Call, ProviderStatus};
use crate::wire::{ProviderDoneBody, ProviderOrderBody, RehearsedBody};
use crate::words::chain;

/// What moves addresses by hand.
#[derive(Clone, Debug)]
pub struct ByHand {
    /// Who does it.
    pub provider: Arc<dyn Provider>,
    /// Who this node is there.
    pub identified: watch::Receiver<ProviderStatus>,
    /// The configured addresses, and what is under way.
    pub addresses: Vec<watch::Receiver<AddressStatus>>,
    /// The time.
    pub clock: Clock,
    /// The history.
    pub events: Events,
    /// One at a time.
    pub busy: Arc<Mutex<()>>,
}

/// What is to be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Deed {
    Assign,
    Release,
}

/// Moves an address to this node.
pub(super) async fn assign(
    State(state): State<AdminState>,
    caller: Caller,
    body: Bytes,
) -> Response {
    order(state, caller, &body, Deed::Assign).await
}

/// Takes an address from whoever holds it.
pub(super) async fn release(
    State(state): State<AdminState>,
    caller: Caller,
    body: Bytes,
) -> Response {
    order(state, caller, &body, Deed::Release).await
}

async fn order(state: AdminState, caller: Caller, body: &[u8], deed: Deed) -> Response {
    let wanted: ProviderOrderBody = match parse_required(body) {
        Ok(wanted) => wanted,
        Err(error) => return bad_request(&error.to_string()),
    };
    let Some(by_hand) = state.by_hand else {
        return refused(&Refusal::NoProvider);
    };
    let view = Arc::clone(&state.view.borrow());
    tracing::info!(event = "admin_order", %caller, address = wanted.address, dry_run = wanted.dry_run, "an operator wants {} of {}", deed.word(), wanted.address);
    // A task of its own: whoever asked may go, and what was begun is brought to its end.
    let done = tokio::spawn(async move { by_hand.carry_out(&view, wanted, deed).await });
    match done.await {
        Ok(Ok(done)) => json(StatusCode::OK, &done),
        Ok(Err(refusal)) => {
            tracing::info!(event = "admin_refused", %caller, "{}", chain(&refusal));
            refused(&refusal)
        }
        Err(_) => refused(&Refusal::Unheard),
    }
}

impl ByHand {
    async fn carry_out(
        &self,
        view: &View,
        wanted: ProviderOrderBody,
        deed: Deed,
    ) -> Result<ProviderDoneBody, Refusal> {
        let statuses = self.addresses.iter().map(|status| status.borrow().clone());
        let status = statuses
            .into_iter()
            .find(|s| s.arbiter.address == wanted.address);
        let Some(status) = status else {
            let known = self
                .addresses
                .iter()
                .map(|s| s.borrow().arbiter.address.clone());
            return Err(Refusal::UnknownAddress {
                address: wanted.address,
                configured: known.collect(),
            });
        };
        let target = self.identified.borrow().target.clone().map(Target);
        let target = target.ok_or(Refusal::NoTarget)?;
        let _alone = self.busy.try_lock().map_err(|_| Refusal::Underway)?;
        if !wanted.dry_run {
            may_move(view, &status)?;
        }
        let id = AddressId(wanted.address.clone());
        let failed = Refusal::Provider;
        let seen = self.provider.observe(&id).await.map_err(failed)?;
        if wanted.dry_run {
            let rehearsed = self.provider.rehearse(&id, &target).await.map_err(failed)?;
            return Ok(rehearsal(wanted.address, &seen, &target, deed, rehearsed));
        }
        self.move_it(&id, &target, &seen, deed)
            .await
            .map_err(failed)?;
        let after = self.provider.observe(&id).await.map_err(failed)?;
        let text = done_text(&id, &seen, &after, deed);
        tracing::warn!(event = "by_hand", address = %id, "{text}");
        let entry = Entry::new("by_hand", text.clone())
            .about(&id.0)
            .because(deed.word());
        self.events.tell(self.clock.mono(), entry);
        Ok(ProviderDoneBody {
            address: wanted.address,
            dry_run: false,
            done: true,
            before: seen.holder.map(|t| t.0),
            after: after.holder.map(|t| t.0),
            text,
            rehearsed: Vec::new(),
        })
    }

    async fn move_it(
        &self,
        id: &AddressId,
        target: &Target,
        seen: &Observation,
        deed: Deed,
    ) -> Result<(), ProviderError> {
        match (deed, &seen.holder) {
            (Deed::Assign, Some(holder)) if holder == target => Ok(()),
            (Deed::Assign, _) => self.provider.assign(id, target, Some(seen)).await,
            (Deed::Release, Some(holder)) => self.provider.release(id, holder).await,
            (Deed::Release, None) => Ok(()),
        }
    }
}

/// Moves are paused, the leader knows, and nothing is under way here.
fn may_move(view: &View, status: &AddressStatus) -> Result<(), Refusal> {
    let wish = view.pause.as_ref().filter(|wish| wish.paused);
    let wish = wish.ok_or(Refusal::NotPaused)?;
    if let Role::Follower { leader, .. } = &view.role {
        let member = view.members.iter().find(|m| m.addr == *leader);
        let knows = member.and_then(|m| m.doc.ext.as_ref()?.pause.as_ref());
        if knows.is_none_or(|known| !known.paused || known < wish) {
            return Err(Refusal::LeaderUnaware(leader.clone()));
        }
    }
    match status.call {
        Some((Call::Assign, _)) => Err(Refusal::Underway),
        _ => Ok(()),
    }
}

fn rehearsal(
    address: String,
    seen: &Observation,
    target: &Target,
    deed: Deed,
    rehearsed: Vec<les_provider::Rehearsed>,
) -> ProviderDoneBody {
    let holder = seen.holder.as_ref().map(|holder| holder.0.clone());
    let from = holder.as_deref().unwrap_or("nobody");
    let text = match (deed, &seen.holder) {
        (Deed::Assign, Some(holder)) if holder == target => {
            format!("{address} is on {target} already, which is this node: nothing would be done")
        }
        (Deed::Assign, _) => {
            format!("{address} would be moved from {from} to {target}, which is this node")
        }
        (Deed::Release, None) => format!("nobody holds {address}: nothing would be done"),
        (Deed::Release, Some(_)) => {
            format!("{address} would be taken from {from}, and nobody would hold it")
        }
    };
    let told = rehearsed.into_iter().map(|call| RehearsedBody {
        action: call.action.to_owned(),
        ok: call.outcome.is_ok(),
        message: call.outcome.err().map(|e| chain(&e)).unwrap_or_default(),
    });
    ProviderDoneBody {
        address,
        dry_run: true,
        done: false,
        before: holder.clone(),
        after: holder,
        text,
        rehearsed: if deed == Deed::Assign {
            told.collect()
        } else {
            Vec::new()
        },
    }
}

fn done_text(id: &AddressId, before: &Observation, after: &Observation, deed: Deed) -> String {
    let name = |seen: &Observation| {
        seen.holder
            .as_ref()
            .map_or("nobody".to_owned(), |t| t.0.clone())
    };
    let (from, to) = (name(before), name(after));
    match deed {
        Deed::Assign if from == to => format!("{id} was on {to} already"),
        Deed::Assign => format!("{id} was moved by hand, from {from} to {to}"),
        Deed::Release if from == to => format!("{id} was held by {to} before and after"),
        Deed::Release => format!("{id} was taken by hand from {from}; {to} holds it now"),
    }
}

impl Deed {
    const fn word(self) -> &'static str {
        match self {
            Self::Assign => "assign",
            Self::Release => "release",
        }
    }
}
