//! HTTP clients: one for the cloud, one for the metadata service.

use std::sync::Arc;
use std::time::Duration;

use reqwest::{Client, ClientBuilder, Url, redirect, retry};
use rustls::{ClientConfig, RootCertStore};
use rustls_platform_verifier::BuilderVerifierExt;

use crate::base_url;
use crate::build_error::BuildError;

/// The metadata service is on the same host: what takes longer is not there.
const METADATA_TIMEOUT: Duration = Duration::from_secs(2);

/// A client for the cloud's API. It obeys `HTTPS_PROXY` and `NO_PROXY`.
pub(crate) fn cloud_client(
    base: &Url,
    connect: Duration,
    request: Duration,
) -> Result<Client, BuildError> {
    let builder = common(tls(base)?).connect_timeout(connect).timeout(request);
    let builder = if base_url::is_loopback(base) {
        builder.no_proxy()
    } else {
        builder
    };
    builder.build().map_err(BuildError::Client)
}

/// A client for the metadata service. A proxy would answer with its own identity, so none is ever used.
pub(crate) fn metadata_client(base: &Url) -> Result<Client, BuildError> {
    common(tls(base)?)
        .timeout(METADATA_TIMEOUT)
        .no_proxy()
        .build()
        .map_err(BuildError::Client)
}

/// No redirects: they would carry the request, and perhaps the token, to where nobody configured it. No retries: the reconciler is the retry.
fn common(tls: ClientConfig) -> ClientBuilder {
    Client::builder()
        .tls_backend_preconfigured(tls)
        .redirect(redirect::Policy::none())
        .retry(retry::never())
        .user_agent(concat!("les/", env!("CARGO_PKG_VERSION")))
}

/// TLS with the system's root certificates. A plain base needs none, and works on hosts that have none.
fn tls(base: &Url) -> Result<ClientConfig, BuildError> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(BuildError::Tls)?;
    let builder = if base.scheme() == "https" {
        builder.with_platform_verifier().map_err(BuildError::Tls)?
    } else {
        builder.with_root_certificates(RootCertStore::empty())
    };
    Ok(builder.with_no_client_auth())
}
