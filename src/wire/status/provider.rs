//! The provider.

use les_core::Now;
use serde::Serialize;

use crate::reconcile::LastError;
use crate::why::Situation;
use crate::wire::moments::ago;
use crate::wire::state::millis;
use crate::words;

#[derive(Clone, Debug, Serialize)]
pub(super) struct ProviderBody {
    name: String,
    target: Option<String>,
    tick_ms: Option<u64>,
    budget_remaining: Option<u32>,
    last_error: Option<ErrorBody>,
}

#[derive(Clone, Debug, Serialize)]
struct ErrorBody {
    kind: &'static str,
    meaning: &'static str,
    message: String,
    ago_ms: u64,
}

impl ProviderBody {
    /// Its last error is the latest of all calls: about this node's target or any of the addresses. It stays after a success: its age tells.
    pub(super) fn new(situation: &Situation<'_>, budget_remaining: Option<u32>) -> Option<Self> {
        let provider = situation.provider?;
        let of_addresses = situation.addresses.iter().map(|a| &a.last_error);
        let of_standbys = situation.standbys.iter().map(|s| &s.last_error);
        let errors = of_addresses
            .chain(of_standbys)
            .chain([&provider.last_error]);
        let latest = errors.flatten().max_by_key(|error| error.at);
        Some(Self {
            name: provider.name.clone(),
            target: provider.target.clone(),
            tick_ms: situation.pace.map(|pace| millis(pace.tick)),
            budget_remaining,
            last_error: latest.map(|error| ErrorBody::new(error, situation.now)),
        })
    }
}

impl ErrorBody {
    fn new(error: &LastError, now: Now) -> Self {
        Self {
            kind: words::failure_code(error.kind),
            meaning: words::failure(error.kind),
            message: error.message.clone(),
            ago_ms: ago(now.mono, error.at),
        }
    }
}
