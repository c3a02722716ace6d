//! What every rule needs: a report that names the file, the key, the value and what was expected.

use std::collections::{BTreeMap, BTreeSet, HashSet};
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
#[derive(Clone)]
pub(super) struct Checker<'a> {
    file: &'a str,
    /// What `options`, `credentials` and `found` hold, where that is known.
    members: BTreeMap<&'static str, BTreeSet<String>>,
}

pub(super) type Checked<T> = Result<T, PresetError>;

impl<'a> Checker<'a> {
    pub(super) const fn new(file: &'a str) -> Self {
        Self {
            file,
            members: BTreeMap::new(),
        }
    }

    /// The same where `root` holds these.
    pub(super) fn knowing<'m>(
        &self,
        root: &'static str,
        members: impl IntoIterator<Item = &'m String>,
    ) -> Self {
        let mut scope = self.clone();
        let members = members.into_iter().cloned().collect();
        scope.members.insert(root, members);
        scope
    }

    /// A mistyped member would be found out when it is needed, which is in the middle of a takeover.
    pub(super) fn known_members(
        &self,
        key: &str,
        value: &str,
        used: HashSet<String>,
    ) -> Checked<()> {
        let used: BTreeSet<String> = used.into_iter().collect();
        for name in &used {
            let mut parts = name.split('.');
            let (Some(root), Some(member)) = (parts.next(), parts.next()) else {
                continue;
            };
            let Some(known) = self
                .members
                .get(root)
                .filter(|known| !known.contains(member))
            else {
                continue;
            };
            let known: Vec<&str> = known.iter().map(String::as_str).collect();
            let known = if known.is_empty() {
                "nothing".to_owned()
            } else {
                known.join(", ")
            };
            let rule = format!("unknown name `{root}.{member}`; `{root}` has {known} here");
            return Err(self.fault(key, value, rule));
        }
        Ok(())
    }
}

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
        let path = self.parsed(key, value, |value| PathTemplate::parse(value, known))?;
        self.known_members(key, value, path.members())?;
        Ok(path)
    }

    pub(super) fn expression(&self, key: &str, value: &str, known: &[&str]) -> Checked<Expression> {
        let expression = self.parsed(key, value, |value| Expression::parse(value, known))?;
        self.known_members(key, value, expression.members())?;
        Ok(expression)
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
