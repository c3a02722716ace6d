//! An HTTP server that can misbehave in every way: it is written on bytes, not on a library that would refuse to.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::Value;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;

/// How long a slow answer pauses between two bytes.
const DRIP: Duration = Duration::from_millis(20);

/// A request as it arrived.
#[derive(Clone, Debug)]
pub(crate) struct Received {
    pub(crate) method: String,
    /// With the query, as it was sent.
    pub(crate) path: String,
    /// Names in lower case.
    pub(crate) headers: BTreeMap<String, String>,
    pub(crate) body: String,
}

impl Received {
    pub(crate) fn line(&self) -> String {
        format!("{} {}", self.method, self.path)
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value)
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_default()
    }
}

/// What the server does with a request.
pub(crate) enum Reply {
    /// A whole answer: status, headers, body.
    Answer(u16, Vec<(&'static str, String)>, String),
    /// These bytes, and then it hangs up.
    Bytes(Vec<u8>),
    /// It hangs up.
    HangUp,
    /// It says nothing, and leaves the connection open.
    Silence,
    /// A good answer, after so long.
    Late(Duration, String),
    /// A good beginning, and then a byte now and then without an end.
    Drip,
}

impl Reply {
    pub(crate) fn json(status: u16, body: &Value) -> Self {
        Self::text(status, &body.to_string())
    }

    pub(crate) fn text(status: u16, body: &str) -> Self {
        Self::Answer(status, Vec::new(), body.to_owned())
    }

    fn bytes(&self) -> Vec<u8> {
        match self {
            Self::Answer(status, headers, body) => {
                let mut head = format!("HTTP/1.1 {status} Told\r\nconnection: close\r\n");
                for (name, value) in headers {
                    head.push_str(&format!("{name}: {value}\r\n"));
                }
                // 204 and 304 have no body, and a length would be one too much.
                if !matches!(status, 204 | 304) {
                    head.push_str(&format!("content-length: {}\r\n", body.len()));
                }
                format!("{head}\r\n{body}").into_bytes()
            }
            Self::Late(_, body) => Self::text(200, body).bytes(),
            Self::Bytes(bytes) => bytes.clone(),
            Self::HangUp | Self::Silence => Vec::new(),
            Self::Drip => b"HTTP/1.1 200 OK\r\ncontent-length: 100000\r\n\r\n{".to_vec(),
        }
    }
}

type Answer = dyn FnMut(&Received) -> Reply + Send;

/// A server for the rest of the test, on a port of its own.
pub(crate) struct Server {
    /// `127.0.0.1:PORT`
    pub(crate) authority: String,
    received: Arc<Mutex<Vec<Received>>>,
}

impl Server {
    pub(crate) async fn new(answer: impl FnMut(&Received) -> Reply + Send + 'static) -> Self {
        Self::listen(None, answer).await
    }

    /// Behind TLS.
    pub(crate) async fn with_tls(
        acceptor: TlsAcceptor,
        answer: impl FnMut(&Received) -> Reply + Send + 'static,
    ) -> Self {
        Self::listen(Some(acceptor), answer).await
    }

    async fn listen(
        tls: Option<TlsAcceptor>,
        answer: impl FnMut(&Received) -> Reply + Send + 'static,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let authority = listener.local_addr().expect("it is bound").to_string();
        let received = Arc::default();
        let kept = Arc::clone(&received);
        let answer: Arc<Mutex<Box<Answer>>> = Arc::new(Mutex::new(Box::new(answer)));
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (tls, answer, kept) = (tls.clone(), Arc::clone(&answer), Arc::clone(&kept));
                tokio::spawn(async move {
                    match tls {
                        None => serve(stream, &answer, &kept).await,
                        Some(tls) => match tls.accept(stream).await {
                            Ok(stream) => serve(stream, &answer, &kept).await,
                            Err(_) => None,
                        },
                    }
                });
            }
        });
        Self {
            authority,
            received,
        }
    }

    pub(crate) fn base(&self) -> String {
        format!("http://{}", self.authority)
    }

    pub(crate) fn received(&self) -> Vec<Received> {
        self.received.lock().expect("it is whole").clone()
    }

    /// `GET /path` and so on, in their order.
    pub(crate) fn lines(&self) -> Vec<String> {
        self.received().iter().map(Received::line).collect()
    }
}

/// One request, and the end of the connection.
async fn serve(
    mut stream: impl AsyncRead + AsyncWrite + Unpin,
    answer: &Mutex<Box<Answer>>,
    kept: &Mutex<Vec<Received>>,
) -> Option<()> {
    let received = receive(&mut stream).await?;
    kept.lock().expect("it is whole").push(received.clone());
    let reply = (answer.lock().expect("it is whole"))(&received);
    if let Reply::Late(pause, _) = &reply {
        tokio::time::sleep(*pause).await;
    }
    stream.write_all(&reply.bytes()).await.ok()?;
    match reply {
        Reply::Silence => std::future::pending::<()>().await,
        Reply::Drip => loop {
            stream.write_all(b" ").await.ok()?;
            stream.flush().await.ok()?;
            tokio::time::sleep(DRIP).await;
        },
        Reply::Answer(..) | Reply::Late(..) | Reply::Bytes(_) | Reply::HangUp => {}
    }
    stream.shutdown().await.ok()
}

async fn receive(stream: &mut (impl AsyncRead + Unpin)) -> Option<Received> {
    let mut bytes = Vec::new();
    let head_end = loop {
        if let Some(end) = bytes.windows(4).position(|four| four == b"\r\n\r\n") {
            break end;
        }
        if stream.read_buf(&mut bytes).await.ok()? == 0 {
            return None;
        }
    };
    let head = String::from_utf8(bytes[..head_end].to_vec()).ok()?;
    let mut lines = head.lines();
    let mut first = lines.next()?.split(' ');
    let (method, path) = (first.next()?.to_owned(), first.next()?.to_owned());
    let headers: BTreeMap<String, String> = lines
        .filter_map(|line| line.split_once(':'))
        .map(|(name, value)| (name.to_ascii_lowercase(), value.trim().to_owned()))
        .collect();
    let length = headers
        .get("content-length")
        .map_or(0, |text| text.parse().unwrap_or(0));
    let mut body = bytes.split_off(head_end + 4);
    while body.len() < length {
        if stream.read_buf(&mut body).await.ok()? == 0 {
            return None;
        }
    }
    let body = String::from_utf8(body).ok()?;
    Some(Received {
        method,
        path,
        headers,
        body,
    })
}
