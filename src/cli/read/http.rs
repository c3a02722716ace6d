//! One question over the HTTP port, bounded in time and size.

use std::io;
use std::time::Duration;

use http_body_util::{BodyExt as _, Empty, LengthLimitError, Limited};
use hyper::body::Bytes;
use hyper::client::conn::http1;
use hyper::{Request, StatusCode, header};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tokio::task::JoinSet;

use super::trouble::Unread;

/// What one question may take.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Bounds {
    /// From the connection to the last byte.
    pub(crate) patience: Duration,
    /// Bytes of the answer's body.
    pub(crate) body_bytes: usize,
}

/// Asks `host` (`HOST:PORT`) for `path` over a fresh connection.
pub(crate) async fn get(
    host: &str,
    path: &str,
    bounds: Bounds,
) -> Result<(StatusCode, Bytes), Unread> {
    let exchange = exchange(host, path, bounds.body_bytes);
    let in_time = tokio::time::timeout(bounds.patience, exchange).await;
    in_time.map_err(|_| Unread::Silent {
        host: host.to_owned(),
        patience: bounds.patience,
    })?
}

async fn exchange(
    host: &str,
    path: &str,
    body_bytes: usize,
) -> Result<(StatusCode, Bytes), Unread> {
    let host = host.to_owned();
    let stream = match TcpStream::connect(&host).await {
        Ok(stream) => stream,
        Err(error) if error.kind() == io::ErrorKind::ConnectionRefused => {
            return Err(Unread::NobodyListens { host });
        }
        Err(source) => return Err(Unread::Unreachable { host, source }),
    };
    let broken = |source| Unread::Broken {
        host: host.clone(),
        source,
    };
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream))
        .await
        .map_err(broken)?;
    let mut driver = JoinSet::new();
    driver.spawn(connection);
    let request = Request::get(path)
        .header(header::HOST, &host)
        .header(header::CONNECTION, "close")
        .body(Empty::<Bytes>::new())
        .map_err(|source| Unread::Unaskable {
            path: path.to_owned(),
            source,
        })?;
    let answer = sender.send_request(request).await.map_err(broken)?;
    let status = answer.status();
    let body = Limited::new(answer.into_body(), body_bytes).collect().await;
    match body {
        Ok(body) => Ok((status, body.to_bytes())),
        Err(error) if error.is::<LengthLimitError>() => Err(Unread::TooLarge { host, body_bytes }),
        Err(_) => Err(Unread::Cut { host }),
    }
}
