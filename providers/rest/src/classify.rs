//! From an answer to what the caller may do.

use std::time::Duration;

use les_provider::{ErrorKind, Operation};
use minijinja::Value;

use crate::http::{Answer, ExchangeError};
use crate::preset::{Errors, Rule, Verdict};
use crate::wire::Via;

/// Characters of a cloud's own words that are repeated.
const MAX_WORDS: usize = 300;

/// Nobody is kept waiting for longer, whatever a body says: a mistaken one would freeze an address.
const MAX_WISH: f64 = 3_600.0;

/// What an answer is.
#[derive(Debug)]
pub(crate) enum Judgement {
    /// As asked. `settled`: a rule of the preset says so, and nothing is left to wait for.
    Success { settled: bool },
    /// No success.
    Refusal { kind: ErrorKind, message: String },
}

/// Judges an answer by the preset's rules in their order, then by what HTTP means. `context` has the answer's parts for expressions.
/// A rule that names no call is about the API: what the metadata service refuses says nothing of the API's token.
pub(crate) fn judge(
    errors: &Errors,
    operation: Operation,
    via: Via,
    answer: &Answer,
    context: &Value,
    redact: &dyn Fn(&str) -> String,
) -> Judgement {
    let status = answer.status.as_u16();
    let matching = |rule: &&Rule| {
        (rule.on.contains(&operation) || (rule.on.is_empty() && via == Via::Cloud))
            && rule.status.iter().any(|pattern| pattern.matches(status))
            && rule.when.as_ref().is_none_or(|when| when.holds(context))
    };
    let rule = errors.rules.iter().find(matching);
    let (kind, hint) = match rule {
        Some(rule) => match rule.verdict {
            Verdict::Success => return Judgement::Success { settled: true },
            Verdict::Failure(kind) => (kind, rule.hint.as_deref()),
        },
        None if answer.status.is_success() => return Judgement::Success { settled: false },
        None => by_status(operation, status),
    };
    let kind = match kind {
        ErrorKind::Throttled { .. } => {
            let in_body = rule.and_then(|rule| rule.retry_after.as_ref()?.lenient_value(context));
            let in_header = answer.retry_after(errors.reset_header.as_ref());
            let retry_after = in_header.or_else(|| seconds(&in_body?));
            ErrorKind::Throttled { retry_after }
        }
        other => other,
    };
    Judgement::Refusal {
        kind,
        message: message(errors, status, hint, context, redact),
    }
}

fn seconds(value: &Value) -> Option<Duration> {
    let seconds = f64::try_from(value.clone()).ok()?;
    Duration::try_from_secs_f64(seconds.min(MAX_WISH)).ok()
}

/// What HTTP itself says, where no rule of the preset does.
const fn by_status(operation: Operation, status: u16) -> (ErrorKind, Option<&'static str>) {
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
        422 if operation.writes() => (ErrorKind::Conflict, None),
        423 => (ErrorKind::InProgress, None),
        429 => (ErrorKind::Throttled { retry_after: None }, None),
        // "Not now" is said before anything is done; other 5xx come from somewhere behind the front door, perhaps after the deed.
        503 => (ErrorKind::Transient, None),
        408 | 500..=599 => (unsure, None),
        _ => (ErrorKind::Misconfigured, None),
    }
}

/// What an exchange without an answer tells the caller.
pub(crate) const fn silence(operation: Operation, error: &ExchangeError) -> ErrorKind {
    match error {
        ExchangeError::NotSent(_) => ErrorKind::Unreachable,
        _ if operation.writes() => ErrorKind::MaybeApplied,
        ExchangeError::Unanswered(_) | ExchangeError::BrokenOff { .. } => ErrorKind::Unreachable,
        // The cloud is there, and says something strange.
        ExchangeError::TooLong { .. } => ErrorKind::Transient,
    }
}

fn message(
    errors: &Errors,
    status: u16,
    hint: Option<&str>,
    context: &Value,
    redact: &dyn Fn(&str) -> String,
) -> String {
    let words = errors
        .message
        .as_ref()
        .and_then(|message| message.lenient_value(context));
    let words = words
        .as_ref()
        .and_then(|words| words.as_str())
        .map(|words| printable(&redact(words)));
    match (words, hint) {
        (Some(words), Some(hint)) => format!("HTTP {status}: {words} ({hint})"),
        (Some(text), None) => format!("HTTP {status}: {text}"),
        (None, Some(hint)) => format!("HTTP {status} ({hint})"),
        (None, None) => format!("HTTP {status}"),
    }
}

/// A stranger's words, on one line and not too many of them. Secrets must be masked before: what is cut could not be found any more.
pub(crate) fn printable(words: &str) -> String {
    words
        .chars()
        .take(MAX_WORDS)
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect()
}
