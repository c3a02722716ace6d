//! Who this machine is at the cloud: configured, or found out by the preset's look-ups.

use std::sync::{Mutex, PoisonError};

use les_provider::{ErrorKind, Operation, ProviderError, Target};
use minijinja::context;

use crate::api::Api;
use crate::build_error::BuildError;
use crate::classify::printable;
use crate::course::Course;
use crate::failure::{CallError, failed};
use crate::preset::{Preset, Procedure};
use crate::single::single;

const ADVICE: &str = "if this machine is not one of the cloud's, configure its target";

/// Where the own target is known from.
pub(crate) struct Identity {
    configured: Option<Target>,
    /// The last answer, for those who must not wait.
    known: Mutex<Option<Target>>,
}

impl Identity {
    pub(crate) fn new(preset: &Preset, target: Option<String>) -> Result<Self, BuildError> {
        if target.is_none() && preset.identity.is_none() {
            return Err(BuildError::NoIdentity {
                preset: preset.name.clone(),
            });
        }
        let configured = target.map(Target);
        if let Some(target) = &configured {
            preset
                .check_target(target)
                .map_err(|rule| BuildError::Target {
                    value: target.0.clone(),
                    rule,
                    preset: preset.name.clone(),
                })?;
        }
        Ok(Self {
            known: Mutex::new(configured.clone()),
            configured,
        })
    }

    /// The own target, if it is known by now.
    pub(crate) fn known(&self) -> Option<Target> {
        self.known
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// The own target. The look-ups are made anew each time: they cost nothing, and images are cloned.
    pub(crate) async fn target(&self, api: &Api) -> Result<Target, ProviderError> {
        if let Some(target) = &self.configured {
            return Ok(target.clone());
        }
        let preset = &api.wire.preset;
        let Some(identity) = &preset.identity else {
            let message = format!("there is nobody to ask; {ADVICE}");
            return Err(failed(Operation::Target, ErrorKind::Misconfigured, message));
        };
        let found = look_up(api, &identity.procedure).await.map_err(advised)?;
        let target = Target(found);
        preset.check_target(&target).map_err(|rule| {
            let message = format!("the cloud names something else: a target {rule}; {ADVICE}");
            failed(Operation::Target, ErrorKind::Misconfigured, message)
        })?;
        *self.known.lock().unwrap_or_else(PoisonError::into_inner) = Some(target.clone());
        Ok(target)
    }
}

async fn look_up(api: &Api, procedure: &Procedure) -> Result<String, CallError> {
    let given = Course::new(api, Operation::Target, &context! {})
        .run(procedure)
        .await?;
    // Without `value` an answer in plain text is the id.
    let value = if given.value.is_undefined() {
        given.context.get_attr("text").unwrap_or_default()
    } else {
        given.value
    };
    single(&value).map_err(|problem| {
        let problem = printable(&api.wire.secrets.redact(&problem));
        let message = format!("this machine's id: {problem}");
        failed(Operation::Target, ErrorKind::Misconfigured, message).into()
    })
}

fn advised(CallError { error, status, .. }: CallError) -> ProviderError {
    // A metadata service that knows no such path is another cloud's.
    let kind = match (error.kind, status) {
        (ErrorKind::NotFound, Some(_)) => ErrorKind::Misconfigured,
        (kind, _) => kind,
    };
    ProviderError {
        kind,
        message: format!("{}; {ADVICE}", error.message),
        ..error
    }
}
