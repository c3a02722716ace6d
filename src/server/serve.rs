//! Accepts connections and answers one request on each, whatever the other side does.

use std::collections::VecDeque;
use std::time::Duration;

use axum::Router;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::{AbortHandle, JoinSet};
use tokio_util::sync::CancellationToken;

/// Connections at a time: half of the 1,024 file descriptors that a process usually may open; the rest is for polls and the provider.
const MAX_CONNECTIONS: usize = 512;
/// A request line and headers. Peers send some 200 bytes; this is the least that hyper accepts.
const MAX_HEAD_BYTES: usize = 8 * 1024;
/// From the accept to the last byte. A peer waits 3 s at most (the reference's timeout), and an answer takes a millisecond.
const MAX_CONNECTION_TIME: Duration = Duration::from_secs(3);
/// After an accept that failed: file descriptors ran out, and more attempts would not free one.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);
/// At the end, answers that are being written may finish.
const DRAIN: Duration = Duration::from_millis(250);

/// Serves until `stop`.
///
/// When all places are taken, the oldest connection makes room: an honest one was answered long ago, so those that drip or stall cannot keep
/// others out.
pub async fn serve(listener: TcpListener, router: Router, stop: CancellationToken) {
    let mut connections = JoinSet::new();
    let mut by_age: VecDeque<AbortHandle> = VecDeque::with_capacity(MAX_CONNECTIONS);
    loop {
        tokio::select! {
            () = stop.cancelled() => break,
            Some(_) = connections.join_next() => {}
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => {
                    by_age.retain(|connection| !connection.is_finished());
                    if by_age.len() >= MAX_CONNECTIONS && let Some(oldest) = by_age.pop_front() {
                        oldest.abort();
                    }
                    by_age.push_back(connections.spawn(answer(stream, router.clone())));
                }
                Err(error) => {
                    tracing::warn!(event = "accept_failed", "{error}");
                    tokio::time::sleep(ACCEPT_PAUSE).await;
                }
            },
        }
    }
    let drained = async { while connections.join_next().await.is_some() {} };
    // What is not finished by then is dropped.
    let _ = tokio::time::timeout(DRAIN, drained).await;
}

async fn answer(stream: TcpStream, router: Router) {
    let mut http = http1::Builder::new();
    http.keep_alive(false) // one request each: an idle connection would hold a place
        .timer(TokioTimer::new())
        .header_read_timeout(MAX_CONNECTION_TIME)
        .max_buf_size(MAX_HEAD_BYTES);
    let connection = http.serve_connection(TokioIo::new(stream), TowerToHyperService::new(router));
    // A client that breaks off, drips or sends garbage is its own problem.
    let _ = tokio::time::timeout(MAX_CONNECTION_TIME, connection).await;
}
