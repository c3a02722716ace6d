//! One request, made from a preset, sent, and its answer judged.

use std::error::Error;
use std::time::SystemTime;

use les_provider::{ErrorKind, Operation, ProviderError, trace_context};
use minijinja::{Value, context};
use reqwest::header::{CONTENT_TYPE, HeaderValue};
use reqwest::{Client, Url};
use uuid::Uuid;

use crate::base_url;
use crate::budget::Budget;
use crate::classify::{self, Judgement};
use crate::failure::{CallError, failed};
use crate::http::{Answer, Clients, exchange};
use crate::preset::{Body, Preset, Request};
use crate::secrets::Secrets;
use crate::settings::Settings;
use crate::template::scalar;
use crate::trace::{self, Trace};

/// What every call of one provider shares.
pub(crate) struct Wire {
    pub(crate) preset: Preset,
    pub(crate) settings: Settings,
    pub(crate) clients: Clients,
    pub(crate) budget: Budget,
    pub(crate) trace: Option<Trace>,
    pub(crate) secrets: Secrets,
}

/// By which way a request goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Via {
    /// Over the network, by a proxy where one is configured.
    Cloud,
    /// To the metadata service beside this machine.
    Metadata,
}

/// An answer that is a success.
pub(crate) struct Answered {
    /// For expressions: what JSON says, or undefined if it is not JSON.
    pub(crate) body: Value,
    text: String,
    headers: Value,
    status: u16,
    /// A rule says that everything is as it shall be: there is nothing to wait for.
    pub(crate) settled: bool,
    /// What time it was at the server.
    pub(crate) sent: Option<SystemTime>,
}

impl Answered {
    /// The names of expressions over this answer, beside those of its request.
    pub(crate) fn context(&self, names: &Value) -> Value {
        context! {
            body => self.body.clone(),
            text => self.text.clone(),
            headers => self.headers.clone(),
            status => self.status,
            ..names.clone()
        }
    }
}

impl Wire {
    /// What every template can name.
    pub(crate) fn names(&self) -> Value {
        context! { options => self.settings.value() }
    }

    /// A request without credentials.
    pub(crate) fn build(
        &self,
        operation: Operation,
        base: &Url,
        request: &Request,
        names: &Value,
    ) -> Result<reqwest::Request, CallError> {
        let names = context! { uuid => Uuid::new_v4().to_string(), ..names.clone() };
        let built = build(base, request, &names).map_err(|cause| ProviderError {
            kind: ErrorKind::Misconfigured,
            operation: operation.as_str(),
            message: "the preset makes no request of these values".to_owned(),
            source: Some(cause),
        })?;
        Ok(built)
    }

    /// Sends a request. An answer that is no success is an error. `names`: what the rules of the preset can name beside the answer. `hide`: no body of this exchange is shown to anybody.
    pub(crate) async fn send(
        &self,
        operation: Operation,
        mut request: reqwest::Request,
        names: &Value,
        via: Via,
        hide: bool,
    ) -> Result<Answered, CallError> {
        if let Some(context) = trace_context().and_then(|c| HeaderValue::from_str(&c).ok()) {
            request.headers_mut().insert("traceparent", context);
        }
        let redact = |text: &str| self.secrets.redact(text);
        tracing::debug!(operation = operation.as_str(), method = %request.method(), path = redact(request.url().path()), "cloud call");
        let mut shown = self
            .trace
            .as_ref()
            .map(|_| trace::request(operation, &request, hide, &redact));
        if via == Via::Cloud {
            self.budget.spend();
        }
        let answered = exchange(self.client(via, request.url()), request).await;
        if let (Some(trace), Some(shown)) = (&self.trace, &mut shown) {
            shown.answer = match &answered {
                Ok(answer) => Ok((
                    answer.status.as_u16(),
                    trace::shown(&String::from_utf8_lossy(&answer.body), hide, &redact),
                )),
                Err(error) => Err(error.to_string()),
            };
            trace.tell(shown);
        }
        let answer = answered.map_err(|error| ProviderError {
            kind: classify::silence(operation, &error),
            operation: operation.as_str(),
            message: match via {
                Via::Cloud => "the cloud did not answer".to_owned(),
                Via::Metadata => "the metadata service does not answer".to_owned(),
            },
            source: Some(Box::new(error)),
        })?;
        self.judge(operation, names, via, &answer)
    }

    fn judge(
        &self,
        operation: Operation,
        names: &Value,
        via: Via,
        answer: &Answer,
    ) -> Result<Answered, CallError> {
        let status = answer.status.as_u16();
        tracing::debug!(operation = operation.as_str(), status, "cloud answer");
        if via == Via::Cloud
            && let Some(left) = answer.remaining(self.preset.errors.remaining_header.as_ref())
        {
            self.budget.heard(left);
        }
        let answered = Answered {
            body: answer.json(),
            text: answer.text(),
            headers: answer.header_values(),
            status,
            settled: false,
            sent: answer.sent(),
        };
        match classify::judge(
            &self.preset.errors,
            operation,
            via,
            answer,
            &answered.context(names),
            &|text| self.secrets.redact(text),
        ) {
            Judgement::Success { settled } => Ok(Answered {
                settled,
                ..answered
            }),
            Judgement::Refusal { kind, message } => {
                Err(CallError::refused(failed(operation, kind, message), status))
            }
        }
    }

    /// No proxy can be meant for what stays on this machine.
    fn client(&self, via: Via, url: &Url) -> &Client {
        match via {
            Via::Metadata => &self.clients.metadata,
            // Nor for what is not encrypted: it is allowed in a private network only, and a proxy may be anywhere.
            Via::Cloud if base_url::is_loopback(url) || url.scheme() == "http" => {
                &self.clients.direct
            }
            Via::Cloud => &self.clients.proxied,
        }
    }
}

type Fault = Box<dyn Error + Send + Sync>;

fn build(base: &Url, request: &Request, names: &Value) -> Result<reqwest::Request, Fault> {
    let url = base_url::join(base, &request.path.render(names)?)?;
    let mut built = reqwest::Request::new(request.method.clone(), url);
    for (name, text) in &request.headers {
        let text = text.render(names)?;
        // A condition in the template leaves the header out.
        if !text.is_empty() {
            built
                .headers_mut()
                .insert(name.clone(), HeaderValue::try_from(text)?);
        }
    }
    let body = match &request.body {
        Body::Empty => None,
        Body::Json(expression) => {
            let json = serde_json::to_vec(&expression.value(names)?)?;
            Some(("application/json", json))
        }
        Body::Form(expression) => {
            let form = form(&expression.value(names)?)?;
            Some(("application/x-www-form-urlencoded", form.into_bytes()))
        }
    };
    if let Some((kind, body)) = body {
        let headers = built.headers_mut();
        headers
            .entry(CONTENT_TYPE)
            .or_insert(HeaderValue::from_static(kind));
        *built.body_mut() = Some(body.into());
    }
    if let Some(timeout) = request.timeout {
        *built.timeout_mut() = Some(timeout);
    }
    Ok(built)
}

fn form(value: &Value) -> Result<String, Fault> {
    let mut form = form_urlencoded::Serializer::new(String::new());
    for key in value.try_iter()? {
        let field = value.get_item(&key)?;
        match (scalar(&key), scalar(&field)) {
            (Some(key), Some(field)) => form.append_pair(&key, &field),
            _ => return Err(format!("a form's field cannot be a {}", field.kind()).into()),
        };
    }
    Ok(form.finish())
}
