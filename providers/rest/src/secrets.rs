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
        let in_json = json
            .strip_prefix('"')
            .and_then(|json| json.strip_suffix('"'));
        let forms = [
            text.to_owned(),
            utf8_percent_encode(text, SEGMENT).to_string(),
            form_urlencoded::byte_serialize(text.as_bytes()).collect(),
            in_json.unwrap_or_default().to_owned(),
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

#[cfg(test)]
mod tests {
    use les_provider::Secret;

    use super::{MAX_SECRETS, Secrets};

    #[test]
    fn a_secret_is_masked_as_it_stands_in_urls_forms_and_json() {
        let secrets = Secrets::default();
        secrets.add(&Secret::new("a b/\"c\""));
        for (text, shown) in [
            ("is a b/\"c\" right?", "is [secret] right?"),
            ("?key=a%20b%2F%22c%22&x", "?key=[secret]&x"),
            ("key=a+b%2F%22c%22", "key=[secret]"),
            (r#"{"key":"a b/\"c\""}"#, r#"{"key":"[secret]"}"#),
        ] {
            assert_eq!(secrets.redact(text), shown);
        }
    }

    #[test]
    fn a_secret_within_another_leaves_nothing_of_it() {
        let secrets = Secrets::default();
        secrets.add(&Secret::new("hunter"));
        secrets.add(&Secret::new("hunter-and-more"));
        assert_eq!(secrets.redact("hunter-and-more"), "[secret]");
    }

    #[test]
    fn what_is_named_again_is_not_crowded_out_and_words_are_left_alone() {
        let secrets = Secrets::default();
        for number in 0..4 * MAX_SECRETS {
            secrets.add(&Secret::new(format!("token-{number}")));
            secrets.add(&Secret::new("credential"));
        }
        secrets.add(&Secret::new("the"));
        assert_eq!(secrets.redact("the credential"), "the [secret]");
        assert_eq!(
            secrets.redact("token-0"),
            "token-0",
            "the oldest is forgotten"
        );
    }
}
