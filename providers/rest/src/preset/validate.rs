//! From what is written to what is true: every rule names the file, the key, the value and what was expected.

use std::time::Duration;

use reqwest::header::HeaderName;
use reqwest::{Method, Url};

use super::raw::{
    RawAction, RawAuth, RawDescribe, RawIdentity, RawLimits, RawPreset, RawRequest, RawRule,
};
use super::rules::{parse_kind, parse_operation};
use super::{
    Action, Auth, Describe, Grammar, Identity, Limits, Preset, PresetError, Request, Rule,
    StatusPattern,
};
use crate::base_url;
use crate::template::{Expression, PathTemplate};

/// A call that has not ended after that long would block its address for longer than anybody waits.
const MAX_DURATION: Duration = Duration::from_secs(600);

/// Rules that one preset may have: a cloud has a dozen error codes.
const MAX_RULES: usize = 100;

/// Reports on the keys of one file.
struct Checker<'a> {
    file: &'a str,
}

type Checked<T> = Result<T, PresetError>;

pub(super) fn validate(file: &str, raw: RawPreset) -> Checked<Preset> {
    let check = Checker { file };
    let limits = check.limits(&raw.limits)?;
    Ok(Preset {
        name: check.matching(
            "name",
            raw.name,
            |name| Grammar::Name.accepts(name),
            Grammar::Name.rule(),
        )?,
        base_url: check.url("base_url", &raw.base_url)?,
        auth: check.auth(raw.auth)?,
        address: check.parsed("address.grammar", &raw.address.grammar, Grammar::parse)?,
        target: check.parsed("target.grammar", &raw.target.grammar, Grammar::parse)?,
        identity: raw
            .identity
            .map(|identity| check.identity(&identity))
            .transpose()?,
        describe: check.describe(&raw.describe)?,
        assign: check.write("assign", &raw.assign)?,
        unassign: check.write("unassign", &raw.unassign)?,
        action: raw
            .action
            .map(|action| check.action(action, &limits))
            .transpose()?,
        message: check.optional("errors.message", raw.errors.message.as_deref(), &["body"])?,
        reset_header: check.reset_header(raw.errors.reset_header.as_deref())?,
        rules: check.rules(raw.errors.rule)?,
        limits,
    })
}

impl Checker<'_> {
    fn fault(&self, key: &str, value: &str, rule: impl Into<String>) -> PresetError {
        PresetError::Value {
            file: self.file.to_owned(),
            key: key.to_owned(),
            value: value.to_owned(),
            rule: rule.into(),
        }
    }

    fn parsed<T>(
        &self,
        key: &str,
        value: &str,
        parse: impl FnOnce(&str) -> Result<T, String>,
    ) -> Checked<T> {
        parse(value).map_err(|rule| self.fault(key, value, rule))
    }

    fn matching(
        &self,
        key: &str,
        value: String,
        accepts: impl FnOnce(&str) -> bool,
        rule: &str,
    ) -> Checked<String> {
        if accepts(&value) {
            Ok(value)
        } else {
            Err(self.fault(key, &value, rule))
        }
    }

    fn url(&self, key: &str, value: &str) -> Checked<Url> {
        base_url::parse(value).map_err(|rule| self.fault(key, &base_url::without_user(value), rule))
    }

    fn duration(&self, key: &str, value: &str) -> Checked<Duration> {
        let rule = "expected a duration such as \"500ms\" or \"10s\", 10m at most";
        let duration =
            humantime::parse_duration(value).map_err(|_| self.fault(key, value, rule))?;
        if duration > MAX_DURATION {
            Err(self.fault(key, value, rule))
        } else {
            Ok(duration)
        }
    }

    /// A duration for which something is waited: not zero.
    fn wait(&self, key: &str, value: &str) -> Checked<Duration> {
        let duration = self.duration(key, value)?;
        if duration.is_zero() {
            Err(self.fault(key, value, "must be longer than zero"))
        } else {
            Ok(duration)
        }
    }

    fn path(&self, key: &str, value: &str, known: &[&str]) -> Checked<PathTemplate> {
        self.parsed(key, value, |value| PathTemplate::parse(value, known))
    }

    fn expression(&self, key: &str, value: &str, known: &[&str]) -> Checked<Expression> {
        self.parsed(key, value, |value| Expression::parse(value, known))
    }

    fn optional(
        &self,
        key: &str,
        value: Option<&str>,
        known: &[&str],
    ) -> Checked<Option<Expression>> {
        value
            .map(|value| self.expression(key, value, known))
            .transpose()
    }

    fn auth(&self, raw: RawAuth) -> Checked<Auth> {
        if raw.kind != "bearer" {
            return Err(self.fault("auth.kind", &raw.kind, "expected bearer"));
        }
        if raw.token_env.is_empty() || raw.token_env.iter().any(String::is_empty) {
            return Err(self.fault(
                "auth.token_env",
                &raw.token_env.join(", "),
                "expected the names of one or more environment variables",
            ));
        }
        Ok(Auth::Bearer {
            token_env: raw.token_env,
        })
    }

    fn identity(&self, raw: &RawIdentity) -> Checked<Identity> {
        Ok(Identity {
            metadata_base: self.url("identity.metadata_base", &raw.metadata_base)?,
            path: self.path("identity.path", &raw.path, &[])?,
        })
    }

    fn limits(&self, raw: &RawLimits) -> Checked<Limits> {
        let limits = Limits {
            moves_in_one_call: raw.moves_in_one_call,
            settle: self.duration("limits.settle", &raw.settle)?,
            connect_timeout: self.wait("limits.connect_timeout", &raw.connect_timeout)?,
            request_timeout: self.wait("limits.request_timeout", &raw.request_timeout)?,
            call_timeout: self.wait("limits.call_timeout", &raw.call_timeout)?,
        };
        if limits.connect_timeout >= limits.request_timeout {
            let rule = format!(
                "must be shorter than limits.request_timeout ({})",
                raw.request_timeout
            );
            return Err(self.fault("limits.connect_timeout", &raw.connect_timeout, rule));
        }
        if limits.request_timeout >= limits.call_timeout {
            let rule = format!(
                "must be shorter than limits.call_timeout ({})",
                raw.call_timeout
            );
            return Err(self.fault("limits.request_timeout", &raw.request_timeout, rule));
        }
        Ok(limits)
    }

    fn describe(&self, raw: &RawDescribe) -> Checked<Describe> {
        if raw.method != "GET" {
            return Err(self.fault("describe.method", &raw.method, "expected GET"));
        }
        let path = self.path("describe.path", &raw.path, &["address"])?;
        Ok(Describe {
            request: Request {
                method: Method::GET,
                path,
                json: None,
            },
            holder: self.expression("describe.holder", &raw.holder, &["body", "address"])?,
            busy: self.optional("describe.busy", raw.busy.as_deref(), &["body", "address"])?,
            holder_down: self.optional(
                "describe.holder_down",
                raw.holder_down.as_deref(),
                &["body", "address"],
            )?,
        })
    }

    fn write(&self, table: &str, raw: &RawRequest) -> Checked<Request> {
        let method = match raw.method.as_str() {
            "POST" => Method::POST,
            "PUT" => Method::PUT,
            "PATCH" => Method::PATCH,
            "DELETE" => Method::DELETE,
            other => {
                return Err(self.fault(
                    &format!("{table}.method"),
                    other,
                    "expected POST, PUT, PATCH or DELETE",
                ));
            }
        };
        let known = ["address", "target"];
        Ok(Request {
            method,
            path: self.path(&format!("{table}.path"), &raw.path, &known)?,
            json: self.optional(&format!("{table}.json"), raw.json.as_deref(), &known)?,
        })
    }

    fn action(&self, raw: RawAction, limits: &Limits) -> Checked<Action> {
        let deadline = self.wait("action.deadline", &raw.deadline)?;
        if deadline + limits.request_timeout >= limits.call_timeout {
            let rule =
                "together with limits.request_timeout, must be shorter than limits.call_timeout";
            return Err(self.fault("action.deadline", &raw.deadline, rule));
        }
        for (key, values) in [
            ("action.pending", &raw.pending),
            ("action.ok", &raw.ok),
            ("action.failed", &raw.failed),
        ] {
            if values.is_empty() {
                return Err(self.fault(key, "[]", "expected one or more states"));
            }
        }
        let path = self.path("action.path", &raw.path, &["address", "target", "body"])?;
        Ok(Action {
            request: Request {
                method: Method::GET,
                path,
                json: None,
            },
            status: self.expression("action.status", &raw.status, &["body"])?,
            pending: raw.pending,
            ok: raw.ok,
            failed: raw.failed,
            interval: self.wait("action.interval", &raw.interval)?,
            deadline,
        })
    }

    fn reset_header(&self, raw: Option<&str>) -> Checked<Option<HeaderName>> {
        let parse = |name: &str| {
            HeaderName::try_from(name).map_err(|_| "expected the name of a header".to_owned())
        };
        raw.map(|name| self.parsed("errors.reset_header", name, parse))
            .transpose()
    }

    fn rules(&self, raw: Vec<RawRule>) -> Checked<Vec<Rule>> {
        if raw.len() > MAX_RULES {
            return Err(self.fault(
                "errors.rule",
                &raw.len().to_string(),
                format!("{MAX_RULES} rules at most"),
            ));
        }
        raw.into_iter()
            .enumerate()
            .map(|(index, rule)| self.rule(&format!("errors.rule[{index}]"), rule))
            .collect()
    }

    fn rule(&self, at: &str, raw: RawRule) -> Checked<Rule> {
        if raw.status.is_empty() {
            return Err(self.fault(
                &format!("{at}.status"),
                "[]",
                "expected one or more HTTP statuses",
            ));
        }
        let on = raw.on.unwrap_or_default();
        let operations = on
            .iter()
            .map(|on| self.parsed(&format!("{at}.on"), on, parse_operation));
        let statuses = raw
            .status
            .iter()
            .map(|status| self.parsed(&format!("{at}.status"), status, StatusPattern::parse));
        Ok(Rule {
            on: operations.collect::<Checked<_>>()?,
            status: statuses.collect::<Checked<_>>()?,
            when: self.optional(
                &format!("{at}.when"),
                raw.when.as_deref(),
                &["body", "status"],
            )?,
            kind: self.parsed(&format!("{at}.kind"), &raw.kind, parse_kind)?,
            hint: raw.hint,
        })
    }
}
