//! What a user sets for a preset's options.

use std::collections::BTreeMap;

use minijinja::Value;

use crate::base_url;
use crate::build_error::BuildError;
use crate::preset::Preset;

/// The values of a preset's options, checked.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Settings(BTreeMap<String, String>);

impl Settings {
    /// For each option: the configured value, else the first of its environment variables that is set, else its default.
    ///
    /// # Errors
    /// [`BuildError::UnknownOption`], [`BuildError::Setting`], [`BuildError::NoSetting`].
    pub fn lookup(
        preset: &Preset,
        configured: &BTreeMap<String, String>,
        variable: &dyn Fn(&str) -> Option<String>,
    ) -> Result<Self, BuildError> {
        if let Some(unknown) = configured
            .keys()
            .find(|name| !preset.options.contains_key(*name))
        {
            let known: Vec<&str> = preset.options.keys().map(String::as_str).collect();
            return Err(BuildError::UnknownOption {
                option: unknown.clone(),
                preset: preset.name.clone(),
                known: if known.is_empty() {
                    "none".to_owned()
                } else {
                    known.join(", ")
                },
            });
        }
        let mut settings = BTreeMap::new();
        for (name, rule) in &preset.options {
            let from_environment = || {
                let mut values = rule.env.iter().filter_map(|name| variable(name));
                values.find(|value| !value.trim().is_empty())
            };
            let value = configured.get(name).cloned().or_else(from_environment);
            match value.or_else(|| rule.default.clone()) {
                Some(value) if rule.grammar.accepts(value.trim()) => {
                    settings.insert(name.clone(), value.trim().to_owned());
                }
                Some(value) => {
                    return Err(BuildError::Setting {
                        option: name.clone(),
                        value: base_url::without_user(&value),
                        rule: rule.grammar.rule(),
                    });
                }
                None if rule.required => {
                    return Err(BuildError::NoSetting {
                        option: name.clone(),
                        about: rule.about.clone(),
                        environment: if rule.env.is_empty() {
                            String::new()
                        } else {
                            format!(", or the environment variable {}", rule.env.join(" or "))
                        },
                    });
                }
                None => {}
            }
        }
        Ok(Self(settings))
    }

    /// What is set, by name, defaults among it.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (&**name, &**value))
    }

    /// For templates: `options.NAME`.
    pub(crate) fn value(&self) -> Value {
        Value::from_pairs(&self.0)
    }

    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }
}
