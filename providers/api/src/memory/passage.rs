//! What a fault does to a call before the call does anything to the world.

use std::time::Duration;

use super::fault::{Fault, Landing};
use crate::error::ErrorKind;

/// How a call goes on that was not refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Passage {
    /// What becomes of it, if it is a write.
    pub landing: Landing,
    /// It sees the state before the last move, if it is a read.
    pub stale: bool,
}

impl Passage {
    /// Plays the part of the fault that comes before any effect: waits (for ever, if the call hangs), or refuses.
    ///
    /// # Errors
    /// What the refusal tells the caller.
    pub async fn through(fault: Option<Fault>) -> Result<Self, ErrorKind> {
        let landing = match fault {
            None | Some(Fault::StaleRead) => Landing::Answered,
            Some(Fault::Latency(pause)) => {
                tokio::time::sleep(pause).await;
                Landing::Answered
            }
            Some(Fault::Throttled { retry_after }) => {
                return Err(ErrorKind::Throttled { retry_after });
            }
            Some(Fault::Unavailable) => return Err(ErrorKind::Transient),
            Some(Fault::Locked) => return Err(ErrorKind::InProgress),
            Some(Fault::Hang) => std::future::pending().await,
            Some(Fault::TimeoutAfterSuccess) => Landing::Unheard(Some(Duration::ZERO)),
            Some(Fault::TimeoutWithoutEffect) => Landing::Unheard(None),
            Some(Fault::LateLanding { after }) => Landing::Unheard(Some(after)),
            Some(Fault::ActionFails) => Landing::Failed,
        };
        Ok(Self {
            landing,
            stale: fault == Some(Fault::StaleRead),
        })
    }
}
