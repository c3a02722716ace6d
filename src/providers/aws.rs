//! AWS out of the configuration.

use std::sync::Arc;
use std::time::Duration;

use les::config::{Config, ConfigError, Origins, Rule};
use les::words::chain;
use les_provider::AddressId;
use les_provider_aws::{AwsProvider, BuildError, Options, check_address};

use super::Built;

/// The provider. Nothing is sent yet.
///
/// # Errors
/// An address or an option is not one of AWS's.
pub(super) fn build(
    config: &Config,
    origins: &Origins,
    daemon: bool,
) -> Result<Built, ConfigError> {
    for (index, address) in config.addresses.iter().enumerate() {
        check_address(&AddressId(address.id.clone())).map_err(|rule| {
            let key = format!("address[{index}].id");
            refusal(origins, &key, Some(&address.id), rule)
        })?;
    }
    let refused = |error: BuildError| refused(config, origins, &error);
    let provider = &config.provider;
    let options = Options {
        base_url: provider.base_url.clone(),
        metadata_base: provider.metadata_base.clone(),
        ca_file: provider.ca_file.clone(),
        ..Options::default()
    };
    let grace = if daemon {
        options.grace
    } else {
        Duration::ZERO
    };
    let options = Options { grace, ..options }
        .configure(provider.target.as_deref(), &provider.options)
        .map_err(refused)?;
    Ok(Built {
        provider: Arc::new(AwsProvider::new(options).map_err(refused)?),
        credentials: "the AWS SDK's chain: environment, profile, web identity, instance role"
            .to_owned(),
        options: provider.options.clone().into_iter().collect(),
    })
}

/// Puts the provider's refusal into the terms of the configuration.
fn refused(config: &Config, origins: &Origins, error: &BuildError) -> ConfigError {
    let provider = &config.provider;
    let option = |name: &str| {
        (
            format!("provider.options.{name}"),
            provider.options.get(name).cloned(),
        )
    };
    let (key, value) = match error {
        // Nobody knows what it is: a password that was written into the wrong place, perhaps.
        BuildError::UnknownOption { option: name } => (
            format!("provider.options.{name}"),
            Some("[not shown]".to_owned()),
        ),
        BuildError::Setting { option: name, .. } | BuildError::Twice { option: name } => {
            option(name)
        }
        BuildError::Target => ("provider.target".to_owned(), provider.target.clone()),
        BuildError::CaFile { .. } => {
            let path = provider
                .ca_file
                .as_ref()
                .map(|path| path.display().to_string());
            ("provider.ca_file".to_owned(), path)
        }
        BuildError::Url {
            key: key @ "metadata_base",
            ..
        } => (format!("provider.{key}"), provider.metadata_base.clone()),
        BuildError::Url { key, .. } => (format!("provider.{key}"), provider.base_url.clone()),
    };
    refusal(origins, &key, value.as_deref(), chain(error))
}

fn refusal(origins: &Origins, key: &str, value: Option<&str>, problem: String) -> ConfigError {
    let value = value.map_or_else(|| "nothing".to_owned(), |value| format!("{value:?}"));
    ConfigError::invalid(key, value, origins.of(key), Rule::Provider(problem))
}
