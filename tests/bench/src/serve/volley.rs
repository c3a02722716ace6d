//! Requests at a steady rate, whatever becomes of those before: one that has to wait is counted as late, and so are all behind it (no "coordinated omission").

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, Result};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::runtime::Handle;
use tokio::sync::mpsc;
use tokio::time::timeout;

use crate::clock;

/// For one exchange: the server gives a connection 3 s.
const LIMIT: Duration = Duration::from_secs(4);
/// Bytes of an answer at most; a page of `/diag/` of three nodes has some 20 thousand.
const LONGEST: u64 = 4 << 20;

/// What came of all requests.
#[derive(Clone, Debug, Default)]
pub(crate) struct Volley {
    /// Of each that was answered with 200: from when it was to be sent until the connection was closed.
    pub(crate) latencies: Vec<Duration>,
    /// Of each: how late it was sent. That is the bench's own lateness, and part of the latency.
    pub(crate) lateness: Vec<Duration>,
    /// How many were not answered, or otherwise.
    pub(crate) failed: usize,
    /// Bytes of all answers.
    pub(crate) bytes: usize,
}

/// What came of one.
struct Shot {
    late: Duration,
    took: Duration,
    /// Bytes of the answer; `None` if it was not the right one.
    answer: Option<usize>,
}

/// Asks `addr` for `path`, so many times a second for so long, each time on a connection of its own.
pub(crate) async fn fire(addr: &str, path: &str, rate: u32, lasting: Duration) -> Result<Volley> {
    let to: SocketAddr = addr.parse().context("not an IP address with a port")?;
    let request = format!("GET {path} HTTP/1.1\r\nHost: {addr}\r\nConnection: close\r\n\r\n");
    let request: Arc<str> = request.into();
    let count = u64::from(rate) * lasting.as_secs();
    let (shots, mut landed) = mpsc::channel(usize::try_from(count)?);
    let runtime = Handle::current();
    // A thread of its own: it sleeps more precisely than the runtime does, and waits for nobody.
    let gun = std::thread::spawn(move || {
        let began = clock::now();
        for number in 0..count {
            let due = began + Duration::from_nanos(number * 1_000_000_000 / u64::from(rate));
            clock::block_until(due);
            runtime.spawn(shoot(to, Arc::clone(&request), due, shots.clone()));
        }
    });
    let mut volley = Volley::default();
    while let Some(shot) = landed.recv().await {
        volley.add(&shot);
    }
    gun.join().ok().context("the thread that asks has ended")?;
    Ok(volley)
}

async fn shoot(to: SocketAddr, request: Arc<str>, due: Duration, shots: mpsc::Sender<Shot>) {
    let late = clock::now().saturating_sub(due);
    let answer = timeout(LIMIT, exchange(to, &request)).await;
    let shot = Shot {
        late,
        took: clock::now() - due,
        answer: answer.ok().and_then(Result::ok),
    };
    // There is a place for each.
    let _ = shots.try_send(shot);
}

async fn exchange(to: SocketAddr, request: &str) -> Result<usize> {
    let mut stream = TcpStream::connect(to).await?;
    stream.set_nodelay(true)?;
    stream.write_all(request.as_bytes()).await?;
    let mut answer = Vec::new();
    stream.take(LONGEST).read_to_end(&mut answer).await?;
    anyhow::ensure!(answer.starts_with(b"HTTP/1.1 200 "), "another answer");
    Ok(answer.len())
}

impl Volley {
    fn add(&mut self, shot: &Shot) {
        self.lateness.push(shot.late);
        match shot.answer {
            Some(bytes) => {
                self.latencies.push(shot.took);
                self.bytes += bytes;
            }
            None => self.failed += 1,
        }
    }
}
