//! Defaults, what the systemd unit brings, file, environment, flags: each layer overrides the one before, and every value remembers where it came from.

use std::path::Path;

use figment::providers::{Format, Toml};
use figment::value::{Dict, Map, Value};
use figment::{Figment, Metadata, Profile, Provider, Source};

use super::error::{ConfigError, Origin};
use super::raw::RawConfig;

/// One value from the environment, a flag or the systemd unit. Always text: a target `007` stays what it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Setting {
    /// Where it was written.
    pub origin: Origin,
    /// The key with its section: `node.bind_port`.
    pub key: String,
    /// The value as it was typed.
    pub value: String,
}

const ENV_PREFIX: &str = "LES_";
const ENV_METADATA: &str = "env:";
const FLAG_METADATA: &str = "flag:";
const UNIT_METADATA: &str = "unit:";

impl Setting {
    /// The setting that an environment variable makes, if it is one: `LES_NODE__BIND_PORT`.
    ///
    /// The double underscore is required. Kubernetes injects `LES_PORT`, `LES_SERVICE_HOST` and more into every pod beside a service named `les`,
    /// and `LES_LOG` is the log filter: none of them is a key of the configuration.
    #[must_use]
    pub fn from_env(name: &str, value: &str) -> Option<Self> {
        let (section, key) = name.strip_prefix(ENV_PREFIX)?.split_once("__")?;
        let key = format!(
            "{}.{}",
            section.to_lowercase(),
            key.to_lowercase().replace("__", ".")
        );
        Some(Self {
            origin: Origin::Env(name.to_owned()),
            key,
            value: value.to_owned(),
        })
    }

    /// The environment variable that sets `key`, the other way round.
    #[must_use]
    pub fn variable(key: &str) -> String {
        format!("{ENV_PREFIX}{}", key.replace('.', "__").to_uppercase())
    }

    /// The setting that a directory makes which systemd has prepared for this unit (`StateDirectory=`, `RuntimeDirectory=`): they may be
    /// several, and the first is ours. What is written anywhere wins over it.
    #[must_use]
    pub fn from_unit(variable: &str, key: &str, directories: &str, file: &str) -> Option<Self> {
        let directory = directories
            .split(':')
            .next()
            .filter(|dir| !dir.is_empty())?;
        Some(Self {
            origin: Origin::Unit(variable.to_owned()),
            key: key.to_owned(),
            value: Path::new(directory)
                .join(file)
                .to_str()?
                .trim_end_matches('/')
                .to_owned(),
        })
    }

    /// The setting that a flag makes.
    #[must_use]
    pub fn from_flag(flag: &str, key: &str, value: String) -> Self {
        Self {
            origin: Origin::Flag(flag.to_owned()),
            key: key.to_owned(),
            value,
        }
    }
}

impl Provider for Setting {
    fn metadata(&self) -> Metadata {
        Metadata::named(match &self.origin {
            Origin::Env(name) => format!("{ENV_METADATA}{name}"),
            Origin::Flag(name) => format!("{FLAG_METADATA}{name}"),
            Origin::Unit(name) => format!("{UNIT_METADATA}{name}"),
            Origin::Default | Origin::Profile(_) | Origin::File(_) => String::new(),
        })
    }

    fn data(&self) -> figment::Result<Map<Profile, Dict>> {
        let nested = figment::util::nest(&self.key, Value::from(self.value.clone()));
        Ok(nested
            .into_dict()
            .map(|dict| Profile::Default.collect(dict))
            .unwrap_or_default())
    }
}

/// Where each value came from.
#[derive(Clone, Debug, Default)]
pub struct Origins(Figment);

impl Origins {
    /// Where the value of `key` was written. For a list of tables, the list's.
    #[must_use]
    pub fn of(&self, key: &str) -> Origin {
        let list = key.split('[').next().unwrap_or(key);
        self.0
            .find_metadata(key)
            .or_else(|| self.0.find_metadata(list))
            .map_or(Origin::Default, origin)
    }

    /// Everything that was written, key by key with its value and where, as a start says it. Secrets are masked.
    #[must_use]
    pub fn written(&self) -> Vec<(String, String, Origin)> {
        // An error means that nothing was written.
        let all: Dict = self.0.extract().unwrap_or_default();
        let mut leaves = Vec::new();
        collect("", &Value::from(all), &mut leaves);
        let told = |(key, value): (String, String)| {
            let (value, origin) = (masked(&key, value), self.of(&key));
            (key, value, origin)
        };
        leaves.into_iter().map(told).collect()
    }
}

/// Leaves of the tree, in the order of their keys.
fn collect(path: &str, value: &Value, written: &mut Vec<(String, String)>) {
    let below = |key: &str| {
        if path.is_empty() {
            key.to_owned()
        } else {
            format!("{path}.{key}")
        }
    };
    match value {
        Value::Dict(_, entries) => {
            for (key, value) in entries {
                collect(&below(key), value, written);
            }
        }
        Value::Array(_, items) if items.iter().any(|item| item.as_dict().is_some()) => {
            for (index, item) in items.iter().enumerate() {
                collect(&format!("{path}[{index}]"), item, written);
            }
        }
        value => written.push((path.to_owned(), text(value))),
    }
}

fn text(value: &Value) -> String {
    match value {
        Value::String(_, text) => format!("{text:?}"),
        Value::Bool(_, flag) => flag.to_string(),
        Value::Array(_, items) => format!(
            "[{}]",
            items.iter().map(text).collect::<Vec<_>>().join(", ")
        ),
        Value::Num(_, number) => number
            .to_i128()
            .map(|n| n.to_string())
            .or_else(|| number.to_f64().map(|n| n.to_string()))
            .unwrap_or_default(),
        Value::Char(..) | Value::Dict(..) | Value::Empty(..) => String::new(),
    }
}

/// A token is not shown, nor what an address may carry before its host and after its path.
fn masked(key: &str, mut value: String) -> String {
    if key == "node.admin_token" {
        return "[secret]".to_owned();
    }
    if let Some(query) = value.find('?') {
        value.replace_range(query.., "?[secret]");
    }
    if let Some(at) = value.rfind('@') {
        let start = value.find("://").map_or(0, |scheme| scheme + 3).min(at);
        value.replace_range(start..at, "[secret]");
    }
    value
}

fn origin(metadata: &Metadata) -> Origin {
    if let Some(Source::File(path)) = &metadata.source {
        return Origin::File(path.clone());
    }
    if let Some(name) = metadata.name.strip_prefix(ENV_METADATA) {
        return Origin::Env(name.to_owned());
    }
    if let Some(name) = metadata.name.strip_prefix(UNIT_METADATA) {
        return Origin::Unit(name.to_owned());
    }
    metadata
        .name
        .strip_prefix(FLAG_METADATA)
        .map_or(Origin::Default, |flag| Origin::Flag(flag.to_owned()))
}

pub(super) fn read(
    file: Option<&Path>,
    settings: &[Setting],
) -> Result<(RawConfig, Origins), ConfigError> {
    let (of_unit, settings): (Vec<_>, Vec<_>) = settings
        .iter()
        .partition(|setting| matches!(setting.origin, Origin::Unit(_)));
    let mut layers = Figment::new();
    for setting in of_unit {
        layers = layers.merge(setting.clone());
    }
    if let Some(path) = file {
        // Asked first: figment takes a file that is not there for an empty one.
        std::fs::metadata(path)
            .and_then(|_| std::fs::File::open(path))
            .map_err(|source| ConfigError::Unreadable {
                path: path.to_owned(),
                source,
            })?;
        layers = layers.merge(Toml::file_exact(path));
    }
    for setting in settings {
        layers = layers.merge(setting.clone());
    }
    let raw = layers.extract().map_err(|error| explain(error, file))?;
    Ok((raw, Origins(layers)))
}

/// The first problem that figment found, in our terms.
fn explain(error: figment::Error, file: Option<&Path>) -> ConfigError {
    let Some(first) = error.into_iter().next() else {
        return ConfigError::Shape {
            key: "the configuration".into(),
            problem: "cannot be read".into(),
            origin: Origin::Default,
        };
    };
    let from_file = || file.map_or(Origin::Default, |path| Origin::File(path.to_owned()));
    let origin = first.metadata.as_ref().map_or_else(from_file, origin);
    let path = first.path.join(".");
    match first.kind {
        figment::error::Kind::UnknownField(name, known) => {
            let key = match path.rsplit('.').next() {
                Some(last) if last == name => path,
                _ if path.is_empty() => name,
                _ => format!("{path}.{name}"),
            };
            ConfigError::UnknownKey {
                key,
                known: known.iter().map(|k| (*k).to_owned()).collect(),
                origin,
            }
        }
        kind => {
            let key = if path.is_empty() {
                "the file".into()
            } else {
                path
            };
            ConfigError::Shape {
                key,
                problem: kind.to_string(),
                origin,
            }
        }
    }
}
