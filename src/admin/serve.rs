//! Answers on the admin socket.

use std::sync::Arc;
use std::time::Duration;

use axum::{Extension, Router};
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::net::UnixStream;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use super::router::Caller;
use super::socket::AdminSocket;

/// Connections at a time; more of them wait in the kernel's queue.
const MAX_CONNECTIONS: usize = 8;
/// A request line and headers; the least that hyper accepts.
const MAX_HEAD_BYTES: usize = 8 * 1024;
/// Until a request is whole.
const MAX_HEAD_TIME: Duration = Duration::from_secs(5);
/// From the accept to the last byte: most orders are answered within about 2 s; a move by hand takes as long as the cloud does, the slowest of which has
/// 220 s for a call.
const MAX_CONNECTION_TIME: Duration = Duration::from_secs(600);
/// After an accept that failed: file descriptors ran out.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);
/// At the end, answers that are being written may finish.
const DRAIN: Duration = Duration::from_millis(250);

/// Serves until `stop`, and removes the socket.
pub async fn serve(socket: AdminSocket, router: Router, stop: CancellationToken) {
    let places = Arc::new(Semaphore::new(MAX_CONNECTIONS));
    let mut connections = JoinSet::new();
    loop {
        let place = tokio::select! {
            () = stop.cancelled() => break,
            Some(_) = connections.join_next() => continue,
            Ok(place) = Arc::clone(&places).acquire_owned() => place,
        };
        tokio::select! {
            () = stop.cancelled() => break,
            accepted = socket.listener().accept() => match accepted {
                Ok((stream, _)) => {
                    let router = router.clone().layer(Extension(caller(&stream)));
                    connections.spawn(async move {
                        answer(stream, router).await;
                        drop(place);
                    });
                }
                Err(error) => {
                    tracing::warn!(event = "admin_accept_failed", "{error}");
                    tokio::time::sleep(ACCEPT_PAUSE).await;
                }
            },
        }
    }
    let drained = async { while connections.join_next().await.is_some() {} };
    // What is not finished by then is dropped.
    let _ = tokio::time::timeout(DRAIN, drained).await;
}

fn caller(stream: &UnixStream) -> Caller {
    match stream.peer_cred() {
        Ok(peer) => Caller::Socket {
            uid: Some(peer.uid()),
        },
        Err(_) => Caller::Socket { uid: None },
    }
}

async fn answer(stream: UnixStream, router: Router) {
    let mut http = http1::Builder::new();
    http.keep_alive(false)
        .timer(TokioTimer::new())
        .header_read_timeout(MAX_HEAD_TIME)
        .max_buf_size(MAX_HEAD_BYTES);
    let connection = http.serve_connection(TokioIo::new(stream), TowerToHyperService::new(router));
    // A client that breaks off is its own problem.
    let _ = tokio::time::timeout(MAX_CONNECTION_TIME, connection).await;
}
