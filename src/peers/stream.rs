//! The other end of `GET /watch`: one connection, opened once and read to its end.
//!
//! The connection is driven by the task that reads it: between a segment's arrival and what it says there is no other task to wait for.

use std::io;
use std::net::SocketAddr;
use std::pin::pin;

use http_body_util::{BodyExt as _, Empty};
use hyper::body::{Bytes, Incoming};
use hyper::client::conn::http1;
use hyper::{Request, Response, StatusCode, header};
use hyper_util::rt::TokioIo;
use les_core::{Addr, Evidence, WatchEnd};
use tokio::net::TcpStream;

use super::exchange;

type Connection = http1::Connection<TokioIo<TcpStream>, Empty<Bytes>>;

/// An open stream.
pub(super) struct Stream {
    body: Incoming,
    connection: Connection,
    connected: bool,
}

impl Stream {
    /// Asks `path` of `at` over a fresh connection, until the head of the answer is there.
    ///
    /// # Errors
    /// There is no stream; how that showed.
    pub(super) async fn open(at: SocketAddr, host: &Addr, path: &str) -> Result<Self, WatchEnd> {
        let socket = exchange::connect(at).await.map_err(WatchEnd::Failed)?;
        let mut http = http1::Builder::new();
        http.max_buf_size(exchange::MAX_HEAD_BYTES);
        let (mut sender, mut connection) = http
            .handshake(TokioIo::new(socket))
            .await
            .map_err(|error| end_of(&error))?;
        let request = Request::get(path)
            .header(header::HOST, host.as_str())
            .header(header::CONNECTION, "close")
            .body(Empty::<Bytes>::new())
            .map_err(|_| WatchEnd::Failed(Evidence::BadAnswer))?;
        let mut connected = true;
        let answer = {
            let mut answer = pin!(sender.send_request(request));
            tokio::select! {
                biased;
                answer = &mut answer => answer,
                // Whatever it has to say of the request is said.
                _ = &mut connection => {
                    connected = false;
                    answer.await
                }
            }
        };
        let body = accept(answer.map_err(|error| end_of(&error))?)?;
        Ok(Self {
            body,
            connection,
            connected,
        })
    }

    /// The next bytes; there are some in each piece.
    ///
    /// # Errors
    /// The stream has ended; how.
    pub(super) async fn next(&mut self) -> Result<Bytes, WatchEnd> {
        loop {
            let frame = tokio::select! {
                biased;
                frame = self.body.frame() => frame,
                _ = &mut self.connection, if self.connected => {
                    self.connected = false;
                    continue;
                }
            };
            match frame {
                // Trailers, and nothing else, are no data.
                Some(Ok(frame)) => match frame.into_data() {
                    Ok(data) if !data.is_empty() => return Ok(data),
                    _ => {}
                },
                Some(Err(error)) => return Err(end_of(&error)),
                None => return Err(WatchEnd::Closed),
            }
        }
    }
}

fn accept(answer: Response<Incoming>) -> Result<Incoming, WatchEnd> {
    match answer.status() {
        StatusCode::OK => Ok(answer.into_body()),
        // Versions before streams, and the reference.
        StatusCode::NOT_FOUND | StatusCode::METHOD_NOT_ALLOWED | StatusCode::NOT_IMPLEMENTED => {
            Err(WatchEnd::Unsupported)
        }
        _ => Err(WatchEnd::Failed(Evidence::BadAnswer)),
    }
}

/// An end in order (FIN), wherever it comes, is told from a reset: a firewall forges only the latter.
fn end_of(error: &hyper::Error) -> WatchEnd {
    let mut source: Option<&(dyn std::error::Error + 'static)> = Some(error);
    let io = loop {
        match source {
            Some(error) => match error.downcast_ref::<io::Error>() {
                Some(io) => break Some(io.kind()),
                None => source = error.source(),
            },
            None => break None,
        }
    };
    match io {
        Some(io::ErrorKind::UnexpectedEof) => WatchEnd::Closed,
        Some(io::ErrorKind::InvalidData | io::ErrorKind::InvalidInput) => {
            WatchEnd::Failed(Evidence::BadAnswer)
        }
        Some(_) => WatchEnd::Failed(Evidence::Broken),
        None if error.is_incomplete_message() => WatchEnd::Closed,
        None if error.is_parse() => WatchEnd::Failed(Evidence::BadAnswer),
        None => WatchEnd::Failed(Evidence::Broken),
    }
}
