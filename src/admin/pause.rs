//! `/admin/pause` and `/admin/resume`: no moves in the whole cluster, and moves again; and the task that keeps the latest wish on the disk.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use les_core::{Input, Pause, View};
use tokio::sync::{mpsc, watch};
use tokio_util::sync::CancellationToken;

use super::pause_mark::PauseMark;
use super::refusal::Refusal;
use super::router::{AdminState, Caller, json, refused};
use crate::wire::{PauseBody, rfc3339};

/// A member hears of it by its stream within milliseconds. With the time above less than the 3 s that the HTTP port gives a connection.
const SPREADING: Duration = Duration::from_millis(1500);
/// The election takes an input within milliseconds.
const TAKING: Duration = Duration::from_secs(1);
/// After a disk that could not be written.
const AGAIN: Duration = Duration::from_secs(5);

/// Where the wish goes, and what becomes of it.
#[derive(Clone, Debug)]
pub struct PauseState {
    /// To the election.
    pub inputs: mpsc::Sender<Input>,
    /// The latest wish that is on the disk; if there is no disk, none ever.
    pub kept: watch::Receiver<Option<Pause>>,
}

/// Nothing is moved from now on.
pub(super) async fn pause(State(state): State<AdminState>, caller: Caller) -> Response {
    order(state, caller, true).await
}

/// What should be moved is moved.
pub(super) async fn resume(State(state): State<AdminState>, caller: Caller) -> Response {
    order(state, caller, false).await
}

async fn order(state: AdminState, caller: Caller, paused: bool) -> Response {
    let wish = if paused {
        "pauses moves"
    } else {
        "lets moves go on"
    };
    tracing::info!(event = "admin_order", %caller, "an operator {wish}");
    let AdminState {
        mut view,
        pause,
        by_hand,
        kept: has_dir,
        ..
    } = state;
    // It would be undone by the leader at once, or undo what the leader does.
    let by_hand = by_hand.filter(|_| !paused);
    if by_hand.is_some_and(|by_hand| by_hand.busy.try_lock().is_err()) {
        return refused(&Refusal::ByHandUnderway);
    }
    let taken = async {
        pause.inputs.send(Input::Pause(paused)).await.ok()?;
        view.wait_for(|view| view.is_paused() == paused)
            .await
            .ok()?;
        Some(())
    };
    if !matches!(tokio::time::timeout(TAKING, taken).await, Ok(Some(()))) {
        return refused(&Refusal::Unheard);
    }
    let spread = async {
        let everybody_knows = |view: &Arc<View>| Awareness::of(view).unaware.is_empty();
        // An error: the election is gone, and so are those who could hear of it.
        let _ = view.clone().wait_for(everybody_knows).await;
        let wish = view.borrow().pause.clone();
        let _ = pause.kept.clone().wait_for(|kept| *kept >= wish).await;
    };
    // What is not so by then is said.
    let _ = tokio::time::timeout(SPREADING, spread).await;
    let view = Arc::clone(&view.borrow());
    let body = body(&view, pause.kept.borrow().as_ref(), has_dir);
    let status = if body.unaware.is_empty() {
        StatusCode::OK
    } else {
        StatusCode::ACCEPTED
    };
    json(status, &body)
}

fn body(view: &View, kept: Option<&Pause>, has_dir: bool) -> PauseBody {
    let wish = view.pause.as_ref();
    // Without a directory a restart forgets the pause, and so keeps its end.
    let ended = wish.is_some_and(|wish| !wish.paused) && !has_dir;
    let is_kept = wish.is_none() || kept >= wish || ended;
    let paused = wish.filter(|wish| wish.paused);
    let Awareness {
        aware,
        unaware,
        unable,
    } = Awareness::of(view);
    PauseBody {
        addr: view.me.addr.to_string(),
        paused: paused.is_some(),
        by: paused.map(|wish| wish.by.to_string()),
        since: paused.map(|wish| rfc3339(wish.at)),
        // Where nobody ever paused anything there is nothing to keep.
        kept: is_kept,
        why_not_kept: (!is_kept).then(|| {
            let why = if has_dir {
                "node.state_dir could not be written"
            } else {
                "no node.state_dir is configured"
            };
            why.to_owned()
        }),
        moving: moving(view),
        aware,
        unaware,
        unable,
    }
}

/// Calls that were begun before, as `ADDRESS by NODE`: they come to their end.
fn moving(view: &View) -> Vec<String> {
    let others = view
        .members
        .iter()
        .filter_map(|m| Some((&m.addr, &m.doc.ext.as_ref()?.moving)));
    let all = others.chain([(&view.me.addr, &view.moving)]);
    all.flat_map(|(node, moving)| {
        moving
            .iter()
            .map(move |address| format!("{address} by {node}"))
    })
    .collect()
}

/// Who has said that it knows the latest wish.
struct Awareness {
    aware: Vec<String>,
    unaware: Vec<String>,
    unable: Vec<String>,
}

impl Awareness {
    fn of(view: &View) -> Self {
        let mut awareness = Self {
            aware: vec![view.me.addr.to_string()],
            unaware: Vec::new(),
            unable: Vec::new(),
        };
        for member in &view.members {
            let list = match &member.doc.ext {
                None => &mut awareness.unable,
                Some(ext) if ext.pause >= view.pause => &mut awareness.aware,
                Some(_) => &mut awareness.unaware,
            };
            list.push(member.addr.to_string());
        }
        awareness
    }
}

/// Keeps the latest wish on the disk, whoever took the order.
#[derive(Debug)]
pub struct PauseKeeper {
    view: watch::Receiver<Arc<View>>,
    mark: PauseMark,
    kept: watch::Sender<Option<Pause>>,
    stop: CancellationToken,
}

impl PauseKeeper {
    /// The task, and what is kept. `before`: what an earlier life kept.
    #[must_use]
    pub fn new(
        view: watch::Receiver<Arc<View>>,
        mark: PauseMark,
        before: Option<Pause>,
        stop: CancellationToken,
    ) -> (Self, watch::Receiver<Option<Pause>>) {
        let (kept, receiver) = watch::channel(before);
        let keeper = Self {
            view,
            mark,
            kept,
            stop,
        };
        (keeper, receiver)
    }

    /// Until `stop`.
    pub async fn run(mut self) {
        let stop = self.stop.clone();
        tokio::select! {
            () = stop.cancelled() => {}
            () = self.keep_all() => {}
        }
    }

    /// Until the election is gone; for ever without a disk.
    async fn keep_all(&mut self) {
        if !self.mark.is_kept() {
            return std::future::pending().await;
        }
        let mut failed = false;
        loop {
            let before = self.kept.borrow().clone();
            let newer = |view: &Arc<View>| view.pause > before;
            let wish = match self.view.wait_for(newer).await {
                Ok(view) => view.pause.clone(),
                Err(_) => return,
            };
            let Some(wish) = wish else { return };
            match self.write(wish.clone()).await {
                Ok(()) => {
                    failed = false;
                    self.kept.send_replace(Some(wish));
                }
                Err(error) => {
                    if !failed {
                        tracing::warn!(
                            event = "pause_not_kept",
                            "a restart of this node forgets whether moves are paused, unless others tell it: {error}"
                        );
                    }
                    failed = true;
                    tokio::time::sleep(AGAIN).await;
                }
            }
        }
    }

    async fn write(&self, wish: Pause) -> std::io::Result<()> {
        let mark = self.mark.clone();
        let written = tokio::task::spawn_blocking(move || mark.write(&wish));
        written.await.map_err(std::io::Error::other).flatten()
    }
}
