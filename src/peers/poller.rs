//! One poll, from an address to an answer or the evidence of its absence.

use std::net::SocketAddr;
use std::time::Duration;

use les_core::{Addr, Evidence, StateDoc};

use tokio::sync::watch;

use super::path::own_path;
use super::{exchange, resolve};
use crate::clock::Clock;
use crate::metrics::Metrics;

/// Who answered, and what.
#[derive(Debug)]
pub struct Answer {
    /// The IP and port that answered.
    pub from: SocketAddr,
    /// The document.
    pub doc: StateDoc,
}

/// Polls on behalf of one node.
#[derive(Clone, Debug)]
pub struct Poller {
    /// `/state/<own address>`, so that a peer learns who asks.
    path: String,
    timeout: Duration,
    loopback_allowed: bool,
    clock: Clock,
    metrics: Metrics,
    /// The trace that requests belong to, if there is one.
    context: Option<watch::Receiver<Option<String>>>,
}

impl Poller {
    /// A poller for the node `me`. Every poll ends within `timeout`, name resolution included.
    #[must_use]
    pub fn new(me: &Addr, timeout: Duration, loopback_allowed: bool) -> Self {
        Self {
            path: own_path("state", me),
            timeout,
            loopback_allowed,
            clock: Clock::start(),
            metrics: Metrics::default(),
            context: None,
        }
    }

    /// The same, which counts its requests and says in them which trace they belong to.
    #[must_use]
    pub fn observed(self, metrics: Metrics, context: watch::Receiver<Option<String>>) -> Self {
        Self {
            metrics,
            context: Some(context),
            ..self
        }
    }

    /// Asks `addr` for its state over a fresh connection: at `at`, or wherever it leads now. `look` says that we have news.
    ///
    /// # Errors
    /// What was seen instead of a valid document.
    pub async fn poll(
        &self,
        addr: &Addr,
        at: Option<SocketAddr>,
        look: bool,
    ) -> Result<Answer, Evidence> {
        let begun = self.clock.mono();
        let poll = async {
            let sockets = match at {
                Some(at) => vec![resolve::permitted(at, self.loopback_allowed)?],
                None => resolve::resolve(addr, self.loopback_allowed).await?,
            };
            self.poll_each(&sockets, addr, look).await
        };
        let outcome = tokio::time::timeout(self.timeout, poll)
            .await
            .unwrap_or(Err(Evidence::Silent));
        let word = outcome.as_ref().err().map_or("ok", |e| e.as_str());
        self.metrics.polled(word, self.clock.mono().since(begun));
        outcome
    }

    /// Tries the sockets of `addr` in turn until one answers. A refusal proves something only if every socket refused.
    async fn poll_each(
        &self,
        sockets: &[SocketAddr],
        addr: &Addr,
        look: bool,
    ) -> Result<Answer, Evidence> {
        let share = self.timeout / u32::try_from(sockets.len()).unwrap_or(1).max(1);
        let mut evidence = None;
        for socket in sockets {
            let next = match tokio::time::timeout(share, self.poll_one(*socket, addr, look)).await {
                Ok(Ok(answer)) => return Ok(answer),
                Ok(Err(evidence)) => evidence,
                Err(_) => Evidence::Silent,
            };
            evidence = Some(match evidence {
                Some(other) if !matches!(other, Evidence::Refused { .. }) => other,
                _ => next,
            });
        }
        Err(evidence.unwrap_or(Evidence::Unreachable))
    }

    async fn poll_one(
        &self,
        socket: SocketAddr,
        addr: &Addr,
        look: bool,
    ) -> Result<Answer, Evidence> {
        let stream = exchange::connect(socket).await?;
        let context = self.context.as_ref().and_then(|c| c.borrow().clone());
        let doc = exchange::ask(stream, addr, &self.path, look, context).await?;
        Ok(Answer { from: socket, doc })
    }
}

#[cfg(test)]
#[path = "poller_test.rs"]
mod tests;
