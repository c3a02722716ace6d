//! `[provider]`: which cloud, and what is added to its preset.

use std::collections::BTreeMap;
use std::path::PathBuf;

use super::error::{ConfigError, Rule};
use super::raw::{RawProvider, Scalar};
use super::validate::{Check, text};
use super::{ProviderConfig, ProviderKind};

impl Check<'_> {
    pub(super) fn provider(&self, raw: &RawProvider) -> Result<ProviderConfig, ConfigError> {
        let target = |v: &str| text(v).map(|id| (id != "auto").then(|| id.to_owned()));
        let file = |v: &str| text(v).map(|path| Some(PathBuf::from(path)));
        Ok(ProviderConfig {
            kind: self.value("provider.kind", raw.kind.as_ref(), ProviderKind::None, kind)?,
            base_url: self.value("provider.base_url", raw.base_url.as_ref(), None, url)?,
            metadata_base: self.value(
                "provider.metadata_base",
                raw.metadata_base.as_ref(),
                None,
                url,
            )?,
            target: self.value("provider.target", raw.target.as_ref(), None, target)?,
            ca_file: self.value("provider.ca_file", raw.ca_file.as_ref(), None, file)?,
            options: self.options(&raw.options)?,
        })
    }

    /// Which names there are and what they may be is the preset's to say.
    fn options(
        &self,
        raw: &BTreeMap<String, Scalar>,
    ) -> Result<BTreeMap<String, String>, ConfigError> {
        let mut options = BTreeMap::new();
        for (name, written) in raw {
            let key = format!("provider.options.{name}");
            let value = |v: &str| text(v).map(str::to_owned);
            options.insert(
                name.clone(),
                self.value(&key, Some(written), String::new(), value)?,
            );
        }
        Ok(options)
    }
}

fn url(value: &str) -> Result<Option<String>, Rule> {
    let known = value.starts_with("https://") || value.starts_with("http://");
    if known {
        Ok(Some(value.trim_end_matches('/').to_owned()))
    } else {
        Err(Rule::NotAUrl)
    }
}

fn kind(value: &str) -> Result<ProviderKind, Rule> {
    let is_path = value.contains('/') || value.ends_with(".toml");
    Ok(match text(value)? {
        "none" => ProviderKind::None,
        path if is_path => ProviderKind::File(PathBuf::from(path)),
        name => ProviderKind::Preset(name.to_owned()),
    })
}
