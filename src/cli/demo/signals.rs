//! The signals that end a demo.

use std::io;
use std::time::Duration;

use tokio::signal::unix::{Signal as Stream, SignalKind, signal};
use tokio::sync::watch;

/// How long the end may take: killing some processes takes milliseconds. After that, or with the next signal, the demo just exits,
/// and the nodes end by the end of their standard input. (A reader that reads no more can hold a write to standard output for ever.)
const END_TAKES: Duration = Duration::from_secs(3);

/// A signal that ends the demo.
#[derive(Clone, Copy, Debug)]
pub(super) struct Signal {
    pub(super) name: &'static str,
    /// The exit code of a process that this signal ended, as shells write it.
    pub(super) exit_code: u8,
}

/// Waits for the first signal; clones wait for the same one.
#[derive(Clone, Debug)]
pub(super) struct Signals(watch::Receiver<Option<Signal>>);

impl Signals {
    /// From now on signals do not kill.
    pub(super) fn install() -> io::Result<Self> {
        let mut streams = Streams {
            interrupt: signal(SignalKind::interrupt())?,
            terminate: signal(SignalKind::terminate())?,
            hangup: signal(SignalKind::hangup())?,
        };
        let (sender, receiver) = watch::channel(None);
        tokio::spawn(async move {
            let first = streams.next().await;
            sender.send_replace(Some(first));
            // Either way it is time to go.
            let _ = tokio::time::timeout(END_TAKES, streams.next()).await;
            std::process::exit(i32::from(first.exit_code));
        });
        Ok(Self(receiver))
    }

    /// The first signal, once it has come.
    pub(super) async fn first(&mut self) -> Signal {
        loop {
            if let Some(signal) = *self.0.borrow_and_update() {
                return signal;
            }
            if self.0.changed().await.is_err() {
                std::future::pending::<()>().await;
            }
        }
    }
}

struct Streams {
    interrupt: Stream,
    terminate: Stream,
    hangup: Stream,
}

impl Streams {
    async fn next(&mut self) -> Signal {
        let (name, exit_code) = tokio::select! {
            _ = self.interrupt.recv() => ("SIGINT", 130),
            _ = self.terminate.recv() => ("SIGTERM", 143),
            _ = self.hangup.recv() => ("SIGHUP", 129),
        };
        Signal { name, exit_code }
    }
}
