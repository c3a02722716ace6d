//! Who this machine is at the cloud: configured, or told by the metadata service.

use les_provider::{ErrorKind, Operation, ProviderError, Target};
use minijinja::context;
use reqwest::{Client, Method, Request, StatusCode, Url};

use crate::base_url;
use crate::build_error::BuildError;
use crate::failure::failed;
use crate::http::{exchange, metadata_client};
use crate::preset::Preset;

const ADVICE: &str = "if this machine is not one of the cloud's, configure its target";

/// Where the own target is known from.
pub(crate) enum Identity {
    Configured(Target),
    Metadata { client: Client, url: Url },
}

impl Identity {
    pub(crate) fn new(
        preset: &Preset,
        target: Option<String>,
        metadata_base: Option<String>,
    ) -> Result<Self, BuildError> {
        match target {
            Some(target) => Self::configured(preset, Target(target)),
            None => Self::metadata(preset, metadata_base),
        }
    }

    fn configured(preset: &Preset, target: Target) -> Result<Self, BuildError> {
        match preset.check_target(&target) {
            Ok(()) => Ok(Self::Configured(target)),
            Err(rule) => {
                let preset = preset.name.clone();
                Err(BuildError::Target {
                    value: target.0,
                    rule,
                    preset,
                })
            }
        }
    }

    fn metadata(preset: &Preset, configured: Option<String>) -> Result<Self, BuildError> {
        let Some(identity) = &preset.identity else {
            return Err(BuildError::NoIdentity {
                preset: preset.name.clone(),
            });
        };
        let base = base_url::choose("metadata_base", configured, &identity.metadata_base)?;
        let path = identity
            .path
            .render(&context! {})
            .map_err(|_| "the path makes no URL");
        let url = path.and_then(|path| base_url::join(&base, &path));
        let fault = |rule| BuildError::Url {
            key: "metadata_base",
            value: base.to_string(),
            rule,
        };
        let url = url.map_err(fault)?;
        Ok(Self::Metadata {
            client: metadata_client(&url)?,
            url,
        })
    }

    /// The own target. The metadata service is asked anew each time: it costs nothing, and images are cloned.
    pub(crate) async fn target(&self, preset: &Preset) -> Result<Target, ProviderError> {
        let (client, url) = match self {
            Self::Configured(target) => return Ok(target.clone()),
            Self::Metadata { client, url } => (client, url),
        };
        let request = Request::new(Method::GET, url.clone());
        let answer = exchange(client, request, None)
            .await
            .map_err(|error| ProviderError {
                source: Some(Box::new(error)),
                ..refused(ErrorKind::Transient, "does not answer")
            })?;
        if !answer.status.is_success() {
            let happened = format!("answers HTTP {}", answer.status.as_u16());
            return Err(refused(kind_of(answer.status), &happened));
        }
        let target = Target(String::from_utf8_lossy(&answer.body).trim().to_owned());
        match preset.check_target(&target) {
            Ok(()) => Ok(target),
            Err(rule) => {
                let happened = format!("names something else: a target {rule}");
                Err(refused(ErrorKind::Misconfigured, &happened))
            }
        }
    }
}

fn kind_of(status: StatusCode) -> ErrorKind {
    if status.is_server_error() || status == StatusCode::TOO_MANY_REQUESTS {
        ErrorKind::Transient
    } else {
        ErrorKind::Misconfigured
    }
}

fn refused(kind: ErrorKind, happened: &str) -> ProviderError {
    failed(
        Operation::Target,
        kind,
        format!("the metadata service {happened}; {ADVICE}"),
    )
}
