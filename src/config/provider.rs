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
            base_url: self.url("provider.base_url", raw.base_url.as_ref())?,
            metadata_base: self.url("provider.metadata_base", raw.metadata_base.as_ref())?,
            target: self.value("provider.target", raw.target.as_ref(), None, target)?,
            ca_file: self.value("provider.ca_file", raw.ca_file.as_ref(), None, file)?,
            options: self.options(&raw.options)?,
        })
    }

    fn url(&self, key: &str, raw: Option<&Scalar>) -> Result<Option<String>, ConfigError> {
        let Some(Scalar(written)) = raw else {
            return Ok(None);
        };
        url(written.trim())
            .map(Some)
            .map_err(|rule| self.invalid(key, &format!("{:?}", without_secrets(written)), rule))
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

/// A text that should be a URL, fit for an error: without what may be a user name, a password or a key in a query.
fn without_secrets(text: &str) -> String {
    // In this order: a password may have a `?` in it.
    let text = match text.rsplit_once('@') {
        Some((_, rest)) => format!("[secret]@{rest}"),
        None => text.to_owned(),
    };
    match text.split_once('?') {
        Some((place, _)) => format!("{place}?[secret]"),
        None => text,
    }
}

fn url(value: &str) -> Result<String, Rule> {
    let known = value.starts_with("https://") || value.starts_with("http://");
    if known {
        Ok(value.trim_end_matches('/').to_owned())
    } else {
        Err(Rule::NotAUrl)
    }
}

fn kind(value: &str) -> Result<ProviderKind, Rule> {
    Ok(match text(value)? {
        "none" => ProviderKind::None,
        path if ProviderKind::is_file(path) => ProviderKind::File(PathBuf::from(path)),
        name => ProviderKind::Preset(name.to_owned()),
    })
}
