//! What a failed call means to its caller: EC2's error codes, and what became of a request without an answer.
//!
//! The codes are those of the EC2 API reference, "Error codes for the Amazon EC2 API".

use std::error::Error;
use std::time::Duration;

use aws_credential_types::provider::error::CredentialsError;
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use les_provider::{ErrorKind, Operation, ProviderError};

/// Longer texts of the cloud are cut: EC2 puts an encoded message of a kilobyte into its refusals.
const LONGEST: usize = 600;
/// Where that encoded message begins.
const ENCODED: &str = " Encoded authorization failure message:";

/// An error without an answer of EC2's behind it.
pub(crate) fn failed(
    operation: Operation,
    kind: ErrorKind,
    message: impl Into<String>,
) -> ProviderError {
    ProviderError {
        kind,
        operation: operation.as_str(),
        message: message.into(),
        source: None,
    }
}

/// What was asked.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Asked {
    pub(crate) operation: Operation,
    /// As a policy names it: `ec2:AssociateAddress`.
    pub(crate) action: &'static str,
    /// The process is young: what IAM refuses now it may allow in a moment.
    pub(crate) young: bool,
}

/// An error, and whether the credentials should be looked up anew.
#[derive(Debug)]
pub(crate) struct Failure {
    pub(crate) error: ProviderError,
    pub(crate) credentials_stale: bool,
}

/// What a code stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Class {
    Kind(ErrorKind),
    /// The identity is not accepted.
    Identity,
    /// The identity may not do this.
    Permission,
    /// EC2 failed: a write may have had its effect.
    Fault,
}

impl Asked {
    const fn writes(self) -> bool {
        // "ec2:Describe…"
        self.operation.writes() && !matches!(self.action.as_bytes(), [_, _, _, _, b'D', b'e', ..])
    }

    /// What the outcome of a request tells.
    pub(crate) fn failure<E>(self, error: &SdkError<E, HttpResponse>) -> Failure
    where
        E: ProvideErrorMetadata + Error + 'static,
    {
        match error {
            SdkError::ServiceError(refusal) => {
                let (answer, raw) = (refusal.err(), refusal.raw());
                let code = answer.code().unwrap_or("no code");
                let text = answer.message().unwrap_or("no message");
                let wish = retry_after(raw);
                self.refused(raw.status().as_u16(), code, text, wish)
            }
            SdkError::ResponseError(_) => {
                let kind = self.either(ErrorKind::MaybeApplied, ErrorKind::Transient);
                self.plain(
                    kind,
                    &format!("an answer that is none of EC2's: {}", context(error)),
                )
            }
            SdkError::TimeoutError(_) => {
                self.unheard(&format!("no answer in time: {}", context(error)))
            }
            _ => self.undelivered(error),
        }
    }

    /// Nothing came back, and perhaps nothing was sent.
    fn undelivered<E>(self, error: &SdkError<E, HttpResponse>) -> Failure
    where
        E: Error + 'static,
    {
        if let Some(lack) = find::<CredentialsError>(error) {
            return self.no_credentials(lack);
        }
        let text = context(error);
        let connecting = find::<hyper_util::client::legacy::Error>(error);
        if connecting.is_some_and(hyper_util::client::legacy::Error::is_connect) {
            return self.plain(ErrorKind::Unreachable, &format!("no connection: {text}"));
        }
        match error {
            SdkError::ConstructionFailure(_) => self.plain(ErrorKind::Misconfigured, &text),
            _ => self.unheard(&format!("the connection broke or stalled: {text}")),
        }
    }

    fn unheard(self, text: &str) -> Failure {
        let kind = self.either(ErrorKind::MaybeApplied, ErrorKind::Unreachable);
        self.plain(kind, text)
    }

    fn no_credentials(self, lack: &CredentialsError) -> Failure {
        let nobody = matches!(lack, CredentialsError::CredentialsNotLoaded(_));
        let kind = if self.young || !nobody {
            ErrorKind::Transient
        } else {
            ErrorKind::Denied
        };
        let advice = "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or give the instance a role with a policy of providers/aws/policies";
        let why = causes(lack)
            .split_whitespace()
            .collect::<Vec<_>>()
            .join(" ");
        let mut failure = self.plain(kind, &format!("no credentials: {advice}; {why}"));
        failure.credentials_stale = true;
        failure
    }

    fn refused(self, status: u16, code: &str, text: &str, wish: Option<Duration>) -> Failure {
        let told = format!("{code}: {}", without_encoded(text));
        let late = "; IAM may not have caught up with the boot yet: this is tried again";
        match classify(code, status) {
            Class::Kind(ErrorKind::Throttled { .. }) => {
                let kind = ErrorKind::Throttled { retry_after: wish };
                self.plain(kind, &told)
            }
            Class::Kind(kind) => self.plain(kind, &told),
            Class::Fault => {
                let kind = self.either(ErrorKind::MaybeApplied, ErrorKind::Transient);
                self.plain(kind, &told)
            }
            Class::Identity | Class::Permission if self.young => {
                let mut failure = self.plain(ErrorKind::Transient, &format!("{told}{late}"));
                failure.credentials_stale = true;
                failure
            }
            Class::Identity => {
                let advice = "EC2 does not accept these credentials: are they of this account, complete, and not expired?";
                let mut failure = self.plain(ErrorKind::Denied, &format!("{told}; {advice}"));
                failure.credentials_stale = true;
                failure
            }
            Class::Permission => {
                let advice = "allow it in the policy of this node's role or user: providers/aws/policies has all that is needed";
                self.plain(ErrorKind::Denied, &format!("{told}; {advice}"))
            }
        }
    }

    const fn either(self, writing: ErrorKind, reading: ErrorKind) -> ErrorKind {
        if self.writes() { writing } else { reading }
    }

    fn plain(self, kind: ErrorKind, text: &str) -> Failure {
        let message = format!("{}: {}", self.action, cut(text));
        Failure {
            error: failed(self.operation, kind, message),
            credentials_stale: false,
        }
    }
}

fn classify(code: &str, status: u16) -> Class {
    match code {
        "RequestLimitExceeded"
        | "Throttling"
        | "ThrottlingException"
        | "ThrottledException"
        | "RequestThrottled"
        | "RequestThrottledException"
        | "EC2ThrottledException"
        | "TooManyRequestsException"
        | "BandwidthLimitExceeded"
        | "SlowDown" => Class::Kind(ErrorKind::Throttled { retry_after: None }),
        "UnauthorizedOperation"
        | "AccessDenied"
        | "AccessDeniedException"
        | "OptInRequired"
        | "Blocked" => Class::Permission,
        "AuthFailure"
        | "InvalidClientTokenId"
        | "InvalidAccessKeyId"
        | "ExpiredToken"
        | "ExpiredTokenException"
        | "UnrecognizedClientException"
        | "SignatureDoesNotMatch"
        | "IncompleteSignature"
        | "MissingAuthenticationToken"
        | "PendingVerification"
        | "RequestExpired"
        | "InvalidSecurity" => Class::Identity,
        "Resource.AlreadyAssociated"
        | "InvalidAssociationID.NotFound"
        | "InvalidIPAddress.InUse" => Class::Kind(ErrorKind::Conflict),
        "IncorrectInstanceState"
        | "IncorrectState"
        | "InvalidStateTransition"
        | "ConcurrentModification"
        | "DependencyViolation"
        | "OperationNotPermitted" => Class::Kind(ErrorKind::InProgress),
        "Unavailable" | "ServiceUnavailable" | "InsufficientCapacity" => {
            Class::Kind(ErrorKind::Transient)
        }
        "InternalError" | "InternalFailure" | "InternalServiceError" => Class::Fault,
        _ if code.ends_with(".NotFound") => Class::Kind(ErrorKind::NotFound),
        _ if status == 429 => Class::Kind(ErrorKind::Throttled { retry_after: None }),
        _ if status == 503 => Class::Kind(ErrorKind::Transient),
        _ if status >= 500 => Class::Fault,
        _ => Class::Kind(ErrorKind::Misconfigured),
    }
}

fn retry_after(raw: &HttpResponse) -> Option<Duration> {
    let seconds = raw.headers().get("retry-after")?.parse().ok()?;
    Some(Duration::from_secs(seconds))
}

fn without_encoded(text: &str) -> &str {
    text.split_once(ENCODED).map_or(text, |(plain, _)| plain)
}

/// On one line, and not too long.
fn cut(text: &str) -> String {
    let line: String = text
        .chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .take(LONGEST)
        .collect();
    line.trim().to_owned()
}

fn context<E: Error + 'static>(error: &SdkError<E, HttpResponse>) -> String {
    let causes = causes(error);
    if causes.is_empty() {
        error.to_string()
    } else {
        causes
    }
}

/// What is behind an error, outermost first.
pub(crate) fn causes(error: &(dyn Error + 'static)) -> String {
    let mut text = String::new();
    let mut source = error.source();
    while let Some(cause) = source {
        let told = cause.to_string();
        if !text.ends_with(&told) {
            if !text.is_empty() {
                text.push_str(": ");
            }
            text.push_str(&told);
        }
        source = cause.source();
    }
    text
}

fn find<'a, T: Error + 'static>(error: &'a (dyn Error + 'static)) -> Option<&'a T> {
    let mut source = Some(error);
    while let Some(cause) = source {
        if let Some(found) = cause.downcast_ref::<T>() {
            return Some(found);
        }
        source = cause.source();
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(operation: Operation, action: &'static str, young: bool) -> Asked {
        Asked {
            operation,
            action,
            young,
        }
    }

    fn kind(asked: Asked, status: u16, code: &str) -> ErrorKind {
        asked.refused(status, code, "", None).error.kind
    }

    #[test]
    fn every_code_says_what_the_caller_may_do() {
        let write = asked(Operation::Assign, "ec2:AssociateAddress", false);
        let throttled = ErrorKind::Throttled { retry_after: None };
        for (status, code, expected) in [
            (503, "RequestLimitExceeded", throttled),
            (400, "Throttling", throttled),
            (429, "Unheard-of", throttled),
            (403, "UnauthorizedOperation", ErrorKind::Denied),
            (401, "AuthFailure", ErrorKind::Denied),
            (400, "RequestExpired", ErrorKind::Denied),
            (400, "InvalidAllocationID.NotFound", ErrorKind::NotFound),
            (
                400,
                "InvalidNetworkInterfaceID.NotFound",
                ErrorKind::NotFound,
            ),
            (400, "InvalidAssociationID.NotFound", ErrorKind::Conflict),
            (400, "Resource.AlreadyAssociated", ErrorKind::Conflict),
            (400, "IncorrectInstanceState", ErrorKind::InProgress),
            (503, "Unavailable", ErrorKind::Transient),
            (500, "InternalError", ErrorKind::MaybeApplied),
            (502, "Unheard-of", ErrorKind::MaybeApplied),
            (400, "InvalidParameterCombination", ErrorKind::Misconfigured),
        ] {
            assert_eq!(kind(write, status, code), expected, "{status} {code}");
        }
    }

    #[test]
    fn only_writes_are_ambiguous() {
        let read = asked(Operation::Observe, "ec2:DescribeAddresses", false);
        assert_eq!(kind(read, 500, "InternalError"), ErrorKind::Transient);
        let look = asked(Operation::Release, "ec2:DescribeAddresses", false);
        assert_eq!(kind(look, 500, "InternalError"), ErrorKind::Transient);
        let write = asked(Operation::Release, "ec2:DisassociateAddress", false);
        assert_eq!(kind(write, 500, "InternalError"), ErrorKind::MaybeApplied);
    }

    #[test]
    fn just_after_the_start_a_refusal_may_be_iams_lag() {
        let write = asked(Operation::Assign, "ec2:AssociateAddress", true);
        for code in ["AuthFailure", "UnauthorizedOperation"] {
            let failure = write.refused(403, code, "", None);
            assert_eq!(failure.error.kind, ErrorKind::Transient);
            assert!(failure.credentials_stale);
        }
        assert_eq!(
            kind(write, 400, "InvalidAllocationID.NotFound"),
            ErrorKind::NotFound,
            "that is no matter of IAM"
        );
    }

    #[test]
    fn a_denial_names_the_action_and_leaves_the_encoded_message_out() {
        let text = "You are not authorized to perform this operation. User: arn:aws:sts::1:x is not authorized to perform: ec2:AssociateAddress on \
                    resource: arn:aws:ec2:eu-central-1:1:elastic-ip/eipalloc-0a. Encoded authorization failure message: AbCdEf";
        let write = asked(Operation::Assign, "ec2:AssociateAddress", false);
        let told = write.refused(403, "UnauthorizedOperation", text, None);
        let told = told.error.message;
        assert!(
            told.contains("elastic-ip/eipalloc-0a") && told.contains("providers/aws/policies"),
            "{told}"
        );
        assert!(!told.contains("AbCdEf"), "{told}");
    }
}
