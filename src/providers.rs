//! The one file that knows which providers there are. It belongs to the program and not to the library, so that only the
//! program links their SDKs.

use std::collections::BTreeMap;
use std::sync::Arc;

use les::config::{Config, ConfigError, Origins, ProviderKind, Rule};
use les::words::chain;
use les_provider::{AddressId, Provider};
use les_provider_rest::{
    BuildError, Credentials, Options, Preset, PresetError, RestProvider, Settings,
};

/// The configured provider; `None` for `none`.
///
/// # Errors
/// There is no such provider, or it refuses its configuration.
pub(crate) fn build(
    config: &Config,
    origins: &Origins,
) -> Result<Option<Arc<dyn Provider>>, ConfigError> {
    let preset = match &config.provider.kind {
        ProviderKind::None => return Ok(None),
        ProviderKind::Preset(name) => Preset::builtin(name).map_err(|e| (name.clone(), e)),
        ProviderKind::File(path) => Preset::load(path).map_err(|e| (path.display().to_string(), e)),
    };
    let refusal = Refusal { config, origins };
    let preset = preset.map_err(|(kind, error)| refusal.preset(&kind, &error))?;
    for (index, address) in config.addresses.iter().enumerate() {
        preset
            .check_address(&AddressId(address.id.clone()))
            .map_err(|rule| refusal.of(&format!("address[{index}].id"), &address.id, rule))?;
    }
    let variable = |name: &str| std::env::var(name).ok();
    let credentials =
        Credentials::lookup(&preset, &variable).map_err(|error| refusal.provider(&error))?;
    let settings = Settings::lookup(&preset, &BTreeMap::new(), &variable)
        .map_err(|error| refusal.provider(&error))?;
    let options = Options {
        settings,
        base_url: config.provider.base_url.clone(),
        metadata_base: config.provider.metadata_base.clone(),
        target: config.provider.target.clone(),
        ..Options::new(credentials)
    };
    let provider = RestProvider::new(preset, options).map_err(|error| refusal.provider(&error))?;
    Ok(Some(Arc::new(provider)))
}

/// Puts a provider's refusal into the terms of the configuration.
struct Refusal<'a> {
    config: &'a Config,
    origins: &'a Origins,
}

impl Refusal<'_> {
    fn preset(&self, kind: &str, error: &PresetError) -> ConfigError {
        self.of("provider.kind", kind, chain(error))
    }

    fn provider(&self, error: &BuildError) -> ConfigError {
        let text = |value: &Option<String>| value.clone().unwrap_or_else(|| "auto".into());
        let provider = &self.config.provider;
        let (key, value) = match error {
            BuildError::Url {
                key: "metadata_base",
                value,
                ..
            } => ("provider.metadata_base", value.clone()),
            BuildError::Url { value, .. } | BuildError::Insecure { value, .. } => {
                ("provider.base_url", value.clone())
            }
            BuildError::Target { .. } | BuildError::NoIdentity { .. } => {
                ("provider.target", text(&provider.target))
            }
            _ => ("provider.kind", self.kind()),
        };
        self.of(key, &value, chain(error))
    }

    fn kind(&self) -> String {
        match &self.config.provider.kind {
            ProviderKind::None => "none".into(),
            ProviderKind::Preset(name) => name.clone(),
            ProviderKind::File(path) => path.display().to_string(),
        }
    }

    fn of(&self, key: &str, value: &str, problem: String) -> ConfigError {
        let origin = self.origins.of(key);
        ConfigError::invalid(key, format!("{value:?}"), origin, Rule::Provider(problem))
    }
}
