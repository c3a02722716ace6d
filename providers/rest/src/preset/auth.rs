//! How requests are authorised.

use std::collections::BTreeMap;

use reqwest::header::HeaderName;

use super::procedure::Request;
use crate::template::{Expression, UrlTemplate};

/// One way to be authorised: used if all of its credentials are given.
#[derive(Clone, Debug)]
pub(crate) struct Auth {
    pub(crate) scheme: Scheme,
    /// What each credential is called in the preset, and the environment variables that may hold it, in the order of their precedence.
    pub(crate) credentials: BTreeMap<String, Vec<String>>,
    /// The token is fetched with the credentials.
    pub(crate) fetch: Option<Box<Fetch>>,
}

/// How a request carries its credentials.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Scheme {
    /// `Authorization: Bearer TOKEN`
    Bearer,
    /// A header of the cloud's own, with the token as its value.
    Header(HeaderName),
    /// `Authorization: Basic`, of `user` and `password`.
    Basic,
}

/// How a token is had.
#[derive(Clone, Debug)]
pub(crate) struct Fetch {
    pub(crate) issuer: Issuer,
    pub(crate) request: Request,
    pub(crate) token: Expression,
    pub(crate) lifetime: Option<Lifetime>,
    /// Where the API is, told with the token.
    pub(crate) api_base_url: Option<Expression>,
}

/// Who gives tokens.
#[derive(Clone, Debug)]
pub(crate) enum Issuer {
    /// A server at this URL.
    At(UrlTemplate),
    /// A server at the URL that this option has.
    Option(String),
    /// The machine's metadata service.
    Metadata,
}

/// How long a token is good.
#[derive(Clone, Debug)]
pub(crate) enum Lifetime {
    /// RFC 3339, or Unix time in seconds.
    Until(Expression),
    /// Seconds.
    For(Expression),
}

impl Auth {
    /// What the credentials are called where there is no fetch.
    pub(crate) fn sent_as_they_are(scheme: &Scheme) -> &'static [&'static str] {
        match scheme {
            Scheme::Bearer | Scheme::Header(_) => &["token"],
            Scheme::Basic => &["user", "password"],
        }
    }

    /// The first environment variable of each credential, for a person.
    pub(crate) fn variables(&self) -> String {
        let names = self.credentials.values().map(|names| names.join(" or "));
        names.collect::<Vec<_>>().join(" and ")
    }
}
