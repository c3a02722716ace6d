//! `GET /watch`: the state document as a stream of lines, at once, at every change, and a beat while nothing changes.
//!
//! Only the head of the request is HTTP. The rest is written here, on the bare socket: whether the other end takes it is seen at the write itself, with no
//! buffer in between, and the end of the answer is the end of the connection. Nothing is left unread in the socket, so that the kernel of a killed
//! process closes it in order (FIN); with unread input it would reset it.

use std::sync::Arc;
use std::time::Duration;

use les_core::{Addr, Time, View};
use socket2::SockRef;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::sync::watch;

use super::places::{Place, Places};
use super::router::{PeerRequest, Shared};
use crate::wire::{beat_line, document_line};

/// The answer is delimited by the end of the connection, as in HTTP/1.0: no chunks, no length.
const HEAD: &[u8] = b"HTTP/1.1 200 OK\r\n\
    content-type: application/x-ndjson\r\n\
    cache-control: no-store\r\n\
    connection: close\r\n\r\n";
/// What the kernel keeps of what a watcher has not acknowledged (it doubles this number): some 20 beats, so that one that is stuck is noticed within
/// seconds, and the longest document in eight round trips.
const SEND_BUFFER: usize = 16 * 1024;

/// What all streams of a server have in common.
#[derive(Clone, Debug)]
pub struct Streams {
    /// How often a stream shows life while nothing changes.
    pub beat: Duration,
    /// A watcher that does not take a line for so long is dropped.
    pub patience: Duration,
    /// How many may watch.
    pub places: Places,
}

/// One stream that was granted, before its first byte. (Clones only since responses are made of what can be cloned.)
#[derive(Clone, Debug)]
pub(super) struct Stream {
    pub(super) shared: Arc<Shared>,
    pub(super) streams: Streams,
    /// Who says that it watches.
    pub(super) watcher: Option<Addr>,
    pub(super) _place: Arc<Place>,
}

/// Why a stream ended. Nobody is told: the watcher sees it by itself.
enum End {
    /// The watcher has gone, or sent something: who watches has nothing to say.
    Gone,
    /// It does not take what it is sent.
    Stuck,
    /// It was told the last there is.
    Goodbye,
    /// The election is gone.
    Stopped,
}

impl Stream {
    /// Writes until either side ends.
    pub(super) async fn run(self, mut socket: TcpStream) {
        let _ = SockRef::from(&socket).set_send_buffer_size(SEND_BUFFER);
        let mut view = self.shared.view.clone();
        let end = match self.write(&mut socket, HEAD).await {
            Ok(()) => self
                .tell(&mut socket, &mut view)
                .await
                .unwrap_or_else(|e| e),
            Err(end) => end,
        };
        match end {
            // What it has not taken is not kept for it.
            End::Stuck => {
                let _ = SockRef::from(&socket).set_linger(Some(Duration::ZERO));
            }
            End::Goodbye => self.confirm_goodbye(&mut socket).await,
            End::Gone | End::Stopped => {}
        }
    }

    async fn tell(
        &self,
        socket: &mut TcpStream,
        view: &mut watch::Receiver<Arc<View>>,
    ) -> Result<End, End> {
        let mut told: Option<Arc<View>> = None;
        let mut next_beat = self.now();
        loop {
            let latest = Arc::clone(&view.borrow_and_update());
            let is_news = told.as_ref().is_none_or(|told| latest.is_news_to(told));
            let now = self.now();
            if is_news {
                let line = document_line(&self.shared.doc(&latest)).map_err(|_| End::Stopped)?;
                self.write(socket, line.as_bytes()).await?;
                if latest.leaving {
                    return Ok(End::Goodbye);
                }
                told = Some(latest);
            } else if next_beat <= now {
                let line = beat_line(latest.beat(now)).map_err(|_| End::Stopped)?;
                self.write(socket, line.as_bytes()).await?;
            }
            if is_news || next_beat <= now {
                next_beat = now + self.streams.beat;
            }
            let mut unexpected = [0];
            tokio::select! {
                biased;
                changed = view.changed() => changed.map_err(|_| End::Stopped)?,
                () = self.shared.clock.sleep_until(next_beat) => {}
                _ = socket.read(&mut unexpected) => return Ok(End::Gone),
            }
        }
    }

    /// Writes the whole of `bytes`. What changes meanwhile is not kept: the newest document follows.
    async fn write(&self, socket: &mut TcpStream, bytes: &[u8]) -> Result<(), End> {
        match tokio::time::timeout(self.streams.patience, socket.write_all(bytes)).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(_)) => Err(End::Gone),
            Err(_) => Err(End::Stuck),
        }
    }

    /// A watcher that has read the goodbye to its end closes the connection: then it needs not be waited for any more.
    async fn confirm_goodbye(self, socket: &mut TcpStream) {
        let closed = async {
            socket.shutdown().await?;
            socket.read(&mut [0]).await
        };
        let told = tokio::time::timeout(self.streams.patience, closed).await;
        if let (Ok(Ok(0)), Some(addr)) = (told, self.watcher) {
            let request = PeerRequest {
                addr,
                look: false,
                told_goodbye: true,
            };
            // The node is gone: it waits for nobody.
            let _ = self.shared.requests.send(request).await;
        }
    }

    fn now(&self) -> Time {
        self.shared.clock.mono()
    }
}
