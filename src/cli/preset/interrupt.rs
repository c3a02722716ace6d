//! Signals while an address is away from its holder: the first brings it back, the second leaves it.

use std::io;

use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::watch;

use super::try_::say;

/// Waits for the first signal.
pub(super) struct Interrupt(watch::Receiver<Option<u8>>);

impl Interrupt {
    /// From now on the first signal does not kill, and says `first`. The second one says `second`, and kills.
    pub(super) fn install(first: String, second: String) -> io::Result<Self> {
        let mut signals = [
            (signal(SignalKind::interrupt())?, 130),
            (signal(SignalKind::terminate())?, 143),
            (signal(SignalKind::hangup())?, 129),
        ];
        let (sender, receiver) = watch::channel(None);
        tokio::spawn(async move {
            let code = next(&mut signals).await;
            say(&first);
            sender.send_replace(Some(code));
            let code = next(&mut signals).await;
            say(&second);
            std::process::exit(i32::from(code));
        });
        Ok(Self(receiver))
    }

    /// The exit code of a process that the signal ended, as shells write it, once it has come.
    pub(super) fn code(&self) -> Option<u8> {
        *self.0.borrow()
    }

    /// Returns once a signal has come.
    pub(super) async fn came(&mut self) {
        if self.0.wait_for(Option::is_some).await.is_err() {
            std::future::pending::<()>().await;
        }
    }
}

async fn next(signals: &mut [(Signal, u8); 3]) -> u8 {
    let [(interrupt, a), (terminate, b), (hangup, c)] = signals;
    tokio::select! {
        _ = interrupt.recv() => *a,
        _ = terminate.recv() => *b,
        _ = hangup.recv() => *c,
    }
}
