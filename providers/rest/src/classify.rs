//! From an answer to what the caller may do.

use les_provider::{ErrorKind, Operation};
use minijinja::{Value, context};

use crate::http::{Answer, ExchangeError};
use crate::preset::Preset;

/// Characters of a cloud's own words that are repeated.
const MAX_WORDS: usize = 300;

/// An answer that is no success.
#[derive(Debug)]
pub(crate) struct Refusal {
    pub(crate) kind: ErrorKind,
    pub(crate) message: String,
}

/// Judges an answer by the preset's rules in their order, then by what HTTP means. `body` is the answer's, parsed.
pub(crate) fn judge(
    preset: &Preset,
    operation: Operation,
    answer: &Answer,
    body: &Value,
) -> Result<(), Refusal> {
    let status = answer.status.as_u16();
    let context = context! { body => body.clone(), status => status };
    let rule = preset.rules.iter().find(|rule| {
        (rule.on.is_empty() || rule.on.contains(&operation))
            && rule.status.iter().any(|pattern| pattern.matches(status))
            && rule.when.as_ref().is_none_or(|when| when.holds(&context))
    });
    let (kind, hint) = match rule {
        Some(rule) => (rule.kind, rule.hint.as_deref()),
        None if answer.status.is_success() => return Ok(()),
        None => by_status(operation, status),
    };
    let kind = match kind {
        ErrorKind::Throttled { .. } => ErrorKind::Throttled {
            retry_after: answer.retry_after,
        },
        other => other,
    };
    Err(Refusal {
        kind,
        message: message(preset, status, hint, &context),
    })
}

/// What HTTP itself says, where no rule of the preset does.
fn by_status(operation: Operation, status: u16) -> (ErrorKind, Option<&'static str>) {
    let unsure = if operation.writes() {
        ErrorKind::MaybeApplied
    } else {
        ErrorKind::Transient
    };
    match status {
        300..=399 => (
            ErrorKind::Misconfigured,
            Some("redirects are not followed: is base_url right?"),
        ),
        401 | 403 => (ErrorKind::Denied, None),
        404 | 410 => (ErrorKind::NotFound, None),
        409 | 412 => (ErrorKind::Conflict, None),
        423 => (ErrorKind::InProgress, None),
        429 => (ErrorKind::Throttled { retry_after: None }, None),
        // "Not now" is said before anything is done; other 5xx come from somewhere behind the front door, perhaps after the deed.
        503 => (ErrorKind::Transient, None),
        408 | 500..=599 => (unsure, None),
        _ => (ErrorKind::Misconfigured, None),
    }
}

/// What an exchange without an answer tells the caller.
pub(crate) const fn judge_silence(operation: Operation, error: &ExchangeError) -> ErrorKind {
    match error {
        ExchangeError::NotSent(_) => ErrorKind::Transient,
        ExchangeError::Unanswered(_)
        | ExchangeError::BrokenOff { .. }
        | ExchangeError::TooLong { .. } => {
            if operation.writes() {
                ErrorKind::MaybeApplied
            } else {
                ErrorKind::Transient
            }
        }
    }
}

fn message(preset: &Preset, status: u16, hint: Option<&str>, context: &Value) -> String {
    let words = preset
        .message
        .as_ref()
        .and_then(|message| message.lenient_value(context));
    let words = words
        .as_ref()
        .and_then(|words| words.as_str())
        .map(printable);
    match (words, hint) {
        (Some(words), Some(hint)) => format!("HTTP {status}: {words} ({hint})"),
        (Some(text), None) => format!("HTTP {status}: {text}"),
        (None, Some(hint)) => format!("HTTP {status} ({hint})"),
        (None, None) => format!("HTTP {status}"),
    }
}

/// A stranger's words, on one line and not too many of them.
fn printable(words: &str) -> String {
    words
        .chars()
        .take(MAX_WORDS)
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect()
}
