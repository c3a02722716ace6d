//! The answer of `/why/{id}`.

use serde::Serialize;

use crate::why::Verdict;

/// The answer of `/why/{id}`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct WhyBody {
    /// Which address.
    pub address: String,
    /// The node that answers holds it.
    pub here: bool,
    /// It is where it should be, by a fresh reading.
    pub right: bool,
    /// The state in one word.
    pub code: &'static str,
    /// The paragraph.
    pub text: String,
}

impl WhyBody {
    /// The verdict on `address`.
    #[must_use]
    pub fn new(address: String, verdict: Verdict) -> Self {
        Self {
            address,
            here: verdict.here,
            right: verdict.right,
            code: verdict.code,
            text: verdict.text,
        }
    }

    /// As JSON, in one line.
    ///
    /// # Errors
    /// None that can occur.
    pub fn to_json(&self) -> serde_json::Result<String> {
        serde_json::to_string(self)
    }
}
