//! Accepts connections and answers one request on each, whatever the other side does.

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::time::Duration;

use axum::Router;
use axum::extract::ConnectInfo;
use axum::response::Response;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, body::Incoming};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use tokio::task::{AbortHandle, JoinSet};
use tokio_util::sync::CancellationToken;

use super::live::Live;
use super::manners;
use super::watch::Stream;

/// Connections at a time that are not streams: a quarter of the 1,024 file descriptors that a process usually may open. Another quarter is for
/// streams that are served, one for those that are watched, the rest for polls and the provider.
const MAX_CONNECTIONS: usize = 256;
/// A request line and headers. Peers send some 200 bytes; this is the least that hyper accepts.
const MAX_HEAD_BYTES: usize = 8 * 1024;
/// From the accept to the last byte. A peer waits 3 s at most (the reference's timeout), and an answer takes a millisecond.
const MAX_CONNECTION_TIME: Duration = Duration::from_secs(3);
/// After an accept that failed: file descriptors ran out, and more attempts would not free one.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);
/// At the end, answers that are being written may finish.
const DRAIN: Duration = Duration::from_millis(250);

/// An answer that goes on, on the bare socket.
#[derive(Clone, Debug)]
pub(super) enum Granted {
    /// To a peer.
    Watch(Stream),
    /// To a person.
    Live(Live),
}

impl Granted {
    async fn run(self, socket: TcpStream) {
        match self {
            Self::Watch(stream) => stream.run(socket).await,
            Self::Live(live) => live.run(socket).await,
        }
    }
}

/// Serves until `stop`.
///
/// When all places are taken, the oldest connection makes room: an honest one was answered long ago, so those that drip or stall cannot keep
/// others out. Streams have places of their own, and keep them.
pub async fn serve(listener: TcpListener, router: Router, stop: CancellationToken) {
    let mut connections = JoinSet::new();
    let mut streams = JoinSet::new();
    let mut by_age: VecDeque<AbortHandle> = VecDeque::with_capacity(MAX_CONNECTIONS);
    loop {
        tokio::select! {
            () = stop.cancelled() => break,
            Some(ended) = connections.join_next() => if let Ok(Some((stream, socket))) = ended {
                streams.spawn(Granted::run(stream, socket));
            },
            Some(_) = streams.join_next() => {}
            accepted = listener.accept() => match accepted {
                Ok((socket, remote)) => {
                    by_age.retain(|connection| !connection.is_finished());
                    if by_age.len() >= MAX_CONNECTIONS && let Some(oldest) = by_age.pop_front() {
                        oldest.abort();
                    }
                    by_age.push_back(connections.spawn(answer(socket, remote, router.clone())));
                }
                Err(error) => {
                    tracing::warn!(event = "accept_failed", "{error}");
                    tokio::time::sleep(ACCEPT_PAUSE).await;
                }
            },
        }
    }
    // Watchers were told goodbye; there is nothing to finish.
    streams.shutdown().await;
    let drained = async { while connections.join_next().await.is_some() {} };
    // What is not finished by then is dropped.
    let _ = tokio::time::timeout(DRAIN, drained).await;
}

/// Answers one request; or gives the socket back, if the answer is a stream.
async fn answer(
    socket: TcpStream,
    remote: SocketAddr,
    router: Router,
) -> Option<(Granted, TcpStream)> {
    // Only saves time: a line or an answer is written at once, and waits for no more.
    let _ = socket.set_nodelay(true);
    let (grant, mut granted) = mpsc::channel(1);
    let service = service_fn(move |mut request: Request<Incoming>| {
        request.extensions_mut().insert(ConnectInfo(remote));
        let (answered, grant) = (manners::answer(router.clone(), request), grant.clone());
        async move {
            let mut response: Response = answered.await;
            match response.extensions_mut().remove::<Granted>() {
                Some(stream) => {
                    let _ = grant.try_send(stream);
                    Err(IsStream)
                }
                None => Ok(response),
            }
        }
    });
    let mut http = http1::Builder::new();
    http.keep_alive(false) // one request each: an idle connection would hold a place
        .timer(TokioTimer::new())
        .header_read_timeout(MAX_CONNECTION_TIME)
        .max_buf_size(MAX_HEAD_BYTES);
    let mut connection = http.serve_connection(TokioIo::new(socket), service);
    // A client that breaks off, drips or sends garbage is its own problem.
    let _ = tokio::time::timeout(MAX_CONNECTION_TIME, &mut connection).await;
    let stream = granted.try_recv().ok()?;
    Some((stream, connection.into_parts().io.into_inner()))
}

/// Makes hyper end the exchange with nothing written, and give up the socket.
#[derive(Debug, thiserror::Error)]
#[error("the answer is a stream")]
struct IsStream;
