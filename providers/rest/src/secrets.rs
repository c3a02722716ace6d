//! Every secret that was ever in use here, to be masked in whatever a stranger says.

use std::cmp::Reverse;
use std::sync::{Mutex, PoisonError};

use les_provider::Secret;
use percent_encoding::utf8_percent_encode;

use crate::template::SEGMENT;

/// How many are remembered: the credentials, and the tokens of a day, in all their forms.
const MAX_SECRETS: usize = 128;

/// Shorter ones are not masked: they would mask half of every sentence, and are no secrets.
const MIN_LENGTH: usize = 4;

/// The secrets.
#[derive(Default)]
pub(crate) struct Secrets(Mutex<Vec<Secret>>);

impl Secrets {
    /// From now on it is masked, as it is and as it stands in URLs, forms and JSON.
    pub(crate) fn add(&self, secret: &Secret) {
        let text = secret.expose();
        let json = serde_json::Value::from(text).to_string();
        let forms = [
            text.to_owned(),
            utf8_percent_encode(text, SEGMENT).to_string(),
            form_urlencoded::byte_serialize(text.as_bytes()).collect(),
            json.trim_matches('"').to_owned(),
        ];
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        for form in forms.map(Secret::new) {
            if form.expose().len() < MIN_LENGTH {
                continue;
            }
            // What was added last is forgotten last.
            known.retain(|other| *other != form);
            if known.len() == MAX_SECRETS {
                known.remove(0);
            }
            known.push(form);
        }
    }

    /// `text` without any of them.
    pub(crate) fn redact(&self, text: &str) -> String {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let mut known: Vec<&Secret> = known.iter().collect();
        // A short one may be a part of a longer one, of which the rest would remain.
        known.sort_by_key(|secret| Reverse(secret.expose().len()));
        known
            .into_iter()
            .fold(text.to_owned(), |text, secret| secret.redact(&text))
    }
}
