//! Following the job that a write began to its end.

use les_provider::{ErrorKind, Operation, ProviderError};
use minijinja::Value;
use reqwest::Method;

use crate::api::Api;
use crate::classify::printable;
use crate::failure::{CallError, pause_after};
use crate::preset::{Action, Body, Request, Server};
use crate::template::scalar;
use crate::wire::Answered;

/// How a job ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Ending {
    Done,
    /// Why, as far as the cloud tells.
    Failed(Option<String>),
}

/// What a job's status means.
enum State {
    Pending,
    Ended(Ending),
}

/// Asks for the job's status until it has ended. `begun` is the answer to the write, `names` what the write was about.
///
/// # Errors
/// `MaybeApplied`: the write was accepted, and its end is not known.
pub(crate) async fn follow(
    api: &Api,
    operation: Operation,
    action: &Action,
    names: &Value,
    begun: &Answered,
) -> Result<Ending, CallError> {
    let names = begun.context(names);
    if let State::Ended(ending) = state(api, action, operation, &names)? {
        return Ok(ending);
    }
    let polling = poll(api, operation, action, &names);
    let ended = tokio::time::timeout(action.deadline, polling).await;
    Ok(ended.unwrap_or_else(|_| {
        let waited = humantime::format_duration(action.deadline);
        let message = format!("the cloud is still at work on it after {waited}");
        Err(unknown_end(operation, message, None))
    })?)
}

async fn poll(
    api: &Api,
    operation: Operation,
    action: &Action,
    names: &Value,
) -> Result<Ending, ProviderError> {
    let request = Request {
        method: Method::GET,
        path: action.path.clone(),
        headers: Vec::new(),
        body: Body::Empty,
        timeout: None,
    };
    let mut pause = action.interval;
    loop {
        tokio::time::sleep(pause).await;
        pause = action.interval;
        match api
            .call(Operation::Poll, Server::Api, &request, names, false)
            .await
        {
            Ok(answered) => {
                let told = answered.context(names);
                if let State::Ended(ending) = state(api, action, operation, &told)? {
                    return Ok(ending);
                }
            }
            Err(CallError { error, .. }) => match pause_after(error.kind, action.interval) {
                Some(longer) => pause = longer,
                None => {
                    let message = "the cloud accepted it, but does not tell how it ends";
                    return Err(unknown_end(operation, message.to_owned(), Some(error)));
                }
            },
        }
    }
}

fn state(
    api: &Api,
    action: &Action,
    operation: Operation,
    answer: &Value,
) -> Result<State, ProviderError> {
    let status = action.status.lenient_value(answer);
    let status = status.as_ref().and_then(scalar).unwrap_or_default();
    if action.ok.contains(&status) {
        Ok(State::Ended(Ending::Done))
    } else if action.failed.contains(&status) {
        let told = action
            .message
            .as_ref()
            .and_then(|m| m.lenient_value(answer));
        let told = told.as_ref().and_then(Value::as_str);
        let reason = told.map(|words| printable(&api.wire.secrets.redact(words)));
        Ok(State::Ended(Ending::Failed(reason)))
    } else if action.pending.contains(&status) {
        Ok(State::Pending)
    } else {
        let status: String = status
            .chars()
            .filter(|c| !c.is_control())
            .take(40)
            .collect();
        Err(unknown_end(
            operation,
            format!(
                "the cloud accepted it, but its state {status:?} is not one that the preset knows"
            ),
            None,
        ))
    }
}

fn unknown_end(
    operation: Operation,
    message: String,
    cause: Option<ProviderError>,
) -> ProviderError {
    ProviderError {
        kind: ErrorKind::MaybeApplied,
        operation: operation.as_str(),
        message,
        source: cause.map(Into::into),
    }
}
