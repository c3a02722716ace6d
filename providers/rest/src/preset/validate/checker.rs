//! What every rule needs: a report that names the file, the key, the value and what was expected.

use std::time::Duration;

use reqwest::Url;
use reqwest::header::HeaderName;

use crate::base_url;
use crate::preset::raw::OneOrMore;
use crate::preset::{Grammar, Grammars, PresetError};
use crate::template::{Expression, PathTemplate};

/// A call that has not ended after that long would block its address for longer than anybody waits.
const MAX_DURATION: Duration = Duration::from_secs(600);

/// Reports on the keys of one file.
pub(super) struct Checker<'a> {
    pub(super) file: &'a str,
}

pub(super) type Checked<T> = Result<T, PresetError>;

impl Checker<'_> {
    pub(super) fn fault(&self, key: &str, value: &str, rule: impl Into<String>) -> PresetError {
        PresetError::Value {
            file: self.file.to_owned(),
            key: key.to_owned(),
            value: value.to_owned(),
            rule: rule.into(),
        }
    }

    pub(super) fn missing(&self, key: &str, rule: impl Into<String>) -> PresetError {
        PresetError::Missing {
            file: self.file.to_owned(),
            key: key.to_owned(),
            rule: rule.into(),
        }
    }

    pub(super) fn parsed<T>(
        &self,
        key: &str,
        value: &str,
        parse: impl FnOnce(&str) -> Result<T, String>,
    ) -> Checked<T> {
        parse(value).map_err(|rule| self.fault(key, value, rule))
    }

    pub(super) fn url(&self, key: &str, value: &str) -> Checked<Url> {
        base_url::parse(value).map_err(|rule| self.fault(key, &base_url::without_user(value), rule))
    }

    pub(super) fn duration(&self, key: &str, value: &str) -> Checked<Duration> {
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
    pub(super) fn wait(&self, key: &str, value: &str) -> Checked<Duration> {
        let duration = self.duration(key, value)?;
        if duration.is_zero() {
            Err(self.fault(key, value, "must be longer than zero"))
        } else {
            Ok(duration)
        }
    }

    pub(super) fn path(&self, key: &str, value: &str, known: &[&str]) -> Checked<PathTemplate> {
        self.parsed(key, value, |value| PathTemplate::parse(value, known))
    }

    pub(super) fn expression(&self, key: &str, value: &str, known: &[&str]) -> Checked<Expression> {
        self.parsed(key, value, |value| Expression::parse(value, known))
    }

    pub(super) fn optional(
        &self,
        key: &str,
        value: Option<&str>,
        known: &[&str],
    ) -> Checked<Option<Expression>> {
        value
            .map(|value| self.expression(key, value, known))
            .transpose()
    }

    pub(super) fn header(&self, key: &str, name: &str) -> Checked<HeaderName> {
        self.parsed(key, name, |name| {
            HeaderName::try_from(name).map_err(|_| "expected the name of a header".to_owned())
        })
    }

    pub(super) fn grammars(&self, key: &str, raw: &OneOrMore) -> Checked<Grammars> {
        let texts = match raw {
            OneOrMore::One(text) => std::slice::from_ref(text),
            OneOrMore::More(texts) if texts.is_empty() => {
                return Err(self.fault(key, "[]", "expected one or more grammars"));
            }
            OneOrMore::More(texts) => texts,
        };
        let grammars = texts
            .iter()
            .map(|text| self.parsed(key, text, Grammar::parse));
        Ok(Grammars(grammars.collect::<Checked<_>>()?))
    }

    /// A name that templates can use: `options.NAME`, `found.NAME`.
    pub(super) fn identifier(&self, key: &str, name: &str) -> Checked<()> {
        let good = name.starts_with(|c: char| c.is_ascii_lowercase())
            && name
                .bytes()
                .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_');
        if good {
            Ok(())
        } else {
            let rule =
                "expected a name of lower-case letters, digits and `_` that begins with a letter";
            Err(self.fault(key, name, rule))
        }
    }

    pub(super) fn env_names(&self, key: &str, names: &[String]) -> Checked<()> {
        let good = |name: &String| {
            !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
        };
        if !names.is_empty() && names.iter().all(good) {
            Ok(())
        } else {
            let rule = "expected the names of one or more environment variables";
            Err(self.fault(key, &names.join(", "), rule))
        }
    }
}
