//! The token with which the admin routes may be used on the HTTP port.

use std::fmt;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use les_provider::Secret;
use subtle::ConstantTimeEq as _;

/// Characters at least: 16 random ones cannot be guessed over a network.
const MIN_CHARS: usize = 16;
/// Bytes at most; a request's whole head has 8 KiB.
const MAX_BYTES: u64 = 4096;

/// The token. Shown nowhere.
#[derive(Clone)]
pub struct Token(Secret);

/// Why a token cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum TokenError {
    /// Its file cannot be read.
    #[error("the file {} cannot be read", .path.display())]
    File {
        /// Which file.
        path: PathBuf,
        /// What the system says.
        #[source]
        source: io::Error,
    },
    /// It could be guessed, or cannot stand in a header.
    #[error(
        "a token has at least {MIN_CHARS} characters, ASCII without spaces: `openssl rand -hex 32` makes one"
    )]
    Form,
}

impl Token {
    /// The token `text`, without the white space around it.
    ///
    /// # Errors
    /// [`TokenError::Form`].
    pub fn new(text: &str) -> Result<Self, TokenError> {
        let text = text.trim();
        if text.len() >= MIN_CHARS && text.bytes().all(|byte| byte.is_ascii_graphic()) {
            Ok(Self(Secret::new(text)))
        } else {
            Err(TokenError::Form)
        }
    }

    /// The token in a file.
    ///
    /// # Errors
    /// Each [`TokenError`].
    pub fn read(path: &Path) -> Result<Self, TokenError> {
        let text = read(path).map_err(|source| TokenError::File {
            path: path.to_owned(),
            source,
        })?;
        Self::new(&text)
    }

    /// The token itself, to be sent.
    #[must_use]
    pub fn expose(&self) -> &str {
        self.0.expose()
    }

    /// Whether a request may pass. How long that takes says nothing of how much of a wrong token is right.
    fn admits(&self, headers: &HeaderMap) -> bool {
        let mut all = headers.get_all(header::AUTHORIZATION).iter();
        let (Some(value), None) = (all.next(), all.next()) else {
            return false;
        };
        let bytes = value.as_bytes();
        let Some((scheme, token)) = bytes.split_at_checked(b"Bearer ".len()) else {
            return false;
        };
        scheme.eq_ignore_ascii_case(b"Bearer ") && bool::from(token.ct_eq(self.expose().as_bytes()))
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token([secret])")
    }
}

fn read(path: &Path) -> io::Result<String> {
    // A pipe or a device would keep whoever opens it waiting.
    if !std::fs::metadata(path)?.is_file() {
        return Err(io::Error::other("it is not a regular file"));
    }
    let mut text = String::new();
    std::fs::File::open(path)?
        .take(MAX_BYTES)
        .read_to_string(&mut text)?;
    Ok(text)
}

/// Lets through what carries the token.
pub async fn guard(State(token): State<Arc<Token>>, request: Request, next: Next) -> Response {
    if token.admits(request.headers()) {
        return next.run(request).await;
    }
    (
        StatusCode::UNAUTHORIZED,
        [(header::WWW_AUTHENTICATE, "Bearer")],
    )
        .into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = "0123456789abcdef";

    fn headers(values: &[&str]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append(header::AUTHORIZATION, value.parse().unwrap());
        }
        headers
    }

    #[test]
    fn admits_the_token_and_nothing_else() {
        let token = Token::new(GOOD).unwrap();
        let bearer = format!("Bearer {GOOD}");
        assert!(token.admits(&headers(&[&bearer])));
        assert!(token.admits(&headers(&[&format!("bearer {GOOD}")])));
        for bad in [
            "",
            "Bearer ",
            GOOD,
            "Bearer 0123456789abcdeX",
            "Bearer 0123456789abcde",
            "Basic 0123456789abcdef",
        ] {
            assert!(!token.admits(&headers(&[bad])), "{bad}");
        }
        assert!(!token.admits(&headers(&[&format!("{bearer} ")])), "longer");
        assert!(!token.admits(&headers(&[])));
        assert!(
            !token.admits(&headers(&[&bearer, "Bearer x"])),
            "two of them"
        );
    }

    #[test]
    fn a_token_that_could_be_guessed_or_not_sent_is_refused_and_none_is_shown() {
        for bad in ["", "short", "0123456789 abcdef", "0123456789abcdé0"] {
            assert!(Token::new(bad).is_err(), "{bad}");
        }
        let token = Token::new(&format!(" {GOOD}\n")).unwrap();
        assert_eq!(token.expose(), GOOD);
        assert!(!format!("{token:?}").contains(GOOD));
        assert!(Token::read(Path::new("/nonexistent")).is_err());
        assert!(Token::read(Path::new("/dev/zero")).is_err());
    }
}
