//! The rules of procedures.

use std::time::Duration;

use reqwest::Method;

use super::checker::{Checked, Checker};
use super::names::with_answer;
use crate::preset::raw::RawStep;
use crate::preset::{Ask, Body, Deed, Procedure, Request, Server, Step, Wait};
use crate::template::TextTemplate;

/// Steps of one procedure: the longest built in has six.
const MAX_STEPS: usize = 16;

/// What a procedure is for decides what its steps may do and name.
#[derive(Clone, Copy)]
pub(super) struct Purpose {
    pub(super) names: &'static [&'static str],
    pub(super) server: Server,
    /// It changes who holds the address: other methods than GET, waits and jobs.
    pub(super) writes: bool,
}

impl Checker<'_> {
    pub(super) fn procedure(
        &self,
        section: &str,
        raw: Option<Vec<RawStep>>,
        purpose: Purpose,
    ) -> Checked<Procedure> {
        let Some(raw) = raw else {
            let rule = "expected either a `path` (and what goes with it) or a list of steps";
            return Err(self.missing(&format!("{section}.step"), rule));
        };
        if raw.len() > MAX_STEPS {
            let (key, count) = (format!("{section}.step"), raw.len().to_string());
            return Err(self.fault(&key, &count, format!("{MAX_STEPS} steps at most")));
        }
        let only = raw.len() == 1;
        let steps = raw.iter().enumerate().map(|(index, step)| {
            let at = if only {
                section.to_owned()
            } else {
                format!("{section}.step[{index}]")
            };
            let earlier = raw.iter().take(index).filter_map(|step| step.name.as_ref());
            self.knowing("found", earlier).step(&at, step, purpose)
        });
        let steps: Vec<Step> = steps.collect::<Checked<_>>()?;
        if steps.iter().all(|step| matches!(step.deed, Deed::Wait(_))) {
            return Err(self.missing(
                &format!("{section}.path"),
                "expected a request: waiting alone does nothing",
            ));
        }
        Ok(Procedure(steps))
    }

    fn step(&self, at: &str, raw: &RawStep, purpose: Purpose) -> Checked<Step> {
        let key = |key: &str| format!("{at}.{key}");
        if let Some(name) = &raw.name {
            self.identifier(&key("name"), name)?;
        }
        let deed = match (&raw.path, &raw.until) {
            (Some(path), None) => Deed::Ask(Box::new(self.ask(at, path, raw, purpose)?)),
            (None, Some(until)) if purpose.writes => {
                Deed::Wait(self.wait_step(at, until, raw, purpose)?)
            }
            (None, Some(until)) => {
                let rule = "only assign and unassign can wait";
                return Err(self.fault(&key("until"), until, rule));
            }
            (Some(_), Some(until)) => {
                let rule = "a step either asks (`path`) or waits (`until`)";
                return Err(self.fault(&key("until"), until, rule));
            }
            (None, None) => {
                let rule =
                    "expected the path of a request, such as \"/v1/addresses/{{ address }}\"";
                return Err(self.missing(&key("path"), rule));
            }
        };
        Ok(Step {
            name: raw.name.clone(),
            when: self.optional(&key("when"), raw.when.as_deref(), purpose.names)?,
            for_each: self.optional(&key("for_each"), raw.for_each.as_deref(), purpose.names)?,
            deed,
        })
    }

    fn ask(&self, at: &str, path: &str, raw: &RawStep, purpose: Purpose) -> Checked<Ask> {
        let key = |key: &str| format!("{at}.{key}");
        for (name, value) in [("interval", &raw.interval), ("deadline", &raw.deadline)] {
            if let Some(value) = value {
                return Err(self.fault(
                    &key(name),
                    value,
                    "only a step that waits (`until`) has it",
                ));
            }
        }
        if let (Some(action), false) = (raw.action, purpose.writes) {
            let rule = "only assign and unassign begin jobs";
            return Err(self.fault(&key("action"), &action.to_string(), rule));
        }
        let server = match raw.from.as_deref() {
            None => purpose.server,
            Some("api") => Server::Api,
            Some("metadata") if purpose.server == Server::Metadata => Server::Metadata,
            Some(other) => {
                let rule = "expected api or, in identity, metadata";
                return Err(self.fault(&key("from"), other, rule));
            }
        };
        let answer = with_answer(purpose.names);
        Ok(Ask {
            server,
            request: Request {
                method: self.method(&key("method"), raw.method.as_deref(), server, purpose)?,
                path: self.path(&key("path"), path, purpose.names)?,
                headers: self.headers(&key("headers"), &raw.headers, purpose.names)?,
                body: self.body(at, raw.json.as_deref(), raw.form.as_deref(), purpose.names)?,
                timeout: raw
                    .timeout
                    .as_deref()
                    .map(|timeout| self.wait(&key("timeout"), timeout))
                    .transpose()?,
            },
            value: self.optional(&key("value"), raw.value.as_deref(), &answer)?,
            next_page: self.optional(&key("next_page"), raw.next_page.as_deref(), &answer)?,
            action: raw.action.unwrap_or(true),
            secret: raw.secret.unwrap_or(false),
        })
    }

    fn method(
        &self,
        key: &str,
        raw: Option<&str>,
        server: Server,
        purpose: Purpose,
    ) -> Checked<Method> {
        match (raw, purpose.writes) {
            (None | Some("GET"), false) | (Some("GET"), true) => Ok(Method::GET),
            (Some("POST"), true) => Ok(Method::POST),
            (Some("PUT"), true) => Ok(Method::PUT),
            (Some("PATCH"), true) => Ok(Method::PATCH),
            (Some("DELETE"), true) => Ok(Method::DELETE),
            // Metadata services give their own tokens for a PUT.
            (Some("PUT"), false) if server == Server::Metadata => Ok(Method::PUT),
            (Some(other), true) => {
                Err(self.fault(key, other, "expected POST, PUT, PATCH, DELETE or GET"))
            }
            (Some(other), false) => Err(self.fault(key, other, "expected GET: this only reads")),
            (None, true) => Err(self.missing(key, "expected POST, PUT, PATCH, DELETE or GET")),
        }
    }

    pub(super) fn headers(
        &self,
        key: &str,
        raw: &std::collections::BTreeMap<String, String>,
        known: &[&str],
    ) -> Checked<Vec<(reqwest::header::HeaderName, TextTemplate)>> {
        let headers = raw.iter().map(|(name, text)| {
            let key = format!("{key}.{name}");
            let template = self.parsed(&key, text, |text| TextTemplate::parse(text, known))?;
            self.known_members(&key, text, template.members())?;
            Ok((self.header(&key, name)?, template))
        });
        headers.collect()
    }

    pub(super) fn body(
        &self,
        at: &str,
        json: Option<&str>,
        form: Option<&str>,
        known: &[&str],
    ) -> Checked<Body> {
        match (json, form) {
            (None, None) => Ok(Body::Empty),
            (Some(json), None) => Ok(Body::Json(self.expression(
                &format!("{at}.json"),
                json,
                known,
            )?)),
            (None, Some(form)) => Ok(Body::Form(self.expression(
                &format!("{at}.form"),
                form,
                known,
            )?)),
            (Some(_), Some(form)) => Err(self.fault(
                &format!("{at}.form"),
                form,
                "a request has either `json` or `form`",
            )),
        }
    }

    fn wait_step(&self, at: &str, until: &str, raw: &RawStep, purpose: Purpose) -> Checked<Wait> {
        let key = |key: &str| format!("{at}.{key}");
        if let Some(items) = &raw.for_each {
            return Err(self.fault(&key("for_each"), items, "a step that waits is done once"));
        }
        if let Some(other) = raw.asks() {
            let rule = "a step that waits has only `when`, `until`, `interval` and `deadline`";
            return Err(self.fault(&key(other), "", rule));
        }
        let needed = |name: &str, value: &Option<String>| match value {
            Some(value) => self.wait(&key(name), value),
            None => Err(self.missing(&key(name), "expected a duration such as \"500ms\"")),
        };
        let (interval, deadline) = (
            needed("interval", &raw.interval)?,
            needed("deadline", &raw.deadline)?,
        );
        self.interval(at, interval, deadline)?;
        Ok(Wait {
            until: self.expression(&key("until"), until, purpose.names)?,
            interval,
            deadline,
        })
    }

    /// What is looked at once an `interval` needs time for more than one look.
    pub(super) fn interval(&self, at: &str, interval: Duration, deadline: Duration) -> Checked<()> {
        if interval < deadline {
            return Ok(());
        }
        let value = humantime::format_duration(interval).to_string();
        let rule = format!("must be shorter than {at}.deadline");
        Err(self.fault(&format!("{at}.interval"), &value, rule))
    }
}
