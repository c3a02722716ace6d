//! A call from its reception to its answer: the log, the token, the fault that it meets.

use axum::http::{HeaderMap, header};
use les_provider::memory::{CallId, Fault, MemoryCloud, Passage};
use les_provider::{AddressId, Operation, Target};

use crate::answers::Refused;
use crate::cloud::Shared;

/// Records a call, checks the token if the call needs one, and plays the part of the fault that comes before any effect.
/// The call does `work` and answers with what it returns; the answer is recorded.
pub(crate) async fn call<T>(
    shared: &Shared,
    asked: Asked<'_>,
    work: impl AsyncFnOnce(&MemoryCloud, CallId, Passage) -> Result<T, Refused>,
) -> Result<T, Refused> {
    let (id, fault) = shared
        .world
        .with(|world, now| world.ask(now, asked.operation, asked.address, asked.target));
    let result = match admit(shared, &asked, fault).await {
        Ok(passage) => work(&shared.world, id, passage).await,
        Err(refused) => Err(refused),
    };
    let kind = result.as_ref().err().map(|refused| refused.kind);
    shared.world.with(|world, now| world.answer(now, id, kind));
    result
}

/// What is asked.
pub(crate) struct Asked<'a> {
    pub(crate) operation: Operation,
    pub(crate) address: Option<&'a AddressId>,
    pub(crate) target: Option<&'a Target>,
    /// The request's headers, where a token is needed.
    pub(crate) headers: Option<&'a HeaderMap>,
}

async fn admit(
    shared: &Shared,
    asked: &Asked<'_>,
    fault: Option<Fault>,
) -> Result<Passage, Refused> {
    if asked
        .headers
        .is_some_and(|headers| !authorised(shared, headers))
    {
        return Err(Refused::UNAUTHORIZED);
    }
    Passage::through(fault).await.map_err(Refused::by_fault)
}

fn authorised(shared: &Shared, headers: &HeaderMap) -> bool {
    let given = headers
        .get(header::AUTHORIZATION)
        .and_then(|value| value.to_str().ok());
    given.and_then(|value| value.strip_prefix("Bearer ")) == Some(shared.settings.token.expose())
}
