//! One question to a node, over its socket or its HTTP port.

use std::time::Duration;

use http_body_util::{BodyExt as _, Full, Limited};
use hyper::body::Bytes;
use hyper::client::conn::http1;
use hyper::{Method, Request, StatusCode, header};
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpStream, UnixStream};
use tokio::task::JoinSet;

use super::trouble::Trouble;
use super::way::Way;

/// Bytes of an answer: every member and 64 addresses fit into less.
const MAX_ANSWER_BYTES: usize = 256 * 1024;
/// A socket has no host; HTTP wants one.
const ANY_HOST: &str = "localhost";

/// Asks one node.
#[derive(Debug)]
pub(crate) struct Client {
    way: Way,
    patience: Duration,
}

impl Client {
    /// `patience` is for the whole of one question.
    pub(super) const fn new(way: Way, patience: Duration) -> Self {
        Self { way, patience }
    }

    /// Sends one request over a fresh connection.
    pub(crate) async fn ask(
        &self,
        method: Method,
        path: &str,
        body: String,
    ) -> Result<(StatusCode, Bytes), Trouble> {
        let exchange = tokio::time::timeout(self.patience, self.exchange(method, path, body));
        let (status, body) = exchange.await.map_err(|_| Trouble::Silent)??;
        match status {
            StatusCode::UNAUTHORIZED => Err(Trouble::WrongToken),
            StatusCode::NOT_FOUND if body.is_empty() => Err(Trouble::NoAdmin),
            _ => Ok((status, body)),
        }
    }

    async fn exchange(
        &self,
        method: Method,
        path: &str,
        body: String,
    ) -> Result<(StatusCode, Bytes), Trouble> {
        let mut request = Request::builder()
            .method(method)
            .uri(path)
            .header(header::CONNECTION, "close")
            .header(header::CONTENT_TYPE, "application/json");
        match &self.way {
            Way::Socket(socket) => {
                let connected = UnixStream::connect(socket).await;
                let stream = connected.map_err(|source| Trouble::at_socket(socket, source))?;
                request = request.header(header::HOST, ANY_HOST);
                send(stream, request, body).await
            }
            Way::Http { host, token } => {
                let connected = TcpStream::connect(host).await;
                let stream = connected.map_err(|source| Trouble::Unreachable {
                    host: host.clone(),
                    source,
                })?;
                let bearer = format!("Bearer {}", token.expose());
                request = request
                    .header(header::HOST, host)
                    .header(header::AUTHORIZATION, bearer);
                send(stream, request, body).await
            }
        }
    }
}

async fn send<S: AsyncRead + AsyncWrite + Unpin + Send + 'static>(
    stream: S,
    request: hyper::http::request::Builder,
    body: String,
) -> Result<(StatusCode, Bytes), Trouble> {
    let request = request
        .body(Full::new(Bytes::from(body)))
        .map_err(|_| Trouble::Broken)?;
    let handshake = http1::handshake(TokioIo::new(stream)).await;
    let (mut sender, connection) = handshake.map_err(|_| Trouble::Broken)?;
    let mut driver = JoinSet::new();
    driver.spawn(connection);
    let answer = sender.send_request(request).await;
    let answer = answer.map_err(|_| Trouble::Broken)?;
    let status = answer.status();
    let body = Limited::new(answer.into_body(), MAX_ANSWER_BYTES)
        .collect()
        .await
        .map_err(|_| Trouble::Broken)?;
    Ok((status, body.to_bytes()))
}
