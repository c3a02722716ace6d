//! Whose certificates are trusted.

use std::path::Path;
use std::sync::Arc;

use rustls::client::danger::ServerCertVerifier;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls::{ClientConfig, RootCertStore};
use rustls_platform_verifier::Verifier;

use crate::build_error::BuildError;

/// TLS with the system's root certificates and those of a bundle of one's own (PEM). `needed`: anything is to be reached over TLS; plain
/// HTTP works on hosts that have no certificates.
pub(super) fn config(needed: bool, ca_file: Option<&Path>) -> Result<ClientConfig, BuildError> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder = ClientConfig::builder_with_provider(Arc::clone(&provider))
        .with_safe_default_protocol_versions()
        .map_err(BuildError::Tls)?;
    let extra = ca_file.map(bundle).transpose()?.unwrap_or_default();
    if !needed && extra.is_empty() {
        let nobody = RootCertStore::empty();
        return Ok(builder.with_root_certificates(nobody).with_no_client_auth());
    }
    let verifier = if extra.is_empty() {
        Verifier::new(provider).map_err(BuildError::Tls)?
    } else {
        Verifier::new_with_extra_roots(extra, provider).map_err(|error| BuildError::CaFile {
            path: ca_file.unwrap_or(Path::new("")).display().to_string(),
            problem: error.to_string(),
        })?
    };
    let verifier: Arc<dyn ServerCertVerifier> = Arc::new(verifier);
    // The verifier is the platform's own, which rustls calls dangerous because it cannot tell it from one that accepts everything.
    Ok(builder
        .dangerous()
        .with_custom_certificate_verifier(verifier)
        .with_no_client_auth())
}

fn bundle(path: &Path) -> Result<Vec<CertificateDer<'static>>, BuildError> {
    let refused = |problem: String| BuildError::CaFile {
        path: path.display().to_string(),
        problem,
    };
    let found = CertificateDer::pem_file_iter(path).map_err(|error| refused(error.to_string()))?;
    let certificates = found
        .collect::<Result<Vec<_>, _>>()
        .map_err(|error| refused(error.to_string()))?;
    if certificates.is_empty() {
        Err(refused("it holds no certificate in PEM form".to_owned()))
    } else {
        Ok(certificates)
    }
}
