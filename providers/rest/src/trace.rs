//! Exchanges as a person may see them: whole, with every secret masked.

use std::fmt;
use std::sync::Arc;

use les_provider::Operation;

/// Characters of a body that are shown: a description with its machine has 5,000.
const MAX_SHOWN: usize = 8_000;

/// What stands in the place of what must not be seen.
const MASKED: &str = "[secret]";

/// One exchange with a cloud, its token issuer or its metadata service.
#[derive(Clone, Debug)]
pub struct Exchanged {
    /// What it was for.
    pub operation: Operation,
    /// The request's method.
    pub method: String,
    /// The request's URL.
    pub url: String,
    /// The request's headers.
    pub headers: Vec<(String, String)>,
    /// The request's body; empty if it has none.
    pub body: String,
    /// The status and the body of the answer, or why there is none.
    pub answer: Result<(u16, String), String>,
}

/// Is told every exchange after it has ended.
#[derive(Clone)]
pub struct Trace(Arc<dyn Fn(&Exchanged) + Send + Sync>);

impl Trace {
    /// A trace that calls `tell`, which must not wait: the cloud call does.
    #[must_use]
    pub fn new(tell: impl Fn(&Exchanged) + Send + Sync + 'static) -> Self {
        Self(Arc::new(tell))
    }

    pub(crate) fn tell(&self, exchanged: &Exchanged) {
        (self.0)(exchanged);
    }
}

impl fmt::Debug for Trace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Trace")
    }
}

/// A request before it is sent.
pub(crate) fn request(
    operation: Operation,
    request: &reqwest::Request,
    hide: bool,
    redact: &dyn Fn(&str) -> String,
) -> Exchanged {
    let headers = request.headers().iter().map(|(name, value)| {
        let shown = match value.to_str() {
            Ok(text) if !value.is_sensitive() => redact(text),
            Ok(_) | Err(_) => MASKED.to_owned(),
        };
        (name.to_string(), shown)
    });
    let sent = request.body().and_then(reqwest::Body::as_bytes);
    let text = String::from_utf8_lossy(sent.unwrap_or_default());
    Exchanged {
        operation,
        method: request.method().to_string(),
        url: redact(request.url().as_str()),
        headers: headers.collect(),
        body: shown(&text, hide, redact),
        answer: Err("not sent".to_owned()),
    }
}

/// A body as it may be shown.
pub(crate) fn shown(text: &str, hide: bool, redact: &dyn Fn(&str) -> String) -> String {
    if hide && !text.is_empty() {
        return MASKED.to_owned();
    }
    let mut text = redact(text);
    if let Some((end, _)) = text.char_indices().nth(MAX_SHOWN) {
        text.truncate(end);
        text.push_str(" ...");
    }
    text
}
