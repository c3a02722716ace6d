//! Credentials that cannot be printed by accident.

use std::fmt;

/// What stands in the place of a secret in every text.
const MASK: &str = "[secret]";

/// A credential. Neither `Debug` nor `Display` shows it; [`Secret::expose`] is the only way to it, easy to find in a review.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// Wraps a credential.
    #[must_use]
    pub fn new(value: impl Into<String>) -> Self {
        Self(value.into())
    }

    /// The credential itself, to be sent and never to be printed.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// `text` with every occurrence of the credential masked: for what a cloud's own error message may echo.
    #[must_use]
    pub fn redact(&self, text: &str) -> String {
        if self.0.is_empty() {
            text.to_owned()
        } else {
            text.replace(&self.0, MASK)
        }
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(MASK)
    }
}

impl fmt::Display for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(MASK)
    }
}

#[cfg(test)]
mod tests {
    use super::Secret;

    #[test]
    fn is_never_shown() {
        let secret = Secret::new("hunter2");
        assert!(!format!("{secret} {secret:?} {:#?}", Some(&secret)).contains("hunter2"));
    }

    #[test]
    fn is_masked_in_foreign_text() {
        assert_eq!(
            Secret::new("hunter2").redact("bad token hunter2!"),
            "bad token [secret]!"
        );
        assert_eq!(Secret::new("").redact("unchanged"), "unchanged");
    }
}
