//! The one file that knows which providers there are. It belongs to the program and not to the library, so that only the
//! program links their SDKs.

#[cfg(feature = "aws")]
mod aws;

use std::path::Path;
use std::sync::Arc;

use les::config::{Config, ConfigError, DiscoverySource, Origin, Origins, ProviderKind, Rule};
use les::words::chain;
use les_provider::{AddressId, Provider};
use les_provider_rest::{
    BuildError, Credentials, Options, Preset, PresetError, RestProvider, Settings, Trace,
};

/// A provider, with what a person may know of how it was made.
pub(crate) struct Built {
    pub(crate) provider: Arc<dyn Provider>,
    /// Where its credentials are from: the environment variables that hold them or name their files.
    pub(crate) credentials: String,
    /// The options as they are in use, names and values.
    pub(crate) options: Vec<(String, String)>,
}

/// The provider that is no preset.
const AWS: &str = "aws";

/// The configured provider; `None` for `none`. A daemon, which may run before the cloud has caught up with the boot, is patient with refusals.
///
/// # Errors
/// There is no such provider, or it refuses its configuration.
pub(crate) fn build(
    config: &Config,
    origins: &Origins,
    daemon: bool,
) -> Result<Option<Built>, ConfigError> {
    foreign_source(config, origins)?;
    if kind(config) == AWS {
        return aws_provider(config, origins, daemon).map(Some);
    }
    let Some(preset) = preset(config, origins)? else {
        return Ok(None);
    };
    let refusal = Refusal::new(config, origins, &preset);
    for (index, address) in config.addresses.iter().enumerate() {
        preset
            .check_address(&AddressId(address.id.clone()))
            .map_err(|rule| refusal.of(&format!("address[{index}].id"), &address.id, rule))?;
    }
    let by_label = |source: &&DiscoverySource| source.asks_provider();
    if let Some(source) = config.node.discovery.iter().find(by_label)
        && preset.selector().is_none()
    {
        let name = preset.name();
        let rule = format!("{name} lists no machines by label; dns: needs no provider");
        return Err(refusal.of("node.discovery", &source.to_string(), rule));
    }
    connect(preset, config, origins, None).map(Some)
}

#[cfg(feature = "aws")]
fn aws_provider(config: &Config, origins: &Origins, daemon: bool) -> Result<Built, ConfigError> {
    aws::build(config, origins, daemon)
}

#[cfg(not(feature = "aws"))]
fn aws_provider(config: &Config, origins: &Origins, _: bool) -> Result<Built, ConfigError> {
    let problem = "this les was built without it: build it with the feature `aws`".to_owned();
    let value = format!("{:?}", kind(config));
    let origin = origins.of(KIND);
    Err(ConfigError::invalid(
        KIND,
        value,
        origin,
        Rule::Provider(problem),
    ))
}

/// A source that names its cloud, and another cloud is configured.
fn foreign_source(config: &Config, origins: &Origins) -> Result<(), ConfigError> {
    let kind = kind(config);
    let foreign = |source: &&DiscoverySource| source.only_of().is_some_and(|only| only != kind);
    let Some(source) = config.node.discovery.iter().find(foreign) else {
        return Ok(());
    };
    let key = "node.discovery";
    let problem = format!(
        "it asks AWS, and provider.kind is {kind:?}: tag: asks the provider that is configured"
    );
    let value = format!("{:?}", source.to_string());
    let origin = origins.of(key);
    Err(ConfigError::invalid(
        key,
        value,
        origin,
        Rule::Provider(problem),
    ))
}

/// The configured preset; `None` for `none`.
///
/// # Errors
/// There is no such preset, or it is not fit for use.
pub(crate) fn preset(config: &Config, origins: &Origins) -> Result<Option<Preset>, ConfigError> {
    let preset = match &config.provider.kind {
        ProviderKind::None => return Ok(None),
        ProviderKind::Preset(name) => Preset::builtin(name),
        ProviderKind::File(path) => Preset::load(path),
    };
    let refused = |error: PresetError| {
        let origin = origins.of(KIND);
        let value = format!("{:?}", kind(config));
        ConfigError::invalid(KIND, value, origin, Rule::Provider(chain(&error)))
    };
    preset.map(Some).map_err(refused)
}

/// The preset that a command line names, as `provider.kind` would; `none` is none.
///
/// # Errors
/// There is no such preset, or it is not fit for use.
pub(crate) fn find(written: &str) -> Result<Preset, PresetError> {
    if ProviderKind::is_file(written) {
        Preset::load(Path::new(written))
    } else {
        Preset::builtin(written)
    }
}

/// The preset with everything that the configuration adds to it. Nothing is sent yet.
///
/// # Errors
/// It refuses its configuration.
pub(crate) fn connect(
    preset: Preset,
    config: &Config,
    origins: &Origins,
    trace: Option<Trace>,
) -> Result<Built, ConfigError> {
    let refusal = Refusal::new(config, origins, &preset);
    let refused = |error: BuildError| refusal.provider(&error);
    let provider = &config.provider;
    let settings = Settings::lookup(&preset, &provider.options, &variable).map_err(refused)?;
    let credentials = Credentials::lookup(&preset, &variable).map_err(refused)?;
    let names = credentials.variables();
    let options = Options {
        settings: settings.clone(),
        base_url: provider.base_url.clone(),
        metadata_base: provider.metadata_base.clone(),
        target: provider.target.clone(),
        ca_file: provider.ca_file.clone(),
        trace,
        ..Options::new(credentials)
    };
    let provider = RestProvider::new(preset, options).map_err(refused)?;
    let options = settings.iter();
    Ok(Built {
        provider: Arc::new(provider),
        credentials: names,
        options: options
            .map(|(name, value)| (name.to_string(), value.to_string()))
            .collect(),
    })
}

fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

const KIND: &str = "provider.kind";

fn kind(config: &Config) -> String {
    match &config.provider.kind {
        ProviderKind::None => "none".into(),
        ProviderKind::Preset(name) => name.clone(),
        ProviderKind::File(path) => path.display().to_string(),
    }
}

/// Puts a provider's refusal into the terms of the configuration.
struct Refusal<'a> {
    config: &'a Config,
    origins: &'a Origins,
    /// The environment variables of each option.
    variables: Vec<(String, Vec<String>)>,
}

impl<'a> Refusal<'a> {
    fn new(config: &'a Config, origins: &'a Origins, preset: &Preset) -> Self {
        let options = preset.summary().options;
        let variables = options.into_iter().map(|option| (option.name, option.env));
        Self {
            config,
            origins,
            variables: variables.collect(),
        }
    }

    fn provider(&self, error: &BuildError) -> ConfigError {
        let provider = &self.config.provider;
        let text = |value: &Option<String>, unset: &str| value.as_deref().unwrap_or(unset).into();
        let (key, value): (&str, String) = match error {
            BuildError::Insecure { key, value } if key.starts_with(OPTIONS) => {
                return self.option(&key[OPTIONS.len()..], Some(value), error);
            }
            BuildError::Setting { option, value, .. } => {
                return self.option(option, Some(value), error);
            }
            // Nobody knows what it is: a password that was written into the wrong place, perhaps.
            BuildError::UnknownOption { option, .. } => {
                return self.option(option, Some("[not shown]"), error);
            }
            BuildError::NoSetting { option, .. } => return self.option(option, None, error),
            BuildError::Url {
                key: "metadata_base",
                value,
                ..
            } => ("provider.metadata_base", value.clone()),
            // Without one of its own in the configuration it is the preset's.
            BuildError::Url {
                key: "base_url",
                value,
                ..
            } if provider.base_url.is_some() => ("provider.base_url", value.clone()),
            BuildError::Insecure { key, value }
                if key == "base_url" && provider.base_url.is_some() =>
            {
                ("provider.base_url", value.clone())
            }
            BuildError::Target { .. } | BuildError::NoIdentity { .. } => {
                ("provider.target", text(&provider.target, "auto"))
            }
            BuildError::CaFile { path, .. } => ("provider.ca_file", path.clone()),
            BuildError::Url { .. }
            | BuildError::Insecure { .. }
            | BuildError::NoCredentials { .. }
            | BuildError::TwoSources { .. }
            | BuildError::CredentialFile { .. }
            | BuildError::CredentialForm { .. }
            | BuildError::Tls(_)
            | BuildError::Client(_) => (KIND, kind(self.config)),
        };
        self.of(key, &value, chain(error))
    }

    /// An option may also come from an environment variable that the cloud's users have anyway.
    fn option(&self, name: &str, value: Option<&str>, error: &BuildError) -> ConfigError {
        let key = format!("provider.options.{name}");
        let written = self.config.provider.options.get(name);
        let mut own = self.variables.iter().filter(|(option, _)| option == name);
        let env = own.next().and_then(|(_, names)| {
            let mut names = names.iter();
            names.find(|name| variable(name).is_some_and(|value| !value.trim().is_empty()))
        });
        let origin = match env {
            Some(variable) if written.is_none() => Origin::Env(variable.clone()),
            Some(_) | None => self.origins.of(&key),
        };
        let value = value
            .or(written.map(String::as_str))
            .map_or_else(|| "nothing".to_owned(), |value| format!("{value:?}"));
        ConfigError::invalid(key, value, origin, Rule::Provider(chain(error)))
    }

    fn of(&self, key: &str, value: &str, problem: String) -> ConfigError {
        let origin = self.origins.of(key);
        ConfigError::invalid(key, format!("{value:?}"), origin, Rule::Provider(problem))
    }
}

/// How the engine calls an option that is a URL to which credentials go.
const OPTIONS: &str = "options.";
