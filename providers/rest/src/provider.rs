//! `Provider` on a preset.

use std::fmt;

use async_trait::async_trait;
use les_provider::{
    AddressId, Capabilities, ErrorKind, Observation, Operation, Provider, ProviderError, Target,
};
use minijinja::{Value, context};

use crate::base_url;
use crate::build_error::BuildError;
use crate::failure::failed;
use crate::follow::{Ending, follow};
use crate::http::cloud_client;
use crate::identity::Identity;
use crate::options::Options;
use crate::preset::{Preset, Request};
use crate::requests::{Api, names};
use crate::template::scalar;

/// A cloud's API as its preset describes it, for one machine.
pub struct RestProvider {
    api: Api,
    identity: Identity,
}

/// A write that failed, and whether a look at the address can turn that into a success.
struct WriteError {
    error: ProviderError,
    look_again: bool,
}

impl RestProvider {
    /// A provider for what `preset` says and `options` change.
    ///
    /// # Errors
    /// Every [`BuildError`] but those about tokens.
    pub fn new(mut preset: Preset, options: Options) -> Result<Self, BuildError> {
        options.timing.apply(&mut preset);
        let identity = Identity::new(&preset, options.target, options.metadata_base)?;
        let base = base_url::choose("base_url", options.base_url, &preset.base_url)?;
        if !base_url::may_see_credentials(&base) {
            return Err(BuildError::Insecure {
                value: base.to_string(),
            });
        }
        let client = cloud_client(
            &base,
            preset.limits.connect_timeout,
            preset.limits.request_timeout,
        )?;
        Ok(Self {
            api: Api {
                preset,
                client,
                base,
                credentials: options.credentials,
            },
            identity,
        })
    }

    /// Ends a call at its timeout.
    async fn bounded<T>(
        &self,
        operation: Operation,
        call: impl Future<Output = Result<T, ProviderError>>,
    ) -> Result<T, ProviderError> {
        let limit = self.api.preset.limits.call_timeout;
        tokio::time::timeout(limit, call).await.unwrap_or_else(|_| {
            let kind = if operation.writes() {
                ErrorKind::MaybeApplied
            } else {
                ErrorKind::Transient
            };
            Err(failed(
                operation,
                kind,
                format!("not ended after {}", humantime::format_duration(limit)),
            ))
        })
    }

    async fn read(
        &self,
        operation: Operation,
        address: &AddressId,
    ) -> Result<Observation, ProviderError> {
        let describe = &self.api.preset.describe;
        let body = self
            .api
            .call(Operation::Observe, &describe.request, &names(address, None))
            .await;
        let body = body.map_err(|error| ProviderError {
            operation: operation.as_str(),
            ..error
        })?;
        let answer = context! { body => body, address => &address.0 };
        let odd = |key: &str, why: &dyn fmt::Display| {
            // Could not check is never "not mine": an answer of another form is a fault, not a free address.
            failed(
                operation,
                ErrorKind::Transient,
                format!("the answer is not of the form that describe.{key} expects: {why}"),
            )
        };
        let holder = describe
            .holder
            .value(&answer)
            .map_err(|error| odd("holder", &error))?;
        let busy = match &describe.busy {
            Some(busy) => busy
                .value(&answer)
                .map_err(|error| odd("busy", &error))?
                .is_true(),
            None => false,
        };
        let holder = holder_of(&holder).map_err(|why| odd("holder", &why))?;
        let holder_down = holder.is_some()
            && describe
                .holder_down
                .as_ref()
                .is_some_and(|down| down.holds(&answer));
        Ok(Observation {
            holder,
            version: None,
            busy,
            holder_down,
        })
    }

    /// Makes a write and waits for its end.
    async fn write(
        &self,
        operation: Operation,
        request: &Request,
        names: &Value,
    ) -> Result<(), WriteError> {
        let begun = self
            .api
            .call(operation, request, names)
            .await
            .map_err(|error| {
                let look_again = error.kind == ErrorKind::Conflict;
                WriteError { error, look_again }
            })?;
        let Some(action) = &self.api.preset.action else {
            return Ok(());
        };
        match follow(&self.api, operation, action, names, begun).await {
            Ok(Ending::Done) => Ok(()),
            Ok(Ending::Failed) => {
                let error = failed(
                    operation,
                    ErrorKind::Transient,
                    "the cloud accepted it and then reports that it failed".to_owned(),
                );
                Err(WriteError {
                    error,
                    look_again: true,
                })
            }
            Err(error) => Err(WriteError {
                error,
                look_again: false,
            }),
        }
    }

    /// A refusal is a success if the address is where it shall be: clouds refuse what is done already.
    async fn reconsider(
        &self,
        operation: Operation,
        address: &AddressId,
        refused: WriteError,
        achieved: impl Fn(&Observation) -> bool,
    ) -> Result<(), ProviderError> {
        if !refused.look_again {
            return Err(refused.error);
        }
        match self.read(operation, address).await {
            Ok(seen) if !seen.busy && achieved(&seen) => Ok(()),
            Ok(_) | Err(_) => Err(refused.error),
        }
    }

    fn check(
        &self,
        operation: Operation,
        address: &AddressId,
        target: Option<&Target>,
    ) -> Result<(), ProviderError> {
        let preset = &self.api.preset;
        let bad = |what: &str, text: &str, rule: &str| {
            failed(
                operation,
                ErrorKind::Misconfigured,
                format!("{what} {text:?} {rule}"),
            )
        };
        preset
            .check_address(address)
            .map_err(|rule| bad("address", &address.0, rule))?;
        target.map_or(Ok(()), |target| {
            preset
                .check_target(target)
                .map_err(|rule| bad("target", &target.0, rule))
        })
    }
}

#[async_trait]
impl Provider for RestProvider {
    fn name(&self) -> &str {
        &self.api.preset.name
    }

    fn capabilities(&self) -> Capabilities {
        let limits = &self.api.preset.limits;
        Capabilities {
            moves_in_one_call: limits.moves_in_one_call,
            settle: limits.settle,
            request_timeout: limits.request_timeout,
            call_timeout: limits.call_timeout,
            calls_per_hour: None,
        }
    }

    async fn target(&self) -> Result<Target, ProviderError> {
        let asked = self.identity.target(&self.api.preset);
        self.bounded(Operation::Target, asked).await
    }

    async fn observe(&self, address: &AddressId) -> Result<Observation, ProviderError> {
        self.check(Operation::Observe, address, None)?;
        self.bounded(Operation::Observe, self.read(Operation::Observe, address))
            .await
    }

    async fn assign(
        &self,
        address: &AddressId,
        to: &Target,
        _seen: Option<&Observation>,
    ) -> Result<(), ProviderError> {
        self.check(Operation::Assign, address, Some(to))?;
        self.bounded(Operation::Assign, async {
            match self
                .write(
                    Operation::Assign,
                    &self.api.preset.assign,
                    &names(address, Some(to)),
                )
                .await
            {
                Ok(()) => Ok(()),
                Err(refused) => {
                    self.reconsider(Operation::Assign, address, refused, |seen| {
                        seen.holder.as_ref() == Some(to)
                    })
                    .await
                }
            }
        })
        .await
    }

    async fn release(&self, address: &AddressId, from: &Target) -> Result<(), ProviderError> {
        self.check(Operation::Release, address, Some(from))?;
        self.bounded(Operation::Release, async {
            // The cloud takes an address from whoever holds it: look first whether that is `from`.
            let seen = self.read(Operation::Release, address).await?;
            if seen.busy {
                return Err(failed(
                    Operation::Release,
                    ErrorKind::InProgress,
                    "the cloud is at work on the address".to_owned(),
                ));
            }
            if seen.holder.as_ref() != Some(from) {
                return Ok(());
            }
            match self
                .write(
                    Operation::Release,
                    &self.api.preset.unassign,
                    &names(address, Some(from)),
                )
                .await
            {
                Ok(()) => Ok(()),
                Err(refused) => {
                    self.reconsider(Operation::Release, address, refused, |seen| {
                        seen.holder.as_ref() != Some(from)
                    })
                    .await
                }
            }
        })
        .await
    }
}

impl fmt::Debug for RestProvider {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let target = match &self.identity {
            Identity::Configured(target) => target.0.as_str(),
            Identity::Metadata { .. } => "auto",
        };
        f.debug_struct("RestProvider")
            .field("preset", &self.api.preset.name)
            .field("base_url", &self.api.base.as_str())
            .field("target", &target)
            .finish_non_exhaustive()
    }
}

/// A holder as an answer names it: an id, or nothing in one of the forms that clouds use.
fn holder_of(value: &Value) -> Result<Option<Target>, String> {
    if value.is_none() {
        return Ok(None);
    }
    match scalar(value) {
        Some(id) if id.is_empty() => Ok(None),
        Some(id) => Ok(Some(Target(id))),
        None => Err(format!("a {} names no holder", value.kind())),
    }
}
