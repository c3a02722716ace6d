//! From what is written to what is true: every rule names the file, the key, the value and what was expected.

mod auth;
mod checker;
mod errors;
mod names;
mod steps;

use checker::{Checked, Checker};
use names::{DISCOVERY, IDENTITY, LOCATE, READ, WRITE, with_answer};
use steps::Purpose;

use super::raw::{RawAction, RawDescribe, RawIdentity, RawLimits, RawPreset, RawWrite};
use super::{Action, Describe, Discovery, Grammar, Identity, Limits, Preset, Procedure, Server};
use crate::preset::Fetch;

const READING: Purpose = purpose(READ, Server::Api, false);
const WRITING: Purpose = purpose(WRITE, Server::Api, true);
const LOCATING: Purpose = purpose(LOCATE, Server::Api, false);
const IDENTIFYING: Purpose = purpose(IDENTITY, Server::Metadata, false);
const DISCOVERING: Purpose = purpose(DISCOVERY, Server::Api, false);

const fn purpose(names: &'static [&'static str], server: Server, writes: bool) -> Purpose {
    Purpose {
        names,
        server,
        writes,
    }
}

pub(super) fn validate(file: &str, raw: RawPreset) -> Checked<Preset> {
    let check = Checker::new(file);
    if !Grammar::Name.accepts(&raw.name) {
        return Err(check.fault("name", &raw.name, Grammar::Name.rule()));
    }
    let limits = check.limits(&raw.limits)?;
    let options = check.options(raw.option)?;
    let check = check.knowing("options", options.keys());
    let locate = raw
        .locate
        .map(|mut locate| check.procedure("locate", locate.take_steps(), LOCATING));
    let discovery = raw.discovery.map(|mut discovery| {
        Ok(Discovery {
            procedure: check.procedure("discovery", discovery.take_steps(), DISCOVERING)?,
            about: discovery.about,
        })
    });
    let preset = Preset {
        base_url: raw
            .base_url
            .map(|url| check.base("base_url", &url))
            .transpose()?,
        auth: check.auths(raw.auth, &options)?,
        name: raw.name,
        options,
        address: check.grammars("address.grammar", &raw.address.grammar)?,
        target: check.grammars("target.grammar", &raw.target.grammar)?,
        locate: locate.transpose()?,
        identity: raw.identity.map(|raw| check.identity(raw)).transpose()?,
        describe: check.describe(raw.describe)?,
        assign: check.write("assign", raw.assign)?,
        unassign: raw
            .unassign
            .map(|raw| check.write("unassign", raw))
            .transpose()?,
        action: raw.action.map(|raw| check.action(raw)).transpose()?,
        errors: check.errors(raw.errors)?,
        discovery: discovery.transpose()?,
        limits,
    };
    check.whole(&preset)?;
    Ok(preset)
}

impl Checker<'_> {
    fn identity(&self, mut raw: RawIdentity) -> Checked<Identity> {
        Ok(Identity {
            metadata_base: self.url("identity.metadata_base", &raw.metadata_base)?,
            procedure: self.procedure("identity", raw.take_steps(), IDENTIFYING)?,
        })
    }

    fn limits(&self, raw: &RawLimits) -> Checked<Limits> {
        let limits = Limits {
            moves_in_one_call: raw.moves_in_one_call,
            settle: self.duration("limits.settle", &raw.settle)?,
            connect_timeout: self.wait("limits.connect_timeout", &raw.connect_timeout)?,
            request_timeout: self.wait("limits.request_timeout", &raw.request_timeout)?,
            call_timeout: self.wait("limits.call_timeout", &raw.call_timeout)?,
            calls_per_hour: raw.calls_per_hour,
            hold_after_refused_login: raw
                .hold_after_refused_login
                .as_deref()
                .map(|hold| self.wait("limits.hold_after_refused_login", hold))
                .transpose()?,
        };
        if raw.calls_per_hour == Some(0) {
            let rule = "must be at least 1; leave it out where there is no limit";
            return Err(self.fault("limits.calls_per_hour", "0", rule));
        }
        for (key, value, limit_key, limit) in [
            (
                "connect_timeout",
                &raw.connect_timeout,
                "request_timeout",
                &raw.request_timeout,
            ),
            (
                "request_timeout",
                &raw.request_timeout,
                "call_timeout",
                &raw.call_timeout,
            ),
        ] {
            let shorter = self.wait(key, value)? < self.wait(limit_key, limit)?;
            if !shorter {
                let rule = format!("must be shorter than limits.{limit_key} ({limit})");
                return Err(self.fault(&format!("limits.{key}"), value, rule));
            }
        }
        Ok(limits)
    }

    fn describe(&self, mut raw: RawDescribe) -> Checked<Describe> {
        let known = with_answer(READ);
        let procedure = self.procedure("describe", raw.take_steps(), READING)?;
        let found = procedure.0.iter().filter_map(|step| step.name.as_ref());
        let check = self.knowing("found", found);
        let optional =
            |key: &str, text: &Option<String>| check.optional(key, text.as_deref(), &known);
        Ok(Describe {
            procedure,
            holder: check.expression("describe.holder", &raw.holder, &known)?,
            version: optional("describe.version", &raw.version)?,
            busy: optional("describe.busy", &raw.busy)?,
            holder_down: optional("describe.holder_down", &raw.holder_down)?,
        })
    }

    fn write(&self, section: &str, mut raw: RawWrite) -> Checked<Procedure> {
        self.procedure(section, raw.take_steps(), WRITING)
    }

    fn action(&self, raw: RawAction) -> Checked<Action> {
        for (key, values) in [
            ("action.pending", &raw.pending),
            ("action.ok", &raw.ok),
            ("action.failed", &raw.failed),
        ] {
            if values.is_empty() {
                return Err(self.fault(key, "[]", "expected one or more states"));
            }
        }
        if let Some(twice) = raw.failed.iter().find(|state| raw.ok.contains(state)) {
            return Err(self.fault("action.failed", twice, "is in action.ok too"));
        }
        let ended = |state: &&String| raw.ok.contains(state) || raw.failed.contains(state);
        if let Some(twice) = raw.pending.iter().find(ended) {
            return Err(self.fault(
                "action.pending",
                twice,
                "is in action.ok or action.failed too",
            ));
        }
        let known = with_answer(WRITE);
        let (interval, deadline) = (
            self.wait("action.interval", &raw.interval)?,
            self.wait("action.deadline", &raw.deadline)?,
        );
        self.interval("action", interval, deadline)?;
        Ok(Action {
            path: self.path("action.path", &raw.path, &known)?,
            status: self.expression("action.status", &raw.status, &known)?,
            pending: raw.pending,
            ok: raw.ok,
            failed: raw.failed,
            message: self.optional("action.message", raw.message.as_deref(), &known)?,
            unseen: self.optional("action.unseen", raw.unseen.as_deref(), &["address"])?,
            interval,
            deadline,
        })
    }

    /// What several keys together must obey.
    fn whole(&self, preset: &Preset) -> Checked<()> {
        let tells_base = |fetch: &Option<Box<Fetch>>| {
            fetch
                .as_ref()
                .is_some_and(|fetch| fetch.api_base_url.is_some())
        };
        if preset.base_url.is_none() && !preset.auth.iter().all(|auth| tells_base(&auth.fetch)) {
            let rule = "expected the URL in front of every path; only auth.fetch.api_base_url, in every auth, replaces it";
            return Err(self.missing("base_url", rule));
        }
        let limits = &preset.limits;
        for (section, procedure) in [
            ("assign", Some(&preset.assign)),
            ("unassign", preset.unassign.as_ref()),
        ] {
            let Some(procedure) = procedure else { continue };
            let longest = preset.longest(procedure);
            if longest >= limits.call_timeout {
                let rule = format!(
                    "must be longer than {section} can take, which is {}: a reading where it needs one, its requests, its waits, and action.deadline for each job",
                    humantime::format_duration(longest)
                );
                let value = humantime::format_duration(limits.call_timeout).to_string();
                return Err(self.fault("limits.call_timeout", &value, rule));
            }
        }
        Ok(())
    }
}
