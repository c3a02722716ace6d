//! One poll, from an address to an answer or the evidence of its absence.

use std::net::SocketAddr;
use std::time::Duration;

use les_core::{Addr, Evidence, StateDoc};

use super::path::own_path;
use super::{exchange, resolve};

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
}

impl Poller {
    /// A poller for the node `me`. Every poll ends within `timeout`, name resolution included.
    #[must_use]
    pub fn new(me: &Addr, timeout: Duration, loopback_allowed: bool) -> Self {
        Self {
            path: own_path("state", me),
            timeout,
            loopback_allowed,
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
        let poll = async {
            let sockets = match at {
                Some(at) => vec![resolve::permitted(at, self.loopback_allowed)?],
                None => resolve::resolve(addr, self.loopback_allowed).await?,
            };
            self.poll_each(&sockets, addr, look).await
        };
        tokio::time::timeout(self.timeout, poll)
            .await
            .unwrap_or(Err(Evidence::Silent))
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
        let doc = exchange::ask(stream, addr, &self.path, look).await?;
        Ok(Answer { from: socket, doc })
    }
}

#[cfg(test)]
#[path = "poller_test.rs"]
mod tests;
