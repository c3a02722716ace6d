//! How `les handoff`, `les drain`, `les pause` and other orders reach a running node, and what they say of its answers.

mod client;
mod trouble;
mod way;
mod words;

use std::io::Write as _;
use std::process::ExitCode;
use std::time::Duration;

use hyper::{Method, StatusCode};
use les::handover::PATIENCE;
use les::wire::{HandoverBody, ProgressBody, RefusalBody};
use les::words::chain;
use serde::de::DeserializeOwned;

pub(super) use client::Client;
pub(super) use trouble::Trouble;
pub(super) use way::{WayArgs, host_of};
pub(super) use words::handover;

use super::EXIT_CONFIG;

/// A hand-over that the node has not ended by then will not be; each question waits for up to 2 s of it.
const QUESTIONS: u32 = 3 + PATIENCE.as_secs() as u32 / 2;
/// The whole of one question: the node answers within 2 s.
const EXCHANGE: Duration = Duration::from_secs(5);

/// What a node answered.
#[derive(Debug)]
pub(super) enum Answered<T> {
    /// It did what it was told; or it could not, after it had begun.
    Done(T),
    /// It did nothing.
    Refused(RefusalBody),
}

/// Runs one order to its end, and prints what came of it: as JSON, or as `say` has it, which returns whether all is done.
pub(super) fn carry_out<T: DeserializeOwned + serde::Serialize>(
    way: &WayArgs,
    order: impl AsyncFnOnce(&Client) -> Result<Answered<T>, Trouble>,
    say: impl FnOnce(&T) -> Result<String, String>,
) -> anyhow::Result<ExitCode> {
    carry_out_within(EXCHANGE, way, order, say)
}

/// The same for an order whose answer may take as long as `patience`.
pub(super) fn carry_out_within<T: DeserializeOwned + serde::Serialize>(
    patience: Duration,
    way: &WayArgs,
    order: impl AsyncFnOnce(&Client) -> Result<Answered<T>, Trouble>,
    say: impl FnOnce(&T) -> Result<String, String>,
) -> anyhow::Result<ExitCode> {
    let client = match way.find() {
        Ok(way) => Client::new(way, patience),
        Err(problem) => {
            eprintln!("les: {problem}");
            return Ok(ExitCode::from(EXIT_CONFIG));
        }
    };
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    let answered = match runtime.block_on(order(&client)) {
        Ok(answered) => answered,
        Err(trouble) => {
            eprintln!("les: {}", chain(&trouble));
            return Ok(ExitCode::FAILURE);
        }
    };
    let (json, said) = match &answered {
        Answered::Done(body) => (serde_json::to_string(body)?, say(body)),
        Answered::Refused(refusal) => (
            serde_json::to_string(refusal)?,
            Err(match refusal.code.as_str() {
                // What the cloud did not answer may still take effect.
                "maybe_done" => refusal.message.clone(),
                _ => format!("nothing was changed: {}", refusal.message),
            }),
        ),
    };
    let code = match &said {
        Ok(_) => ExitCode::SUCCESS,
        Err(_) => ExitCode::FAILURE,
    };
    match said {
        _ if way.json => writeln!(std::io::stdout(), "{json}")?,
        Ok(text) => writeln!(std::io::stdout(), "{text}")?,
        Err(text) => eprintln!("les: {text}"),
    }
    Ok(code)
}

/// Sends an order.
pub(super) async fn post<T: DeserializeOwned>(
    client: &Client,
    path: &str,
    body: String,
) -> Result<Answered<T>, Trouble> {
    let (status, body) = client.ask(Method::POST, path, body).await?;
    // A hand-over that was begun is described whatever came of it; everything else that is no success is a refusal.
    if let Ok(done) = serde_json::from_slice(&body) {
        return Ok(Answered::Done(done));
    }
    match serde_json::from_slice(&body) {
        Ok(refusal) if !status.is_success() => Ok(Answered::Refused(refusal)),
        Ok(_) | Err(_) => Err(Trouble::NotUnderstood { status }),
    }
}

/// Waits until a hand-over that the node has begun has ended.
pub(super) async fn settle(
    client: &Client,
    mut handover: HandoverBody,
) -> Result<HandoverBody, Trouble> {
    for _ in 0..QUESTIONS {
        if handover.progress != ProgressBody::Underway {
            break;
        }
        let (status, body) = client
            .ask(Method::GET, "/admin/handoff", String::new())
            .await?;
        let latest: HandoverBody =
            serde_json::from_slice(&body).map_err(|_| Trouble::NotUnderstood { status })?;
        if status == StatusCode::NOT_FOUND || latest.number != handover.number {
            return Err(Trouble::Restarted);
        }
        handover = latest;
    }
    Ok(handover)
}
