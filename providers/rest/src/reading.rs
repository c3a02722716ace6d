//! Reading an address: the preset's description of it, as an observation.

use std::fmt;

use les_provider::{AddressId, ErrorKind, Observation, Operation, Target};
use minijinja::value::ValueKind;
use minijinja::{Value, context};

use crate::api::Api;
use crate::course::Course;
use crate::failure::{CallError, failed};
use crate::template::scalar;

/// An address at the cloud.
pub(crate) struct Place<'a> {
    /// As it is configured.
    pub(crate) address: &'a AddressId,
    /// As the cloud calls it.
    pub(crate) id: &'a str,
    /// This machine, if it is known.
    pub(crate) me: Option<&'a Target>,
}

/// What was read.
pub(crate) struct Reading {
    /// Everybody who holds it; clouds that know one holder only have one at most.
    pub(crate) holders: Vec<Target>,
    pub(crate) observation: Observation,
}

impl Reading {
    /// For the templates of a write.
    pub(crate) fn names(&self) -> Value {
        let holders: Value = self.holders.iter().map(|holder| &*holder.0).collect();
        let seen = &self.observation;
        context! {
            holder => seen.holder.as_ref().map(|holder| &*holder.0),
            holders => holders,
            busy => seen.busy,
        }
    }
}

impl Place<'_> {
    /// For every template about this address.
    pub(crate) fn names(&self) -> Value {
        context! { address => &self.address.0, id => self.id }
    }

    /// Reads it. `operation`: what the reading belongs to.
    pub(crate) async fn read(&self, api: &Api, operation: Operation) -> Result<Reading, CallError> {
        let describe = &api.wire.preset.describe;
        let given = Course::new(api, Operation::Observe, &self.names())
            .run(&describe.procedure)
            .await
            .map_err(|error| error.within(operation))?;
        let answer = &given.context;
        let odd = |key: &str, why: &dyn fmt::Display| {
            // Could not check is never "not mine": an answer of another form is a fault, not a free address.
            let message =
                format!("the answer is not of the form that describe.{key} expects: {why}");
            CallError::from(failed(operation, ErrorKind::Transient, message))
        };
        let holder = describe
            .holder
            .value(answer)
            .map_err(|e| odd("holder", &e))?;
        let holders = holders_of(&holder).map_err(|why| odd("holder", &why))?;
        let busy = match &describe.busy {
            Some(busy) => busy.value(answer).map_err(|e| odd("busy", &e))?.is_true(),
            None => false,
        };
        let version = match &describe.version {
            Some(version) => {
                let value = version.value(answer).map_err(|e| odd("version", &e))?;
                let kind = value.kind();
                let text = scalar(&value);
                if text.is_none() && !value.is_none() {
                    return Err(odd("version", &format!("a {kind} is no version")));
                }
                text
            }
            None => None,
        };
        let down = describe.holder_down.as_ref();
        Ok(Reading {
            observation: Observation {
                holder: self.foremost(&holders).cloned(),
                version,
                busy,
                holder_down: !holders.is_empty() && down.is_some_and(|down| down.holds(answer)),
            },
            holders,
        })
    }

    /// Where several machines share an address, it is this machine's once it is nobody else's.
    fn foremost<'h>(&self, holders: &'h [Target]) -> Option<&'h Target> {
        let other = holders.iter().find(|holder| Some(*holder) != self.me);
        other.or(holders.first())
    }
}

/// Holders as an answer names them: ids in a list, an id, or nothing in one of the forms that clouds use.
fn holders_of(value: &Value) -> Result<Vec<Target>, String> {
    if value.is_none() {
        return Ok(Vec::new());
    }
    if matches!(value.kind(), ValueKind::Seq | ValueKind::Iterable) {
        let each = value.try_iter().map_err(|error| error.to_string())?;
        return each.map(|value| holder_of(&value)).collect();
    }
    match scalar(value) {
        Some(id) if id.is_empty() => Ok(Vec::new()),
        _ => Ok(vec![holder_of(value)?]),
    }
}

fn holder_of(value: &Value) -> Result<Target, String> {
    match scalar(value) {
        Some(id) if !id.is_empty() => Ok(Target(id)),
        _ => Err(format!("a {} names no holder", value.kind())),
    }
}
