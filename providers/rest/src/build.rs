//! From a preset and what a configuration adds to it to something that can be asked.

use reqwest::Url;

use crate::api::Api;
use crate::base_url;
use crate::budget::Budget;
use crate::build_error::BuildError;
use crate::credentials::Authority;
use crate::http::Clients;
use crate::options::Options;
use crate::preset::{Issuer, Preset};
use crate::secrets::Secrets;
use crate::wire::Wire;

/// Everything that sends, ready to be used; nothing is sent yet.
pub(crate) fn assemble(mut preset: Preset, options: Options) -> Result<Api, BuildError> {
    options.timing.apply(&mut preset);
    let base = base(&preset, &options)?;
    let metadata_base = metadata_base(&preset, options.metadata_base)?;
    let limits = &preset.limits;
    let clients = Clients::new(
        limits.connect_timeout,
        limits.request_timeout,
        needs_tls(&preset, base.as_ref()),
        options.ca_file.as_deref(),
    )?;
    let wire = Wire {
        budget: Budget::new(limits.calls_per_hour),
        settings: options.settings,
        clients,
        trace: options.trace,
        secrets: Secrets::default(),
        preset,
    };
    let authority = Authority::new(
        &wire.preset,
        &wire.settings,
        metadata_base.as_ref(),
        options.credentials,
        &wire,
    )?;
    Ok(Api {
        wire,
        authority,
        base,
        metadata_base,
    })
}

fn base(preset: &Preset, options: &Options) -> Result<Option<Url>, BuildError> {
    let base = match (&options.base_url, &preset.base_url) {
        (Some(configured), _) => base_url::configured("base_url", configured)?,
        (None, Some(template)) => base_url::render(template, &options.settings)?,
        (None, None) => return Ok(None),
    };
    if base_url::may_see_credentials(&base) {
        Ok(Some(base))
    } else {
        Err(BuildError::Insecure {
            key: "base_url".to_owned(),
            value: base.to_string(),
        })
    }
}

fn metadata_base(preset: &Preset, configured: Option<String>) -> Result<Option<Url>, BuildError> {
    match (configured, &preset.identity) {
        (Some(configured), _) => base_url::configured("metadata_base", &configured).map(Some),
        (None, Some(identity)) => Ok(Some(identity.metadata_base.clone())),
        (None, None) => Ok(None),
    }
}

/// Whether anything is to be reached over TLS. What a token's answer may name counts.
fn needs_tls(preset: &Preset, base: Option<&Url>) -> bool {
    let tokens_elsewhere = preset.auth.iter().any(|auth| {
        let issuer = auth.fetch.as_ref().map(|fetch| &fetch.issuer);
        matches!(issuer, Some(Issuer::At(_) | Issuer::Option(_)))
    });
    tokens_elsewhere || base.is_none_or(|base| base.scheme() == "https")
}

#[cfg(test)]
mod tests {
    use reqwest::Url;

    use super::needs_tls;
    use crate::preset::Preset;

    #[test]
    fn root_certificates_are_needed_where_anything_is_reached_over_tls() {
        let plain = Url::parse("http://10.0.0.1").unwrap();
        let secure = Url::parse("https://api.example.com").unwrap();
        for (preset, base, needed) in [
            ("digitalocean", Some(&plain), false),
            ("digitalocean", Some(&secure), true),
            // Its API is where the token's answer says, and the token is from an option's URL.
            ("openstack", None, true),
            ("openstack", Some(&plain), true),
        ] {
            let parsed = Preset::builtin(preset).unwrap();
            assert_eq!(needs_tls(&parsed, base), needed, "{preset} {base:?}");
        }
    }
}
