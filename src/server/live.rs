//! `GET /live`: the body of `/status` as server-sent events, for the page and for whoever wants to look on without asking again and again.
//!
//! Written on the bare socket, as `GET /watch` is: these are for people, have places of their own and are dropped as soon as they hold anything up.

use std::sync::Arc;
use std::time::Duration;

use axum::Extension;
use axum::extract::{ConnectInfo, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use socket2::SockRef;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::sync::watch;

use super::health::{answer_as, unwell};
use super::places::Place;
use super::router::Shared;
use super::serve::Granted;
use super::status;

const HEAD: &[u8] = b"HTTP/1.1 200 OK\r\n\
    content-type: text/event-stream\r\n\
    cache-control: no-store\r\n\
    x-accel-buffering: no\r\n\
    connection: close\r\n\r\n";
/// At most so often, however much changes.
const SOONEST: Duration = Duration::from_millis(200);
/// At least so often, since ages grow.
const LATEST: Duration = Duration::from_secs(1);
/// Who does not take an event within so long is dropped, and comes back by itself.
const PATIENCE: Duration = Duration::from_secs(3);

/// What the kernel keeps of what a reader has not acknowledged (it doubles this number): some events of a cluster of usual size.
const SEND_BUFFER: usize = 32 * 1024;

/// One stream that was granted.
#[derive(Clone, Debug)]
pub(super) struct Live {
    shared: Arc<Shared>,
    _place: Arc<Place>,
}

/// Grants a stream, if there is a place.
pub(super) async fn live(
    State(shared): State<Arc<Shared>>,
    ConnectInfo(remote): ConnectInfo<std::net::SocketAddr>,
) -> Response {
    let Some(place) = shared.pages.take(remote.ip().to_canonical()) else {
        let text = "too many look on already: close a page, or ask /status".to_owned();
        return answer_as(StatusCode::SERVICE_UNAVAILABLE, &unwell(text));
    };
    let live = Live {
        shared,
        _place: Arc::new(place),
    };
    Extension(Granted::Live(live)).into_response()
}

impl Live {
    /// Writes until either side ends.
    pub(super) async fn run(self, mut socket: TcpStream) {
        let _ = SockRef::from(&socket).set_send_buffer_size(SEND_BUFFER);
        let mut changes = Changes::of(&self.shared);
        if !write(&mut socket, HEAD).await {
            return;
        }
        loop {
            let Ok(json) = status::page(&self.shared).to_json() else {
                return;
            };
            let event = format!("event: status\ndata: {json}\n\n");
            if !write(&mut socket, event.as_bytes()).await {
                return;
            }
            let mut unexpected = [0];
            tokio::select! {
                () = changes.next() => {}
                // Who looks on has nothing to say: this is the end, or noise.
                _ = socket.read(&mut unexpected) => return,
            }
        }
    }
}

async fn write(socket: &mut TcpStream, bytes: &[u8]) -> bool {
    let written = tokio::time::timeout(PATIENCE, socket.write_all(bytes)).await;
    if written.is_err() {
        // What it has not taken is not kept for it.
        let _ = SockRef::from(&*socket).set_linger(Some(Duration::ZERO));
    }
    matches!(written, Ok(Ok(())))
}

/// Whether anything changed but ages.
struct Changes {
    view: watch::Receiver<Arc<les_core::View>>,
    addresses: Vec<watch::Receiver<crate::reconcile::AddressStatus>>,
}

impl Changes {
    fn of(shared: &Shared) -> Self {
        Self {
            view: shared.view.clone(),
            addresses: shared.addresses.clone(),
        }
    }

    /// Waits for the next change, between [`SOONEST`] and [`LATEST`].
    async fn next(&mut self) {
        let turns = LATEST.as_millis() / SOONEST.as_millis();
        for _ in 0..turns {
            tokio::time::sleep(SOONEST).await;
            let addresses = self.addresses.iter_mut();
            // Every one of them, so that what changed at one time is told at one time.
            let changed = addresses.filter_map(|status| take_change(status).then_some(()));
            let changed = changed.count() > 0;
            if take_change(&mut self.view) || changed {
                return;
            }
        }
    }
}

fn take_change<T>(receiver: &mut watch::Receiver<T>) -> bool {
    let changed = receiver.has_changed().unwrap_or(false);
    if changed {
        receiver.mark_unchanged();
    }
    changed
}
