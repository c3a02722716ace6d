//! The rules of error rules.

use super::checker::{Checked, Checker};
use super::names::{ANSWER, RULE, with_answer};
use crate::preset::raw::{RawErrors, RawRule};
use crate::preset::rules::{parse_operation, parse_verdict};
use crate::preset::{Errors, Rule, StatusPattern};

/// Rules that one preset may have: a cloud has a dozen error codes.
const MAX_RULES: usize = 100;

impl Checker<'_> {
    pub(super) fn errors(&self, raw: RawErrors) -> Checked<Errors> {
        let header =
            |key: &str, name: Option<String>| name.map(|name| self.header(key, &name)).transpose();
        if raw.rule.len() > MAX_RULES {
            let count = raw.rule.len().to_string();
            return Err(self.fault("errors.rule", &count, format!("{MAX_RULES} rules at most")));
        }
        let rules = raw.rule.into_iter().enumerate();
        Ok(Errors {
            message: self.optional("errors.message", raw.message.as_deref(), ANSWER)?,
            reset_header: header("errors.reset_header", raw.reset_header)?,
            remaining_header: header("errors.remaining_header", raw.remaining_header)?,
            rules: rules
                .map(|(index, rule)| self.rule(&format!("errors.rule[{index}]"), rule))
                .collect::<Checked<_>>()?,
        })
    }

    fn rule(&self, at: &str, raw: RawRule) -> Checked<Rule> {
        let key = |key: &str| format!("{at}.{key}");
        if raw.status.is_empty() {
            return Err(self.fault(&key("status"), "[]", "expected one or more HTTP statuses"));
        }
        let verdict = self.parsed(&key("kind"), &raw.kind, parse_verdict)?;
        if let Some(after) = raw.retry_after.as_ref().filter(|_| raw.kind != "throttled") {
            let rule = "only kind = \"throttled\" has it";
            return Err(self.fault(&key("retry_after"), after, rule));
        }
        let on = raw.on.unwrap_or_default();
        let operations = on
            .iter()
            .map(|on| self.parsed(&key("on"), on, parse_operation));
        let statuses = raw
            .status
            .iter()
            .map(|status| self.parsed(&key("status"), status, StatusPattern::parse));
        Ok(Rule {
            on: operations.collect::<Checked<_>>()?,
            status: statuses.collect::<Checked<_>>()?,
            when: self.optional(&key("when"), raw.when.as_deref(), &with_answer(RULE))?,
            verdict,
            retry_after: self.optional(&key("retry_after"), raw.retry_after.as_deref(), ANSWER)?,
            hint: raw.hint,
        })
    }
}
