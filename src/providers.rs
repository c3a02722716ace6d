//! The one file that knows which providers there are. It belongs to the program and not to the library, so that only the program links their SDKs.

use std::sync::Arc;

use les::config::{ConfigError, Origins, ProviderConfig, ProviderKind, Rule};
use les_provider::Provider;

/// The configured provider; `None` for `none`.
///
/// # Errors
/// There is no such provider, or it refuses its configuration.
pub(crate) fn build(config: &ProviderConfig, origins: &Origins) -> Result<Option<Arc<dyn Provider>>, ConfigError> {
    match &config.kind {
        ProviderKind::None => Ok(None),
        ProviderKind::Preset(name) => Err(refused(name, "not available yet".into(), origins)),
        ProviderKind::File(path) => Err(refused(&path.display().to_string(), "not available yet".into(), origins)),
    }
}

fn refused(kind: &str, problem: String, origins: &Origins) -> ConfigError {
    let key = "provider.kind";
    ConfigError::Invalid { key: key.into(), value: format!("{kind:?}"), origin: origins.of(key), rule: Rule::Provider(problem) }
}
