//! How a preset tells errors apart.

use les_provider::{ErrorKind, Operation};

use crate::template::Expression;

/// One way to recognise an answer that is no success. The first rule that matches decides.
#[derive(Clone, Debug)]
pub(crate) struct Rule {
    /// The calls it is for; empty: all.
    pub(crate) on: Vec<Operation>,
    /// The HTTP statuses it is for.
    pub(crate) status: Vec<StatusPattern>,
    /// What must hold besides.
    pub(crate) when: Option<Expression>,
    /// What it tells the caller.
    pub(crate) verdict: Verdict,
    /// Seconds until a throttled caller may come again.
    pub(crate) retry_after: Option<Expression>,
    /// What a person can do.
    pub(crate) hint: Option<String>,
}

/// What an answer is, by a rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// It is a success after all, and nothing is left to wait for.
    Success,
    /// It is an error.
    Failure(ErrorKind),
}

/// `422`, or `5xx`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum StatusPattern {
    Exactly(u16),
    /// All of one hundred.
    Class(u16),
}

impl StatusPattern {
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let class = text
            .strip_suffix("xx")
            .filter(|digit| matches!(*digit, "2" | "3" | "4" | "5"));
        let exact = text
            .parse::<u16>()
            .ok()
            .filter(|status| (200..600).contains(status));
        match (class.and_then(|digit| digit.parse().ok()), exact) {
            (Some(class), _) => Ok(Self::Class(class)),
            (None, Some(status)) => Ok(Self::Exactly(status)),
            (None, None) => Err("expected an HTTP status such as \"422\", or \"4xx\"".to_owned()),
        }
    }

    pub(crate) const fn matches(self, status: u16) -> bool {
        match self {
            Self::Exactly(exact) => status == exact,
            Self::Class(class) => status / 100 == class,
        }
    }
}

const KINDS: [ErrorKind; 8] = [
    ErrorKind::Throttled { retry_after: None },
    ErrorKind::Transient,
    ErrorKind::InProgress,
    ErrorKind::MaybeApplied,
    ErrorKind::Conflict,
    ErrorKind::Denied,
    ErrorKind::NotFound,
    ErrorKind::Misconfigured,
];

/// How a rule calls a success in an error's clothes.
const SUCCESS: &str = "success";

pub(crate) fn parse_verdict(text: &str) -> Result<Verdict, String> {
    if text == SUCCESS {
        return Ok(Verdict::Success);
    }
    let found = KINDS.iter().find(|kind| kind.as_str() == text);
    found.copied().map(Verdict::Failure).ok_or_else(|| {
        format!(
            "expected one of {SUCCESS}, {}",
            KINDS.map(ErrorKind::as_str).join(", ")
        )
    })
}

/// The calls that a rule can be for; a poll is told apart from the write it follows.
const OPERATIONS: [Operation; 8] = [
    Operation::Target,
    Operation::Observe,
    Operation::Assign,
    Operation::Release,
    Operation::Poll,
    Operation::Locate,
    Operation::Token,
    Operation::Discover,
];

pub(crate) fn parse_operation(text: &str) -> Result<Operation, String> {
    let found = OPERATIONS
        .iter()
        .find(|operation| operation.as_str() == text);
    found.copied().ok_or_else(|| {
        format!(
            "expected one of {}",
            OPERATIONS.map(Operation::as_str).join(", ")
        )
    })
}
