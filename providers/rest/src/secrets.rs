//! Every secret that was ever in use here, to be masked in whatever a stranger says.

use std::sync::{Mutex, PoisonError};

use les_provider::Secret;

/// How many are remembered: the credentials and the tokens of a day.
const MAX_SECRETS: usize = 64;

/// Shorter ones are not masked: they would mask half of every sentence, and are no secrets.
const MIN_LENGTH: usize = 4;

/// The secrets.
#[derive(Default)]
pub(crate) struct Secrets(Mutex<Vec<Secret>>);

impl Secrets {
    pub(crate) fn add(&self, secret: &Secret) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if secret.expose().len() < MIN_LENGTH || known.contains(secret) {
            return;
        }
        if known.len() == MAX_SECRETS {
            known.remove(0);
        }
        known.push(secret.clone());
    }

    /// `text` without any of them.
    pub(crate) fn redact(&self, text: &str) -> String {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known
            .iter()
            .fold(text.to_owned(), |text, secret| secret.redact(&text))
    }
}
