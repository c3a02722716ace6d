//! What the command line and the node say to each other of addresses that are moved by hand.

use serde::{Deserialize, Serialize};

/// `POST /admin/provider/assign` and `POST /admin/provider/release`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProviderOrderBody {
    /// One of the configured addresses.
    pub address: String,
    /// Only look whether it would be allowed.
    #[serde(default)]
    pub dry_run: bool,
}

/// The answer to it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProviderDoneBody {
    /// The address, as it is configured.
    pub address: String,
    /// Nothing was changed, on purpose.
    pub dry_run: bool,
    /// The cloud has done it, or it was so already. Never in a dry run.
    pub done: bool,
    /// The target that held it before; `null` if nobody did.
    pub before: Option<String>,
    /// The target that holds it now; `null` if nobody does. In a dry run the same as `before`.
    pub after: Option<String>,
    /// All of it in a sentence.
    pub text: String,
    /// The calls that it would take, where the cloud tells whether they are allowed. Empty unless this is a dry run.
    #[serde(default)]
    pub rehearsed: Vec<RehearsedBody>,
}

/// One call that was only rehearsed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RehearsedBody {
    /// As the cloud's permissions name it.
    pub action: String,
    /// It would be allowed.
    pub ok: bool,
    /// What the cloud said, if it would not be; else empty.
    pub message: String,
}
