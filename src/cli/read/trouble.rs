//! Why a node could not be read, and what to do about it.

use std::io;
use std::time::Duration;

use hyper::StatusCode;

/// The node could not be read.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Unread {
    #[error(
        "nobody listens at {host}: does the node run, and is that its port? (--config FILE or --url http://HOST:PORT name another)"
    )]
    NobodyListens { host: String },
    #[error("{host} cannot be reached")]
    Unreachable {
        host: String,
        #[source]
        source: io::Error,
    },
    #[error("{host} did not answer within {} s", .patience.as_secs())]
    Silent { host: String, patience: Duration },
    #[error("what listens at {host} gives no answer that is HTTP")]
    Broken {
        host: String,
        #[source]
        source: hyper::Error,
    },
    #[error("the connection to {host} broke in the middle of the answer")]
    Cut { host: String },
    #[error("{path} cannot be asked for")]
    Unaskable {
        path: String,
        #[source]
        source: hyper::http::Error,
    },
    #[error("{host} answers more than {body_bytes} bytes: no node of les says so much")]
    TooLarge { host: String, body_bytes: usize },
    #[error("what answers at {host} is no node of les (HTTP status {status})")]
    NotLes { host: String, status: StatusCode },
    #[error("the node at {host} is one of the reference implementation, which has no {path}")]
    Reference { host: String, path: String },
    #[error(
        "the node at {host} runs an older les ({version}), which has no {path}: http://{host}/diag/ says what it knows"
    )]
    Older {
        host: String,
        version: String,
        path: String,
    },
    #[error(
        "the node at {host} says what this version of les ({}) does not understand",
        les::VERSION
    )]
    NotUnderstood {
        host: String,
        #[source]
        source: serde_json::Error,
    },
    #[error("the node at {host} refuses: {why}")]
    Refused {
        host: String,
        status: StatusCode,
        why: String,
    },
}
