//! One probe: a fresh connection, and for HTTP one request.

use std::net::{IpAddr, SocketAddr, UdpSocket};
use std::time::Duration;

use http_body_util::Empty;
use hyper::body::Bytes;
use hyper::client::conn::http1;
use hyper::{Request, header};
use hyper_util::rt::TokioIo;
use les_core::{Addr, may_contact};
use tokio::net::TcpStream;
use tokio::task::JoinSet;

use crate::config::ProbeTarget;

/// What takes longer is no answer: three probes fit into the second for which a takeover waits for them.
const PATIENCE: Duration = Duration::from_millis(500);
/// A status line and a few headers.
const MAX_HEAD_BYTES: usize = 16 * 1024;

/// Whether anybody answers at `target`; `None` if that is this machine itself, or nobody can be asked.
pub(super) async fn probe(target: &ProbeTarget) -> Option<bool> {
    let looked_up = tokio::time::timeout(PATIENCE, look_up(target.addr())).await;
    let at = looked_up.ok().flatten()?;
    if is_own(at.ip()) || may_contact(at.ip(), true).is_err() {
        return None;
    }
    let asked = tokio::time::timeout(PATIENCE, ask(target, at)).await;
    Some(asked.unwrap_or(false))
}

async fn look_up(addr: &Addr) -> Option<SocketAddr> {
    let mut found = tokio::net::lookup_host((addr.host(), addr.port()))
        .await
        .ok()?;
    found.next()
}

/// Loopback is every machine's, and says nothing of who else is there; but tests have nothing else.
fn is_own(ip: IpAddr) -> bool {
    !ip.is_loopback() && UdpSocket::bind((ip, 0)).is_ok()
}

async fn ask(target: &ProbeTarget, at: SocketAddr) -> bool {
    let Ok(stream) = TcpStream::connect(at).await else {
        return false;
    };
    match target {
        ProbeTarget::Tcp(_) => true,
        ProbeTarget::Http { addr, path } => status(stream, addr, path)
            .await
            .is_some_and(|status| status < 500),
    }
}

async fn status(stream: TcpStream, host: &Addr, path: &str) -> Option<u16> {
    let mut http = http1::Builder::new();
    http.max_buf_size(MAX_HEAD_BYTES);
    let (mut sender, connection) = http.handshake(TokioIo::new(stream)).await.ok()?;
    // Dropped at the end, and the connection with it.
    let mut driver = JoinSet::new();
    driver.spawn(connection);
    let request = Request::get(path)
        .header(header::HOST, host.as_str())
        .header(header::CONNECTION, "close")
        .body(Empty::<Bytes>::new())
        .ok()?;
    let answer = sender.send_request(request).await.ok()?;
    Some(answer.status().as_u16())
}

#[cfg(test)]
mod tests {
    use std::str::FromStr as _;

    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    use tokio::net::TcpListener;

    use super::*;

    async fn serving(answer: &'static str) -> Addr {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let at = listener.local_addr().unwrap();
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                let mut request = [0; 512];
                let _ = stream.read(&mut request).await;
                let _ = stream.write_all(answer.as_bytes()).await;
            }
        });
        Addr::from_str(&at.to_string()).unwrap()
    }

    fn http(addr: Addr) -> ProbeTarget {
        let path = "/health".into();
        ProbeTarget::Http { addr, path }
    }

    #[tokio::test]
    async fn any_answer_below_500_counts() {
        for (answer, counts) in [
            ("HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n", true),
            ("HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n", true),
            (
                "HTTP/1.1 502 Bad Gateway\r\ncontent-length: 0\r\n\r\n",
                false,
            ),
            ("not HTTP\r\n\r\n", false),
        ] {
            let addr = serving(answer).await;
            assert_eq!(probe(&http(addr.clone())).await, Some(counts), "{answer}");
            assert_eq!(probe(&ProbeTarget::Tcp(addr)).await, Some(true));
        }
    }

    #[tokio::test]
    async fn a_refused_connection_is_no_answer() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let addr = Addr::from_str(&listener.local_addr().unwrap().to_string()).unwrap();
        drop(listener);
        assert_eq!(probe(&ProbeTarget::Tcp(addr.clone())).await, Some(false));
        assert_eq!(probe(&http(addr)).await, Some(false));
    }

    #[tokio::test]
    async fn a_name_that_leads_nowhere_says_nothing() {
        let addr = Addr::from_str("nowhere.invalid:80").unwrap();
        assert_eq!(probe(&ProbeTarget::Tcp(addr)).await, None);
    }
}
