//! What came back.

use std::time::{Duration, SystemTime};

use minijinja::Value;
use reqwest::StatusCode;
use reqwest::header::{DATE, HeaderMap, HeaderName};

use super::retry_after;

/// An answer, read to its end.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    /// The body for expressions: what JSON says, or undefined if it is not JSON.
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or(Value::UNDEFINED)
    }

    /// The body as text, without white space around it.
    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).trim().to_owned()
    }

    /// The headers for expressions: names in lower case, the last one where a name comes twice.
    pub(crate) fn header_values(&self) -> Value {
        let texts = self
            .headers
            .iter()
            .filter_map(|(name, value)| Some((name.as_str(), value.to_str().ok()?)));
        Value::from_pairs(texts)
    }

    /// When a throttled caller may come again: the standard header's wish, or that of the preset's own.
    pub(crate) fn retry_after(&self, reset_header: Option<&HeaderName>) -> Option<Duration> {
        retry_after::wish(&self.headers, reset_header)
    }

    /// How many calls are left, by the preset's own header.
    pub(crate) fn remaining(&self, header: Option<&HeaderName>) -> Option<u32> {
        self.headers
            .get(header?)?
            .to_str()
            .ok()?
            .trim()
            .parse()
            .ok()
    }

    /// What time it was at the server.
    pub(crate) fn sent(&self) -> Option<SystemTime> {
        httpdate::parse_http_date(self.headers.get(DATE)?.to_str().ok()?).ok()
    }
}
