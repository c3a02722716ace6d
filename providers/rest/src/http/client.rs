//! HTTP clients: for the cloud with and without a proxy, and for the metadata service.

use std::path::Path;
use std::time::Duration;

use reqwest::{Client, ClientBuilder, redirect, retry};
use rustls::ClientConfig;

use super::tls;
use crate::build_error::BuildError;

/// The metadata service is on the same host: what takes longer is not there.
const METADATA_TIMEOUT: Duration = Duration::from_secs(2);

/// A connection that is not used is kept for so long: longer than the 30 s between two readings of the next in line, so that a takeover
/// begins on an open connection.
const KEPT_WARM: Duration = Duration::from_secs(90);

/// The clients of one provider.
pub(crate) struct Clients {
    /// For the cloud. It obeys `HTTPS_PROXY` and `NO_PROXY`.
    pub(crate) proxied: Client,
    /// For a cloud on this machine.
    pub(crate) direct: Client,
    /// For the metadata service. A proxy would answer with its own identity, so none is ever used.
    pub(crate) metadata: Client,
}

impl Clients {
    pub(crate) fn new(
        connect: Duration,
        request: Duration,
        needs_tls: bool,
        ca_file: Option<&Path>,
    ) -> Result<Self, BuildError> {
        let tls = tls::config(needs_tls, ca_file)?;
        let cloud = || {
            common(tls.clone())
                .connect_timeout(connect)
                .timeout(request)
        };
        let built = |builder: ClientBuilder| builder.build().map_err(BuildError::Client);
        Ok(Self {
            proxied: built(cloud())?,
            direct: built(cloud().no_proxy())?,
            metadata: built(common(tls.clone()).timeout(METADATA_TIMEOUT).no_proxy())?,
        })
    }
}

/// No redirects: they would carry the request, and perhaps the token, to where nobody configured it. No retries: the reconciler is the retry.
fn common(tls: ClientConfig) -> ClientBuilder {
    Client::builder()
        .tls_backend_preconfigured(tls)
        .redirect(redirect::Policy::none())
        .retry(retry::never())
        .pool_idle_timeout(KEPT_WARM)
        .user_agent(concat!("les/", env!("CARGO_PKG_VERSION")))
}
