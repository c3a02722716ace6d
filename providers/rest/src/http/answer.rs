//! What came back.

use std::time::Duration;

use minijinja::Value;
use reqwest::StatusCode;

/// An answer, read to its end.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    /// The wish of the standard header or of the preset's own.
    pub(crate) retry_after: Option<Duration>,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    /// The body for expressions: what JSON says, or undefined if it is not JSON.
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or(Value::UNDEFINED)
    }
}
