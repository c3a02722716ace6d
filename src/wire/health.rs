//! The answer of `/health/...`.

use serde::Serialize;

/// The answer of `/health/...`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct HealthBody {
    /// The same as the status: 200 or 503.
    pub ok: bool,
    /// Why, for a person.
    pub why: String,
}

impl HealthBody {
    /// As JSON.
    #[must_use]
    pub fn to_json(&self) -> String {
        // A flag and a text cannot fail.
        serde_json::to_string(self).unwrap_or_default()
    }
}
