//! What may be written in a preset. Nothing here is checked beyond its TOML type.

use serde::Deserialize;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawPreset {
    pub(super) name: String,
    pub(super) base_url: String,
    pub(super) auth: RawAuth,
    pub(super) address: RawGrammar,
    pub(super) target: RawGrammar,
    pub(super) identity: Option<RawIdentity>,
    pub(super) limits: RawLimits,
    pub(super) describe: RawDescribe,
    pub(super) assign: RawRequest,
    pub(super) unassign: RawRequest,
    pub(super) action: Option<RawAction>,
    #[serde(default)]
    pub(super) errors: RawErrors,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawAuth {
    pub(super) kind: String,
    pub(super) token_env: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawGrammar {
    pub(super) grammar: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawIdentity {
    pub(super) metadata_base: String,
    pub(super) path: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawLimits {
    pub(super) moves_in_one_call: bool,
    pub(super) settle: String,
    pub(super) connect_timeout: String,
    pub(super) request_timeout: String,
    pub(super) call_timeout: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawRequest {
    pub(super) method: String,
    pub(super) path: String,
    pub(super) json: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawDescribe {
    pub(super) method: String,
    pub(super) path: String,
    pub(super) holder: String,
    pub(super) busy: Option<String>,
    pub(super) holder_down: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawAction {
    pub(super) path: String,
    pub(super) status: String,
    pub(super) pending: Vec<String>,
    pub(super) ok: Vec<String>,
    pub(super) failed: Vec<String>,
    pub(super) interval: String,
    pub(super) deadline: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawErrors {
    pub(super) message: Option<String>,
    pub(super) reset_header: Option<String>,
    #[serde(default)]
    pub(super) rule: Vec<RawRule>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawRule {
    pub(super) on: Option<Vec<String>>,
    pub(super) status: Vec<String>,
    pub(super) when: Option<String>,
    pub(super) kind: String,
    pub(super) hint: Option<String>,
}
