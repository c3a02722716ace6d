//! From a preset's request to an exchange, and from its answer to a value or an error.

use std::error::Error;

use les_provider::{AddressId, ErrorKind, Operation, ProviderError, Target};
use minijinja::{Value, context};
use reqwest::header::{AUTHORIZATION, HeaderValue};
use reqwest::{Client, Url};

use crate::base_url;
use crate::classify::{judge, judge_silence};
use crate::http::{Answer, exchange};
use crate::options::Credentials;
use crate::preset::{Preset, Request};

/// The cloud's API: sends what a preset says.
pub(crate) struct Api {
    pub(crate) preset: Preset,
    pub(crate) client: Client,
    pub(crate) base: Url,
    pub(crate) credentials: Credentials,
}

impl Api {
    /// Sends a request. An answer that is no success is an error.
    pub(crate) async fn call(
        &self,
        operation: Operation,
        request: &Request,
        names: &Value,
    ) -> Result<Value, ProviderError> {
        let request = self
            .build(request, names)
            .map_err(|cause| broken_preset(operation, cause))?;
        tracing::debug!(operation = operation.as_str(), method = %request.method(), path = request.url().path(), "cloud call");
        let answered = exchange(&self.client, request, self.preset.reset_header.as_ref()).await;
        let answer = answered.map_err(|error| ProviderError {
            kind: judge_silence(operation, &error),
            operation: operation.as_str(),
            message: "the cloud did not answer".to_owned(),
            source: Some(Box::new(error)),
        })?;
        self.judge(operation, &answer)
    }

    fn judge(&self, operation: Operation, answer: &Answer) -> Result<Value, ProviderError> {
        let body = answer.json();
        tracing::debug!(
            operation = operation.as_str(),
            status = answer.status.as_u16(),
            "cloud answer"
        );
        match judge(&self.preset, operation, answer, &body) {
            Ok(()) => Ok(body),
            Err(refusal) => {
                let message = self.credentials.token().redact(&refusal.message);
                Err(ProviderError {
                    kind: refusal.kind,
                    operation: operation.as_str(),
                    message,
                    source: None,
                })
            }
        }
    }

    fn build(
        &self,
        request: &Request,
        names: &Value,
    ) -> Result<reqwest::Request, Box<dyn Error + Send + Sync>> {
        let url = base_url::join(&self.base, &request.path.render(names)?)?;
        let mut built = reqwest::Request::new(request.method.clone(), url);
        let mut token =
            HeaderValue::try_from(format!("Bearer {}", self.credentials.token().expose()))?;
        token.set_sensitive(true);
        built.headers_mut().insert(AUTHORIZATION, token);
        if let Some(json) = &request.json {
            let body = serde_json::to_vec(&json.value(names)?)?;
            built.headers_mut().insert(
                reqwest::header::CONTENT_TYPE,
                HeaderValue::from_static("application/json"),
            );
            *built.body_mut() = Some(body.into());
        }
        Ok(built)
    }
}

/// What a preset's paths and bodies can name.
pub(crate) fn names(address: &AddressId, target: Option<&Target>) -> Value {
    match target {
        Some(target) => context! { address => &address.0, target => &target.0 },
        None => context! { address => &address.0 },
    }
}

/// The preset and the API do not fit together: the request cannot be made from what is known.
fn broken_preset(operation: Operation, cause: Box<dyn Error + Send + Sync>) -> ProviderError {
    ProviderError {
        kind: ErrorKind::Misconfigured,
        operation: operation.as_str(),
        message: "the preset makes no request of these values".to_owned(),
        source: Some(cause),
    }
}
