//! Defaults, file, environment, flags: each layer overrides the one before, and every value remembers where it came from.

use std::path::Path;

use figment::providers::{Format, Toml};
use figment::value::{Dict, Map, Value};
use figment::{Figment, Metadata, Profile, Provider, Source};

use super::error::{ConfigError, Origin};
use super::raw::RawConfig;

/// One value from the environment or a flag. Always text: a target `007` stays what it is.
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
}

fn origin(metadata: &Metadata) -> Origin {
    if let Some(Source::File(path)) = &metadata.source {
        return Origin::File(path.clone());
    }
    if let Some(name) = metadata.name.strip_prefix(ENV_METADATA) {
        return Origin::Env(name.to_owned());
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
    let mut layers = Figment::new();
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
