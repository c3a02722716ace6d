//! What may be written in a preset. Nothing here is checked beyond its TOML type.

use std::collections::BTreeMap;

use serde::Deserialize;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawPreset {
    pub(super) name: String,
    pub(super) base_url: Option<String>,
    #[serde(default)]
    pub(super) option: BTreeMap<String, RawOption>,
    pub(super) auth: Vec<RawAuth>,
    pub(super) address: RawGrammar,
    pub(super) target: RawGrammar,
    pub(super) locate: Option<RawLocate>,
    pub(super) identity: Option<RawIdentity>,
    pub(super) limits: RawLimits,
    pub(super) describe: RawDescribe,
    pub(super) assign: RawWrite,
    pub(super) unassign: Option<RawWrite>,
    pub(super) action: Option<RawAction>,
    #[serde(default)]
    pub(super) errors: RawErrors,
    pub(super) discovery: Option<RawDiscovery>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawOption {
    pub(super) about: String,
    #[serde(default)]
    pub(super) env: Vec<String>,
    pub(super) default: Option<String>,
    pub(super) grammar: Option<String>,
    pub(super) required: Option<bool>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawAuth {
    pub(super) kind: String,
    pub(super) header: Option<String>,
    pub(super) credentials: BTreeMap<String, Vec<String>>,
    pub(super) fetch: Option<RawFetch>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawFetch {
    pub(super) base_url: Option<String>,
    pub(super) base_option: Option<String>,
    pub(super) on: Option<String>,
    pub(super) method: Option<String>,
    pub(super) path: String,
    #[serde(default)]
    pub(super) headers: BTreeMap<String, String>,
    pub(super) json: Option<String>,
    pub(super) form: Option<String>,
    pub(super) token: String,
    pub(super) expires_at: Option<String>,
    pub(super) expires_in: Option<String>,
    pub(super) api_base_url: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawGrammar {
    pub(super) grammar: OneOrMore,
}

/// `"ip"`, or `["number", "ip"]`.
#[derive(Debug, Deserialize)]
#[serde(untagged, expecting = "a text or a list of texts")]
pub(super) enum OneOrMore {
    One(String),
    More(Vec<String>),
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawLimits {
    pub(super) moves_in_one_call: bool,
    pub(super) settle: String,
    pub(super) connect_timeout: String,
    pub(super) request_timeout: String,
    pub(super) call_timeout: String,
    pub(super) calls_per_hour: Option<u32>,
    pub(super) hold_after_refused_login: Option<String>,
}

/// One step, as it stands in `[[SECTION.step]]` or, where it is the only one, in the section itself.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct RawStep {
    pub(super) name: Option<String>,
    pub(super) when: Option<String>,
    pub(super) for_each: Option<String>,
    pub(super) from: Option<String>,
    pub(super) method: Option<String>,
    pub(super) path: Option<String>,
    pub(super) headers: BTreeMap<String, String>,
    pub(super) json: Option<String>,
    pub(super) form: Option<String>,
    pub(super) timeout: Option<String>,
    pub(super) action: Option<bool>,
    pub(super) value: Option<String>,
    pub(super) next_page: Option<String>,
    pub(super) secret: Option<bool>,
    pub(super) until: Option<String>,
    pub(super) interval: Option<String>,
    pub(super) deadline: Option<String>,
}

/// A section with the keys of a step, a list of steps, and keys of its own. (`serde(flatten)` would accept unknown keys.)
macro_rules! section {
    ($name:ident { $($(#[$attribute:meta])* $key:ident: $type:ty),* $(,)? }) => {
        #[derive(Debug, Deserialize)]
        #[serde(deny_unknown_fields)]
        pub(super) struct $name {
            $($(#[$attribute])* pub(super) $key: $type,)*
            #[serde(default)]
            step: Vec<RawStep>,
            from: Option<String>,
            method: Option<String>,
            path: Option<String>,
            #[serde(default)]
            headers: BTreeMap<String, String>,
            json: Option<String>,
            form: Option<String>,
            timeout: Option<String>,
            value: Option<String>,
            next_page: Option<String>,
        }

        impl $name {
            /// The section's steps: those listed, or the one that the section itself is (`None`: both or neither).
            pub(super) fn take_steps(&mut self) -> Option<Vec<RawStep>> {
                let own = RawStep {
                    from: self.from.take(),
                    method: self.method.take(),
                    path: self.path.take(),
                    headers: std::mem::take(&mut self.headers),
                    json: self.json.take(),
                    form: self.form.take(),
                    timeout: self.timeout.take(),
                    value: self.value.take(),
                    next_page: self.next_page.take(),
                    ..RawStep::default()
                };
                let listed = std::mem::take(&mut self.step);
                match (own.is_empty(), listed.is_empty()) {
                    (true, false) => Some(listed),
                    (false, true) => Some(vec![own]),
                    (true, true) | (false, false) => None,
                }
            }
        }
    };
}

section!(RawLocate {});
section!(RawIdentity {
    metadata_base: String
});
section!(RawDescribe {
    holder: String,
    version: Option<String>,
    busy: Option<String>,
    holder_down: Option<String>,
});
section!(RawWrite {});
section!(RawDiscovery { about: String });

impl RawStep {
    /// A key that only a request has, if there is one beside its path.
    pub(super) fn asks(&self) -> Option<&'static str> {
        let given = [
            ("name", self.name.is_some()),
            ("from", self.from.is_some()),
            ("method", self.method.is_some()),
            ("headers", !self.headers.is_empty()),
            ("json", self.json.is_some()),
            ("form", self.form.is_some()),
            ("timeout", self.timeout.is_some()),
            ("action", self.action.is_some()),
            ("value", self.value.is_some()),
            ("next_page", self.next_page.is_some()),
            ("secret", self.secret.is_some()),
        ];
        let found = given.iter().find(|(_, given)| *given);
        found.map(|(key, _)| *key)
    }

    fn is_empty(&self) -> bool {
        let texts = [
            &self.from,
            &self.method,
            &self.path,
            &self.json,
            &self.form,
            &self.timeout,
            &self.value,
            &self.next_page,
        ];
        self.headers.is_empty() && texts.into_iter().all(Option::is_none)
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawAction {
    pub(super) path: String,
    pub(super) status: String,
    pub(super) pending: Vec<String>,
    pub(super) ok: Vec<String>,
    pub(super) failed: Vec<String>,
    pub(super) message: Option<String>,
    pub(super) unseen: Option<String>,
    pub(super) interval: String,
    pub(super) deadline: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawErrors {
    pub(super) message: Option<String>,
    pub(super) reset_header: Option<String>,
    pub(super) remaining_header: Option<String>,
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
    pub(super) retry_after: Option<String>,
    pub(super) hint: Option<String>,
}
