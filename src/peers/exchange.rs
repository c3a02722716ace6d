//! One HTTP exchange over one connection: connect, ask, read, close.

use std::io;
use std::net::SocketAddr;

use http_body_util::{BodyExt as _, Empty, LengthLimitError, Limited};
use hyper::body::Bytes;
use hyper::client::conn::http1;
use hyper::{Request, StatusCode, header};
use hyper_util::rt::TokioIo;
use les_core::{Addr, Evidence, StateDoc};
use tokio::net::TcpStream;
use tokio::task::JoinSet;

use crate::wire::{MAX_BODY_BYTES, parse_state};

/// A status line and a few headers; what needs more is no peer.
pub(super) const MAX_HEAD_BYTES: usize = 16 * 1024;

/// Opens a fresh connection.
pub(super) async fn connect(to: SocketAddr) -> Result<TcpStream, Evidence> {
    let stream = TcpStream::connect(to)
        .await
        .map_err(|error| connect_evidence(&error, to))?;
    // A port of the ephemeral range with nobody behind it: the kernel may pick it as the source port and connect the socket with itself.
    if stream.local_addr().is_ok_and(|local| local == to) {
        return Err(Evidence::Refused { at: to });
    }
    // Only saves time; a stream that cannot do it works.
    let _ = stream.set_nodelay(true);
    Ok(stream)
}

/// Asks `path` of whoever is behind `stream`, and reads the whole answer.
pub(super) async fn ask(
    stream: TcpStream,
    host: &Addr,
    path: &str,
    look: bool,
    trace: Option<String>,
) -> Result<StateDoc, Evidence> {
    let mut http = http1::Builder::new();
    http.max_buf_size(MAX_HEAD_BYTES);
    let (mut sender, connection) = http
        .handshake(TokioIo::new(stream))
        .await
        .map_err(|error| http_evidence(&error))?;
    // Dropped at the end of the exchange, and the connection with it.
    let mut driver = JoinSet::new();
    driver.spawn(connection);
    let mut request = Request::get(path)
        .header(header::HOST, host.as_str())
        .header(header::CONNECTION, "close");
    if look {
        request = request.header("les-look", "1");
    }
    if let Some(trace) = trace {
        request = request.header(crate::trace::HEADER, trace);
    }
    let request = request
        .body(Empty::<Bytes>::new())
        .map_err(|_| Evidence::BadAnswer)?;
    let answer = sender
        .send_request(request)
        .await
        .map_err(|error| http_evidence(&error))?;
    // Redirects are not followed: they lead wherever the peer likes.
    if answer.status() != StatusCode::OK {
        return Err(Evidence::BadAnswer);
    }
    let body = Limited::new(answer.into_body(), MAX_BODY_BYTES)
        .collect()
        .await
        .map_err(|error| body_evidence(&*error))?;
    parse_state(&body.to_bytes()).map_err(|_| Evidence::BadAnswer)
}

fn connect_evidence(error: &io::Error, at: SocketAddr) -> Evidence {
    match error.kind() {
        io::ErrorKind::ConnectionRefused => Evidence::Refused { at },
        io::ErrorKind::TimedOut => Evidence::Silent,
        io::ErrorKind::ConnectionReset | io::ErrorKind::ConnectionAborted => Evidence::Broken,
        _ => Evidence::Unreachable,
    }
}

fn http_evidence(error: &hyper::Error) -> Evidence {
    if error.is_parse() {
        Evidence::BadAnswer
    } else {
        Evidence::Broken
    }
}

fn body_evidence(error: &(dyn std::error::Error + Send + Sync + 'static)) -> Evidence {
    if error.is::<LengthLimitError>() {
        return Evidence::BadAnswer;
    }
    error
        .downcast_ref::<hyper::Error>()
        .map_or(Evidence::Broken, http_evidence)
}
