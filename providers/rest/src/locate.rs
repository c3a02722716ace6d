//! From an address as a person writes it to what the cloud calls it.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use les_provider::{AddressId, ErrorKind, Operation};
use minijinja::context;
use minijinja::value::ValueKind;

use crate::api::Api;
use crate::classify::printable;
use crate::course::Course;
use crate::failure::{CallError, failed};
use crate::single::single;

/// Addresses whose ids are remembered: as many as a node can have.
const MAX_KNOWN: usize = 64;

/// The ids found so far. An address keeps its id as long as it exists.
#[derive(Default)]
pub(crate) struct Located(Mutex<BTreeMap<AddressId, String>>);

impl Located {
    /// The cloud's id of the address. `operation`: what it is needed for.
    pub(crate) async fn id(
        &self,
        api: &Api,
        operation: Operation,
        address: &AddressId,
    ) -> Result<String, CallError> {
        let Some(procedure) = &api.wire.preset.locate else {
            return Ok(address.0.clone());
        };
        if let Some(id) = self.with(|known| known.get(address).cloned()) {
            return Ok(id);
        }
        let names = context! { address => &address.0 };
        let given = Course::new(api, Operation::Locate, &names)
            .run(procedure)
            .await
            .map_err(|error| error.within(operation))?;
        let none = given.value.kind() == ValueKind::None || given.value.len() == Some(0);
        let found = single(&given.value).map_err(|problem| {
            let problem = printable(&api.wire.secrets.redact(&problem));
            let kind = if none {
                ErrorKind::NotFound
            } else {
                ErrorKind::Misconfigured
            };
            let message = format!(
                "the address {address} among those that these credentials can see: {problem}"
            );
            CallError::from(failed(operation, kind, message))
        })?;
        self.with(|known| {
            if known.len() >= MAX_KNOWN {
                known.clear();
            }
            known.insert(address.clone(), found.clone());
        });
        Ok(found)
    }

    /// The cloud does not know the id any more: the address may have been made anew under another.
    pub(crate) fn forget(&self, address: &AddressId) {
        self.with(|known| known.remove(address));
    }

    fn with<T>(&self, look: impl FnOnce(&mut BTreeMap<AddressId, String>) -> T) -> T {
        look(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}
