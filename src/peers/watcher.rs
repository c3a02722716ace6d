//! One stream or canary, from the opening to the end, as inputs of the election.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::time::Duration;

use les_core::{Addr, Evidence, Input, StateDoc, WatchEnd, WatchId, WatchKind};
use tokio::io::AsyncReadExt as _;
use tokio::sync::mpsc;

use super::lines::{Lines, News};
use super::path::own_path;
use super::stream::Stream;
use super::{exchange, resolve};
use crate::clock::Clock;

/// What a canary reads at a time. Nothing is expected.
const IGNORED: usize = 1024;

/// Watches on behalf of one node.
#[derive(Clone, Debug)]
pub struct Watcher {
    /// `/watch/<own address>`, so that a peer learns who watches.
    path: String,
    timeout: Duration,
    loopback_allowed: bool,
    clock: Clock,
}

/// Whom to watch, where and how.
#[derive(Clone, Debug)]
pub struct Watched {
    /// To be given back with every report.
    pub watch: WatchId,
    /// The address, for the `Host` header.
    pub addr: Addr,
    /// Where to connect.
    pub at: SocketAddr,
    /// Stream or canary.
    pub kind: WatchKind,
}

impl Watcher {
    /// A watcher for the node `me`. A stream is open, with its first document, within `timeout`; how long it then says nothing is not its business.
    #[must_use]
    pub fn new(me: &Addr, timeout: Duration, loopback_allowed: bool, clock: Clock) -> Self {
        Self {
            path: own_path("watch", me),
            timeout,
            loopback_allowed,
            clock,
        }
    }

    /// Watches until the end, which is the last report. Waits where there is no room for a report: the peer then waits as well.
    pub(super) async fn run(self, watched: Watched, reports: mpsc::Sender<Input>) {
        let Err(end) = match watched.kind {
            WatchKind::Stream => self.stream(&watched, &reports).await,
            WatchKind::Canary => self.canary(watched.at).await,
        };
        let watch = watched.watch;
        // Nobody is left to be told: the node has ended.
        let _ = reports.send(Input::WatchEnded { watch, end }).await;
    }

    async fn stream(
        &self,
        watched: &Watched,
        reports: &mpsc::Sender<Input>,
    ) -> Result<Infallible, WatchEnd> {
        let mut lines = Lines::new(self.clock.mono());
        let (mut stream, mut news) = self.opened(self.first(watched, &mut lines)).await?;
        loop {
            for input in inputs(watched, news) {
                // The node has ended, and this task with it.
                let _ = reports.send(input).await;
            }
            let received = stream.next().await?;
            news = lines
                .receive(self.clock.mono(), &received)
                .map_err(WatchEnd::Failed)?;
        }
    }

    /// Opens a stream and reads as far as its first document.
    async fn first(&self, to: &Watched, lines: &mut Lines) -> Result<(Stream, News), WatchEnd> {
        let at = resolve::permitted(to.at, self.loopback_allowed).map_err(WatchEnd::Failed)?;
        let mut stream = Stream::open(at, &to.addr, &self.path).await?;
        loop {
            let received = stream.next().await?;
            let news = lines
                .receive(self.clock.mono(), &received)
                .map_err(WatchEnd::Failed)?;
            match news {
                News { doc: Some(_), .. } => return Ok((stream, news)),
                News { beat: Some(_), .. } => return Err(WatchEnd::Failed(Evidence::BadAnswer)),
                _ => {}
            }
        }
    }

    /// The process at the other end lives as long as this connection does.
    async fn canary(&self, at: SocketAddr) -> Result<Infallible, WatchEnd> {
        let connected = async {
            let at = resolve::permitted(at, self.loopback_allowed).map_err(WatchEnd::Failed)?;
            exchange::connect(at).await.map_err(WatchEnd::Failed)
        };
        let mut socket = self.opened(connected).await?;
        let mut ignored = [0; IGNORED];
        loop {
            match socket.read(&mut ignored).await {
                Ok(0) => return Err(WatchEnd::Closed),
                Ok(_) => {}
                Err(_) => return Err(WatchEnd::Failed(Evidence::Broken)),
            }
        }
    }

    async fn opened<T>(
        &self,
        opening: impl Future<Output = Result<T, WatchEnd>>,
    ) -> Result<T, WatchEnd> {
        tokio::time::timeout(self.timeout, opening)
            .await
            .unwrap_or(Err(WatchEnd::Failed(Evidence::Silent)))
    }
}

fn inputs(watched: &Watched, news: News) -> impl Iterator<Item = Input> {
    let Watched {
        watch, at: from, ..
    } = *watched;
    let doc = news
        .doc
        .map(|doc: Box<StateDoc>| Input::Watched { watch, from, doc });
    let beat = news.beat.map(|beat| Input::Beat { watch, beat });
    doc.into_iter().chain(beat)
}

#[cfg(test)]
#[path = "watcher_test.rs"]
mod tests;
