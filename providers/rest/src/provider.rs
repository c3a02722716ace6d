//! `Provider` on a preset.

use std::collections::BTreeSet;
use std::fmt;
use std::net::IpAddr;
use std::time::Duration;

use async_trait::async_trait;
use les_provider::{
    AddressId, Capabilities, ErrorKind, MAX_DISCOVERED, Observation, Operation, Provider,
    ProviderError, Target,
};
use minijinja::context;

use crate::api::Api;
use crate::build::assemble;
use crate::build_error::BuildError;
use crate::classify::printable;
use crate::course::Course;
use crate::failure::{CallError, failed};
use crate::identity::Identity;
use crate::locate::Located;
use crate::options::Options;
use crate::preset::{Preset, Procedure};
use crate::reading::{Place, Reading};
use crate::writing::Write;

/// A cloud's API as its preset describes it, for one machine.
pub struct RestProvider {
    api: Api,
    identity: Identity,
    located: Located,
}

impl RestProvider {
    /// A provider for what `preset` says and `options` change.
    ///
    /// # Errors
    /// Every [`BuildError`] but those about credentials and settings.
    pub fn new(preset: Preset, options: Options) -> Result<Self, BuildError> {
        let identity = Identity::new(&preset, options.target.clone())?;
        Ok(Self {
            api: assemble(preset, options)?,
            identity,
            located: Located::default(),
        })
    }

    fn preset(&self) -> &Preset {
        &self.api.wire.preset
    }

    /// Ends a call at its timeout.
    async fn bounded<T>(
        &self,
        operation: Operation,
        call: impl Future<Output = Result<T, ProviderError>>,
    ) -> Result<T, ProviderError> {
        let limit = self.preset().limits.call_timeout;
        tokio::time::timeout(limit, call).await.unwrap_or_else(|_| {
            let kind = if operation.writes() {
                ErrorKind::MaybeApplied
            } else {
                ErrorKind::Transient
            };
            let message = format!("not ended after {}", humantime::format_duration(limit));
            Err(failed(operation, kind, message))
        })
    }

    /// Does something with an address under the name that the cloud has for it. A name that the cloud does not know (any more) is forgotten.
    async fn at<T>(
        &self,
        operation: Operation,
        address: &AddressId,
        call: impl AsyncFnOnce(Place<'_>) -> Result<T, CallError>,
    ) -> Result<T, ProviderError> {
        let located = async {
            let id = self.located.id(&self.api, operation, address).await?;
            let me = self.identity.known();
            let place = Place {
                address,
                id: &id,
                me: me.as_ref(),
            };
            call(place).await
        };
        let ended = self.bounded(operation, async {
            located.await.map_err(|CallError { error, .. }| error)
        });
        let result = ended.await;
        if matches!(&result, Err(error) if error.kind == ErrorKind::NotFound) {
            self.located.forget(address);
        }
        result
    }

    /// Writes, and looks again where a refusal may mean that it is done already.
    async fn write(
        &self,
        write: Write<'_>,
        procedure: &Procedure,
        achieved: impl Fn(&Reading) -> bool,
    ) -> Result<(), CallError> {
        let Err(refused) = write.run(procedure).await else {
            return Ok(());
        };
        if !refused.look_again {
            return Err(refused);
        }
        match write.place.read(&self.api, write.operation).await {
            Ok(reading) if !reading.observation.busy && achieved(&reading) => Ok(()),
            Ok(_) | Err(_) => Err(refused),
        }
    }

    fn check(
        &self,
        operation: Operation,
        address: &AddressId,
        target: Option<&Target>,
    ) -> Result<(), ProviderError> {
        let bad = |what: &str, text: &str, rule: &str| {
            failed(
                operation,
                ErrorKind::Misconfigured,
                format!("{what} {text:?} {rule}"),
            )
        };
        self.preset()
            .check_address(address)
            .map_err(|rule| bad("address", &address.0, &rule))?;
        target.map_or(Ok(()), |target| {
            self.preset()
                .check_target(target)
                .map_err(|rule| bad("target", &target.0, &rule))
        })
    }
}

#[async_trait]
impl Provider for RestProvider {
    fn name(&self) -> &str {
        &self.preset().name
    }

    fn capabilities(&self) -> Capabilities {
        let limits = &self.preset().limits;
        Capabilities {
            moves_in_one_call: limits.moves_in_one_call,
            settle: limits.settle,
            request_timeout: limits.request_timeout,
            call_timeout: limits.call_timeout,
            calls_per_hour: limits.calls_per_hour,
        }
    }

    fn seen_within(&self, address: &AddressId) -> Duration {
        self.preset().seen_within(address)
    }

    async fn target(&self) -> Result<Target, ProviderError> {
        let asked = self.identity.target(&self.api);
        self.bounded(Operation::Target, asked).await
    }

    async fn observe(&self, address: &AddressId) -> Result<Observation, ProviderError> {
        self.check(Operation::Observe, address, None)?;
        self.at(Operation::Observe, address, async |place: Place<'_>| {
            let reading = place.read(&self.api, Operation::Observe).await?;
            Ok(reading.observation)
        })
        .await
    }

    async fn assign(
        &self,
        address: &AddressId,
        to: &Target,
        seen: Option<&Observation>,
    ) -> Result<(), ProviderError> {
        self.check(Operation::Assign, address, Some(to))?;
        self.at(Operation::Assign, address, async |place: Place<'_>| {
            let write = Write {
                api: &self.api,
                operation: Operation::Assign,
                place,
                target: to,
                seen,
            };
            self.write(write, &self.preset().assign, |reading| {
                reading.holders == [to.clone()]
            })
            .await
        })
        .await
    }

    async fn release(&self, address: &AddressId, from: &Target) -> Result<(), ProviderError> {
        self.check(Operation::Release, address, Some(from))?;
        let Some(procedure) = &self.preset().unassign else {
            let message = format!("{} has no call that frees an address", self.name());
            return Err(failed(
                Operation::Release,
                ErrorKind::Misconfigured,
                message,
            ));
        };
        self.at(Operation::Release, address, async |place: Place<'_>| {
            // The cloud takes an address from whoever holds it: look first whether that is `from`.
            let reading = place.read(&self.api, Operation::Release).await?;
            if reading.observation.busy {
                let message = "the cloud is at work on the address".to_owned();
                return Err(failed(Operation::Release, ErrorKind::InProgress, message).into());
            }
            if !reading.holders.contains(from) {
                return Ok(());
            }
            let write = Write {
                api: &self.api,
                operation: Operation::Release,
                place,
                target: from,
                seen: Some(&reading.observation),
            };
            self.write(write, procedure, |reading| !reading.holders.contains(from))
                .await
        })
        .await
    }

    fn routine_pause(&self) -> Duration {
        self.api.wire.budget.routine_pause()
    }

    fn budget_remaining(&self) -> Option<u32> {
        self.api.wire.budget.remaining()
    }

    async fn discover(&self, selector: &str) -> Result<Vec<IpAddr>, ProviderError> {
        let Some(discovery) = &self.preset().discovery else {
            let message = format!(
                "{} cannot list machines by label: name the seeds, or discover them by DNS",
                self.name()
            );
            return Err(failed(
                Operation::Discover,
                ErrorKind::Misconfigured,
                message,
            ));
        };
        let names = context! { selector };
        let listed = async {
            let course = Course::new(&self.api, Operation::Discover, &names);
            let given = course.run(&discovery.procedure).await;
            let given = given.map_err(|CallError { error, .. }| error)?;
            addresses(&given.value).map_err(|problem| {
                let problem = printable(&self.api.wire.secrets.redact(&problem));
                let message = format!(
                    "the answer is not of the form that discovery.value expects: {problem}"
                );
                failed(Operation::Discover, ErrorKind::Transient, message)
            })
        };
        self.bounded(Operation::Discover, listed).await
    }
}

impl fmt::Debug for RestProvider {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let target = self.identity.known();
        f.debug_struct("RestProvider")
            .field("preset", &self.preset().name)
            .field(
                "base_url",
                &self.api.base.as_ref().map(reqwest::Url::as_str),
            )
            .field(
                "target",
                &target.as_ref().map_or("auto", |target| &target.0),
            )
            .finish_non_exhaustive()
    }
}

fn addresses(value: &minijinja::Value) -> Result<Vec<IpAddr>, String> {
    let mut found = BTreeSet::new();
    for item in value.try_iter().map_err(|error| error.to_string())? {
        let text = item.as_str().unwrap_or_default();
        let address = text
            .parse::<IpAddr>()
            .map_err(|_| format!("{item} is no IP address"))?;
        found.insert(address);
        if found.len() > MAX_DISCOVERED {
            return Err(format!("it names more than {MAX_DISCOVERED} machines"));
        }
    }
    Ok(found.into_iter().collect())
}
