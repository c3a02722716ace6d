//! One run through a procedure: its requests in their order, and what their answers gave.

use std::collections::BTreeMap;

use les_provider::{ErrorKind, Operation, Secret};
use minijinja::value::ValueKind;
use minijinja::{Value, context};
use reqwest::Method;

use crate::api::Api;
use crate::failure::{CallError, failed};
use crate::follow::{Ending, follow};
use crate::preset::{Ask, Deed, Procedure, Step};
use crate::template::scalar;
use crate::wire::Answered;

/// Things that one step is done for, pages that one request has and values that it gives, at most: more are not a cluster's.
const MAX_ITEMS: usize = 1_000;
const MAX_PAGES: u32 = 20;

/// A run under way.
pub(crate) struct Course<'a> {
    api: &'a Api,
    operation: Operation,
    /// What every step can name, but for `found`.
    names: Value,
    /// What was last read of the address.
    state: Value,
    found: BTreeMap<String, Value>,
    /// Requests that may have changed something.
    pub(crate) writes: u32,
}

/// What a step gave.
pub(crate) struct Given {
    pub(crate) value: Value,
    /// The names of expressions over its last answer.
    pub(crate) context: Value,
}

impl<'a> Course<'a> {
    pub(crate) fn new(api: &'a Api, operation: Operation, names: &Value) -> Self {
        Self {
            api,
            operation,
            names: context! { ..names.clone(), ..api.wire.names() },
            state: context! {},
            found: BTreeMap::new(),
            writes: 0,
        }
    }

    /// All steps of a procedure that only asks; what the last one gave that was not left out.
    pub(crate) async fn run(mut self, procedure: &Procedure) -> Result<Given, CallError> {
        let mut last = None;
        for step in &procedure.0 {
            let Deed::Ask(ask) = &step.deed else { continue };
            last = self.step(step, ask).await?.or(last);
        }
        last.ok_or_else(|| {
            let message = "the preset has no step for this: every condition (`when`) failed";
            failed(self.operation, ErrorKind::Misconfigured, message.to_owned()).into()
        })
    }

    /// One step that asks; `None`: its condition left it out.
    pub(crate) async fn step(
        &mut self,
        step: &Step,
        ask: &Ask,
    ) -> Result<Option<Given>, CallError> {
        let names = self.names();
        if step.when.as_ref().is_some_and(|when| !when.holds(&names)) {
            return Ok(None);
        }
        let given = match &step.for_each {
            None => self.ask(ask, &names).await?,
            Some(items) => {
                let items = items.value(&names).map_err(|error| self.odd(&error))?;
                let mut values = Vec::new();
                let mut context = names.clone();
                for item in self.items(&items)? {
                    let names = context! { item => item, ..names.clone() };
                    let given = self.ask(ask, &names).await?;
                    values.push(given.value);
                    context = given.context;
                }
                Given {
                    value: Value::from(values),
                    context,
                }
            }
        };
        if ask.secret
            && let Some(secret) = scalar(&given.value)
        {
            self.api.wire.secrets.add(&Secret::new(secret));
        }
        if let Some(name) = &step.name {
            self.found.insert(name.clone(), given.value.clone());
        }
        Ok(Some(Given {
            context: context! { found => Value::from_pairs(&self.found), ..given.context },
            ..given
        }))
    }

    /// The address was read: what later steps can name of it.
    pub(crate) fn know(&mut self, state: Value) {
        self.state = state;
    }

    /// What a step can name now.
    pub(crate) fn names(&self) -> Value {
        let known = context! { ..self.state.clone(), ..self.names.clone() };
        context! { found => Value::from_pairs(&self.found), ..known }
    }

    /// A request, and all its pages.
    async fn ask(&mut self, ask: &Ask, names: &Value) -> Result<Given, CallError> {
        let mut page = Value::from(1);
        let mut joined: Option<Vec<Value>> = None;
        for _ in 0..MAX_PAGES {
            let names = context! { page => page, ..names.clone() };
            let answered = self.send(ask, &names).await?;
            let context = answered.context(&names);
            let value = match &ask.value {
                Some(expression) => expression.value(&context).map_err(|e| self.odd(&e))?,
                None => answered.body,
            };
            let Some(next) = &ask.next_page else {
                return Ok(Given { value, context });
            };
            let mut values = joined.unwrap_or_default();
            values.extend(self.items(&value)?);
            self.few(&values)?;
            let next = next.value(&context).map_err(|error| self.odd(&error))?;
            // The last one: no number, or a cursor without text.
            if next.is_none() || next.as_str() == Some("") {
                let value = Value::from(values);
                return Ok(Given { value, context });
            }
            joined = Some(values);
            page = next;
        }
        let message = format!("the cloud's list has more than {MAX_PAGES} pages");
        Err(failed(self.operation, ErrorKind::Misconfigured, message).into())
    }

    async fn send(&mut self, ask: &Ask, names: &Value) -> Result<Answered, CallError> {
        let writes = self.operation.writes() && ask.request.method != Method::GET;
        let call = self
            .api
            .call(self.operation, ask.server, &ask.request, names, ask.secret);
        let answered = match call.await {
            Err(mut error) if error.error.kind == ErrorKind::MaybeApplied => {
                self.writes += u32::from(writes);
                if !writes {
                    // A reading within a write changes nothing, whatever became of it.
                    error.error.kind = ErrorKind::Transient;
                }
                return Err(error);
            }
            result => result?,
        };
        self.writes += u32::from(writes);
        match &self.api.wire.preset.action {
            Some(action) if writes && ask.action && !answered.settled => {
                match follow(self.api, self.operation, action, names, &answered).await? {
                    Ending::Done => Ok(answered),
                    Ending::Failed(reason) => {
                        self.writes -= 1;
                        let reason = reason.map(|reason| format!(": {reason}"));
                        let message = format!(
                            "the cloud accepted it and then reports that it failed{}",
                            reason.unwrap_or_default()
                        );
                        Err(CallError {
                            look_again: true,
                            ..failed(self.operation, ErrorKind::Transient, message).into()
                        })
                    }
                }
            }
            _ => Ok(answered),
        }
    }

    fn items(&self, value: &Value) -> Result<Vec<Value>, CallError> {
        if !matches!(value.kind(), ValueKind::Seq | ValueKind::Iterable) {
            let message = format!(
                "the preset expects a list, and the answer gives a {}",
                value.kind()
            );
            return Err(failed(self.operation, ErrorKind::Transient, message).into());
        }
        let items = value.try_iter().map_err(|error| self.odd(&error))?;
        let items: Vec<Value> = items.take(MAX_ITEMS + 1).collect();
        self.few(&items)?;
        Ok(items)
    }

    fn few(&self, items: &[Value]) -> Result<(), CallError> {
        if items.len() > MAX_ITEMS {
            let message = format!("the cloud's list has more than {MAX_ITEMS} entries");
            return Err(failed(self.operation, ErrorKind::Misconfigured, message).into());
        }
        Ok(())
    }

    /// Could not check is never "not mine", and never "nobody": an answer of another form is a fault.
    fn odd(&self, error: &minijinja::Error) -> CallError {
        let message = format!("the answer is not of the form that the preset expects: {error}");
        failed(self.operation, ErrorKind::Transient, message).into()
    }
}
