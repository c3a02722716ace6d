//! How requests travel: TLS by rustls with ring, as everywhere in `les`; the metadata service is asked directly, the cloud by the proxy that the
//! environment names.

use std::net::IpAddr;
use std::path::Path;

use aws_smithy_http_client::proxy::ProxyConfig;
use aws_smithy_http_client::tls::rustls_provider::CryptoMode;
use aws_smithy_http_client::tls::{Provider, TlsContext, TrustStore};
use aws_smithy_http_client::{Builder, Connector};
use aws_smithy_runtime_api::client::http::SharedHttpClient;
use url::{Host, Url};

use crate::options::BuildError;

/// To the cloud's APIs.
pub(crate) fn to_cloud(tls: TlsContext) -> SharedHttpClient {
    Builder::new().build_with_connector_fn(move |settings, components| {
        let mut connector = Connector::builder().proxy_config(ProxyConfig::from_env());
        connector.set_connector_settings(settings.cloned());
        if let Some(components) = components {
            connector.set_sleep_impl(components.sleep_impl());
        }
        connector
            .tls_provider(Provider::Rustls(CryptoMode::Ring))
            .tls_context(tls.clone())
            .build()
    })
}

/// To this machine's metadata service: never by a proxy.
pub(crate) fn to_metadata() -> SharedHttpClient {
    Builder::new().build_http()
}

/// The system's certificates, and those of a file.
pub(crate) fn trust(ca_file: Option<&Path>) -> Result<TlsContext, BuildError> {
    let mut store = TrustStore::default();
    if let Some(path) = ca_file {
        let unreadable = |problem| BuildError::CaFile { problem };
        let pem = std::fs::read(path).map_err(|error| unreadable(error.to_string()))?;
        // The transport would panic at the first connection.
        if !pem.windows(BEGIN.len()).any(|part| part == BEGIN) {
            return Err(unreadable("it holds no certificate in PEM".to_owned()));
        }
        store = store.with_pem_certificate(pem);
    }
    TlsContext::builder()
        .with_trust_store(store)
        .build()
        .map_err(|error| BuildError::CaFile {
            problem: error.to_string(),
        })
}

const BEGIN: &[u8] = b"-----BEGIN CERTIFICATE-----";

/// Whether a URL may be asked with credentials: over TLS, or without it within this machine or a private network (tests).
pub(crate) fn check_url(key: &'static str, text: &str) -> Result<(), BuildError> {
    let invalid = |rule| BuildError::Url { key, rule };
    let url = Url::parse(text).map_err(|_| invalid("it is no URL"))?;
    let plain = url.username().is_empty() && url.password().is_none() && url.query().is_none();
    if !plain {
        return Err(invalid("it must hold no user, password or query"));
    }
    let near = match url.host() {
        Some(Host::Ipv4(ip)) => is_near(ip.into()),
        Some(Host::Ipv6(ip)) => is_near(ip.into()),
        Some(Host::Domain(name)) => name == "localhost",
        None => false,
    };
    match url.scheme() {
        "https" => Ok(()),
        "http" if near => Ok(()),
        _ => Err(invalid(
            "credentials go there: it must be https, or http to an address of this machine or a private network",
        )),
    }
}

fn is_near(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(ip) => ip.is_loopback() || ip.is_private() || ip.is_link_local(),
        IpAddr::V6(ip) => ip.is_loopback() || ip.is_unique_local(),
    }
}

#[cfg(test)]
mod tests {
    use super::check_url;

    #[test]
    fn credentials_go_over_tls_or_stay_near() {
        for (url, may) in [
            ("https://ec2.eu-central-1.amazonaws.com", true),
            ("http://127.0.0.1:5000", true),
            ("http://localhost:5000", true),
            ("http://10.0.0.1", true),
            ("http://169.254.169.254", true),
            ("http://[fd00:ec2::254]", true),
            ("http://ec2.eu-central-1.amazonaws.com", false),
            ("http://203.0.113.7", false),
            ("https://user:pw@host", false),
            ("ftp://127.0.0.1", false),
            ("127.0.0.1", false),
        ] {
            assert_eq!(check_url("base_url", url).is_ok(), may, "{url}");
        }
    }
}
