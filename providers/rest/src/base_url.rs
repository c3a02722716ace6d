//! The URL in front of every path: where credentials are sent.

use std::net::IpAddr;

use reqwest::Url;

use crate::build_error::BuildError;
use crate::settings::Settings;
use crate::template::UrlTemplate;

/// Parses a base URL.
///
/// # Errors
/// The rule that it breaks.
pub(crate) fn parse(text: &str) -> Result<Url, &'static str> {
    let url = Url::parse(text).map_err(|_| "expected a URL such as \"https://api.example.com\"")?;
    if !matches!(url.scheme(), "http" | "https") || !url.has_host() {
        return Err("expected a URL that begins with https:// or http://");
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err("must not contain a user name or password");
    }
    if url.query().is_some() || url.fragment().is_some() {
        return Err("must not have a query or a fragment");
    }
    Ok(url)
}

/// A configured base URL.
pub(crate) fn configured(key: &'static str, value: &str) -> Result<Url, BuildError> {
    parse(value).map_err(|rule| {
        let value = without_user(value);
        BuildError::Url { key, value, rule }
    })
}

/// A preset's base URL with the options in it.
pub(crate) fn render(template: &UrlTemplate, settings: &Settings) -> Result<Url, BuildError> {
    let names = minijinja::context! { options => settings.value() };
    let text = template
        .render(&names)
        .unwrap_or_else(|_| template.source().to_owned());
    configured("base_url", &text)
}

/// A text that should be a URL, without the user name, the password and the query that it must not have: fit for an error.
pub(crate) fn without_user(text: &str) -> String {
    let (place, query) = text.split_once('?').unwrap_or((text, ""));
    let place = match place.rsplit_once('@') {
        Some((_, host)) => format!("[secret]@{host}"),
        None => place.to_owned(),
    };
    if query.is_empty() {
        place
    } else {
        format!("{place}?[secret]")
    }
}

/// Whether a credential may be sent there: over TLS, or without it to an address of this machine or a private network (tests, the demo).
pub(crate) fn may_see_credentials(url: &Url) -> bool {
    url.scheme() == "https" || is_loopback(url) || host_ip(url).is_some_and(is_private)
}

/// It stays on this machine: no proxy can be meant.
pub(crate) fn is_loopback(url: &Url) -> bool {
    url.host_str() == Some("localhost") || host_ip(url).is_some_and(|ip| ip.is_loopback())
}

/// The base with a path put after it.
pub(crate) fn join(base: &Url, path: &str) -> Result<Url, &'static str> {
    let mut text = base.as_str().trim_end_matches('/').to_owned();
    text.push_str(path);
    let url = Url::parse(&text).map_err(|_| "the path makes no URL")?;
    if url.host_str() == base.host_str()
        && url.port_or_known_default() == base.port_or_known_default()
    {
        Ok(url)
    } else {
        Err("the path changes the host")
    }
}

fn host_ip(url: &Url) -> Option<IpAddr> {
    url.host_str()?
        .trim_start_matches('[')
        .trim_end_matches(']')
        .parse()
        .ok()
}

fn is_private(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(ip) => ip.is_private(),
        IpAddr::V6(ip) => ip.is_unique_local(),
    }
}

#[cfg(test)]
mod tests {
    use super::{join, may_see_credentials, parse, without_user};

    #[test]
    fn only_plain_urls_are_accepted() {
        assert!(parse("https://api.example.com/v2").is_ok());
        for bad in [
            "api.example.com",
            "ftp://x",
            "https://user:pw@x",
            "https://u@x",
            "https://x?a=b",
            "https://x#y",
            "file:///etc",
            "",
        ] {
            assert!(parse(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn an_error_repeats_no_secret_of_a_url() {
        for (text, shown) in [
            ("https://u:5ecre7@host/p", "[secret]@host/p"),
            ("https://host/?key=5ecre7", "https://host/?[secret]"),
            (
                "https://u:5ecre7@host/?key=5@ecre7",
                "[secret]@host/?[secret]",
            ),
            ("host", "host"),
        ] {
            assert_eq!(without_user(text), shown);
        }
    }

    #[test]
    fn credentials_go_over_tls_or_stay_near() {
        for (url, may) in [
            ("https://api.example.com", true),
            ("http://127.0.0.1:8080", true),
            ("http://[::1]:8080", true),
            ("http://localhost:8080", true),
            ("http://10.1.2.3", true),
            ("http://[fd00::1]", true),
            ("http://api.example.com", false),
            ("http://203.0.113.7", false),
            ("http://localhost.example.com", false),
        ] {
            assert_eq!(may_see_credentials(&parse(url).unwrap()), may, "{url}");
        }
    }

    #[test]
    fn a_path_never_leaves_its_host() {
        let base = parse("https://api.example.com").unwrap();
        assert_eq!(
            join(&base, "/v2/x").unwrap().as_str(),
            "https://api.example.com/v2/x"
        );
        let prefixed = parse("http://127.0.0.1:1/node/7/").unwrap();
        assert_eq!(
            join(&prefixed, "/metadata/v1/id").unwrap().as_str(),
            "http://127.0.0.1:1/node/7/metadata/v1/id"
        );
        assert!(join(&base, "@evil.example").is_err());
        assert!(join(&base, ":8443/x").is_err());
    }
}
