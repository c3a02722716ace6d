//! `/admin/provider/assign` and `/admin/provider/release`: an address is moved by hand, while moves are paused; or what that would take is shown.
//!
//! Without a pause the leader would undo it, or do it itself in the same moment.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use les_core::{Role, View};
use les_provider::{AddressId, ErrorKind, Observation, Provider, ProviderError, Target};
use tokio::sync::{Mutex, watch};

use super::refusal::Refusal;
use super::router::{ANSWER, AdminState, Caller, bad_request, json, parse_required, refused};
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
    tracing::info!(event = "admin_order", %caller, address = wanted.address, dry_run = wanted.dry_run, "an operator wants {} of {}", deed.word(), wanted.address);
    let going_on = under_way(&wanted);
    let view = state.view;
    // A task of its own: whoever asked may go, and what was begun is brought to its end.
    let mut done = tokio::spawn(async move { by_hand.carry_out(&view, wanted, deed).await });
    let outcome = match caller {
        Caller::Socket { .. } => (&mut done).await,
        // The HTTP port gives a connection 3 s.
        Caller::Http { .. } => match tokio::time::timeout(ANSWER, &mut done).await {
            Ok(outcome) => outcome,
            Err(_) => return json(StatusCode::ACCEPTED, &going_on),
        },
    };
    match outcome {
        Ok(Ok(done)) => json(StatusCode::OK, &done),
        Ok(Err(refusal)) => {
            tracing::info!(event = "admin_refused", %caller, "{}", chain(&refusal));
            refused(&refusal)
        }
        Err(_) => refused(&Refusal::Unheard),
    }
}

/// What whoever asked over HTTP is told while the cloud is at work.
fn under_way(wanted: &ProviderOrderBody) -> ProviderDoneBody {
    ProviderDoneBody {
        address: wanted.address.clone(),
        dry_run: wanted.dry_run,
        done: false,
        before: None,
        after: None,
        text: "it goes on: `les events` and `les provider observe` say how it ended".to_owned(),
        rehearsed: Vec::new(),
    }
}

impl ByHand {
    async fn carry_out(
        &self,
        view: &watch::Receiver<Arc<View>>,
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
        let _alone = self.busy.try_lock().map_err(|_| Refusal::ByHandUnderway)?;
        if !wanted.dry_run {
            may_move(&view.borrow(), &status)?;
        }
        let id = AddressId(wanted.address.clone());
        let failed = Refusal::Provider;
        let seen = self.provider.observe(&id).await.map_err(failed)?;
        if wanted.dry_run {
            let rehearsed = self.provider.rehearse(&id, &target).await.map_err(failed)?;
            return Ok(rehearsal(wanted.address, &seen, &target, deed, rehearsed));
        }
        // Once more: the reading may have taken seconds, and moves may go on since.
        may_move(&view.borrow(), &status)?;
        let moved = self.move_it(&id, &target, &seen, deed).await;
        let sent = match moved {
            Ok(sent) => sent,
            Err(error) => {
                let text = format!("{} of {id} by hand: {}", deed.word(), chain(&error));
                self.tell(&id, deed, &text);
                return Err(match error.kind {
                    ErrorKind::MaybeApplied => Refusal::MaybeDone(error),
                    _ => Refusal::Provider(error),
                });
            }
        };
        let after = self.provider.observe(&id).await;
        let text = done_text(&id, &seen, after.as_ref().ok(), deed, sent);
        self.tell(&id, deed, &text);
        Ok(ProviderDoneBody {
            address: wanted.address,
            dry_run: false,
            done: true,
            before: seen.holder.map(|t| t.0),
            after: after.ok().and_then(|seen| seen.holder).map(|t| t.0),
            text,
            rehearsed: Vec::new(),
        })
    }

    fn tell(&self, id: &AddressId, deed: Deed, text: &str) {
        tracing::warn!(event = "by_hand", address = %id, "{text}");
        let entry = Entry::new("by_hand", text.to_owned());
        let entry = entry.about(&id.0).because(deed.word());
        self.events.tell(self.clock.mono(), entry);
    }

    /// Whether a call was needed, and ended well.
    async fn move_it(
        &self,
        id: &AddressId,
        target: &Target,
        seen: &Observation,
        deed: Deed,
    ) -> Result<bool, ProviderError> {
        match (deed, &seen.holder) {
            (Deed::Assign, Some(holder)) if holder == target => return Ok(false),
            (Deed::Assign, _) => self.provider.assign(id, target, Some(seen)).await?,
            (Deed::Release, Some(holder)) => self.provider.release(id, holder).await?,
            (Deed::Release, None) => return Ok(false),
        }
        Ok(true)
    }
}

/// Moves are paused, the leader knows, and nobody moves the address just now.
fn may_move(view: &View, status: &AddressStatus) -> Result<(), Refusal> {
    let wish = view.pause.as_ref().filter(|wish| wish.paused);
    let wish = wish.ok_or(Refusal::NotPaused)?;
    match &view.role {
        Role::Undecided(_) => return Err(Refusal::NobodyLeads),
        Role::Follower { leader, .. } => {
            let member = view.members.iter().find(|m| m.addr == *leader);
            let knows = member.and_then(|m| m.doc.ext.as_ref()?.pause.as_ref());
            if knows.is_none_or(|known| !known.paused || known < wish) {
                return Err(Refusal::LeaderUnaware(leader.clone()));
            }
        }
        Role::Leader { .. } => {}
    }
    // What a leader began before it heard of the pause comes to its end.
    let of_others = view.members.iter().filter_map(|m| m.doc.ext.as_ref());
    let address = &status.arbiter.address;
    let moving = of_others.map(|ext| &ext.moving).chain([&view.moving]);
    let is_moved = moving.into_iter().any(|moving| moving.contains(address));
    match status.call {
        Some((Call::Assign, _)) => Err(Refusal::Moving(address.clone())),
        _ if is_moved => Err(Refusal::Moving(address.clone())),
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

/// `after`: `None` if the cloud could not be asked again. `sent`: a call was needed.
fn done_text(
    id: &AddressId,
    before: &Observation,
    after: Option<&Observation>,
    deed: Deed,
    sent: bool,
) -> String {
    let name = |seen: &Observation| {
        let holder = seen.holder.as_ref();
        holder.map_or("nobody".to_owned(), |target| target.0.clone())
    };
    let from = name(before);
    let now = match after {
        Some(seen) => format!("{} holds it now", name(seen)),
        None => "who holds it now could not be read: `les provider observe` asks again".to_owned(),
    };
    match deed {
        _ if !sent => format!("{id} was so already, nothing was done: {now}"),
        Deed::Assign => format!("{id} was moved by hand from {from}: {now}"),
        Deed::Release => format!("{id} was taken by hand from {from}: {now}"),
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

#[cfg(test)]
#[path = "by_hand_test.rs"]
mod tests;
