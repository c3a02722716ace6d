//! What every front of the in-memory cloud does with a call, whatever protocol it speaks.

use super::MemoryCloud;
use super::action::{ActionId, ActionState};
use super::fault::{Fault, Landing};
use super::log::CallId;
use super::passage::Passage;
use super::terms::{Reading, Refusal};
use crate::error::ErrorKind;
use crate::operation::Operation;
use crate::provider::{AddressId, Target};

/// A call as a front understood it.
#[derive(Clone, Copy, Debug)]
pub struct Asked<'a> {
    /// What it asks.
    pub operation: Operation,
    /// About which address.
    pub address: Option<&'a AddressId>,
    /// To whom the address shall go, or from whom it shall be taken.
    pub target: Option<&'a Target>,
    /// The credentials are good, or none are needed.
    pub admitted: bool,
}

/// How a front says no.
pub trait Refuse: From<Refusal> {
    /// The credentials are not accepted.
    fn denied() -> Self;

    /// What a fault on command looks like: [`ErrorKind::Throttled`], [`ErrorKind::InProgress`] or [`ErrorKind::Transient`].
    fn by_fault(kind: ErrorKind) -> Self;

    /// What the log says of it.
    fn kind(&self) -> ErrorKind;
}

impl MemoryCloud {
    /// Records a call, checks its credentials and plays the part of the fault that comes before any effect. The call then does
    /// `work` and answers with what that returns; the answer is recorded.
    ///
    /// # Errors
    /// What `work` refuses, and what credentials and faults refuse before it.
    pub async fn receive<T, R: Refuse>(
        &self,
        asked: Asked<'_>,
        work: impl AsyncFnOnce(CallId, Passage) -> Result<T, R>,
    ) -> Result<T, R> {
        let (call, fault) =
            self.with(|world, now| world.ask(now, asked.operation, asked.address, asked.target));
        let result = match admit(asked.admitted, fault).await {
            Ok(passage) => work(call, passage).await,
            Err(refused) => Err(refused),
        };
        let kind = result.as_ref().err().map(Refuse::kind);
        self.with(|world, now| world.answer(now, call, kind));
        result
    }

    /// Who holds the address, as this call sees it.
    ///
    /// # Errors
    /// [`Refusal::NoSuchAddress`].
    pub fn reading(&self, address: &AddressId, passage: Passage) -> Result<Reading, Refusal> {
        self.with(|world, _| {
            if passage.stale {
                world.read_stale(address)
            } else {
                world.read(address)
            }
        })
    }

    /// Begins a move, and returns once it is accepted: for clouds whose writes are jobs. A call that is to have no answer never
    /// returns.
    ///
    /// `expected` is the version that the caller goes by, if it has one.
    ///
    /// # Errors
    /// Every [`Refusal`]; nothing was changed then.
    pub async fn accept(
        &self,
        call: CallId,
        address: &AddressId,
        to: Option<&Target>,
        expected: Option<u64>,
        passage: Passage,
    ) -> Result<ActionId, Refusal> {
        let action =
            self.with(|world, now| world.begin(now, call, address, to, expected, passage.landing))?;
        if matches!(passage.landing, Landing::Unheard(_)) {
            std::future::pending::<()>().await;
        }
        Ok(action)
    }

    /// Moves the address, and returns when the move is over: for clouds whose writes are answered at their end.
    /// A move that fails at the cloud is an outage to the caller.
    ///
    /// # Errors
    /// Every [`Refusal`], and what [`Refuse::by_fault`] makes of [`ErrorKind::Transient`].
    pub async fn carry_out<R: Refuse>(
        &self,
        call: CallId,
        address: &AddressId,
        to: Option<&Target>,
        expected: Option<u64>,
        passage: Passage,
    ) -> Result<(), R> {
        let action = self.accept(call, address, to, expected, passage).await?;
        match self.ended(action).await {
            ActionState::Done => Ok(()),
            ActionState::Pending | ActionState::Failed | ActionState::Lost => {
                Err(R::by_fault(ErrorKind::Transient))
            }
        }
    }
}

async fn admit<R: Refuse>(admitted: bool, fault: Option<Fault>) -> Result<Passage, R> {
    if !admitted {
        return Err(R::denied());
    }
    Passage::through(fault).await.map_err(R::by_fault)
}
