//! A certificate authority of a test's own.

use std::path::Path;
use std::sync::Arc;

use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair, date_time_ymd,
};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivatePkcs8KeyDer};

/// An authority.
pub(crate) type Authority = CertifiedIssuer<'static, KeyPair>;

/// A server's certificate and its key.
pub(crate) struct Certified {
    certificate: CertificateDer<'static>,
    key: KeyPair,
}

/// A new authority; its certificate is written to this file.
pub(crate) fn authority(file: &Path) -> Authority {
    let mut params = CertificateParams::new(Vec::new()).expect("no names");
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    // By which a client tells it from others.
    let name = file.file_stem().and_then(|name| name.to_str());
    let names = &mut params.distinguished_name;
    names.push(DnType::CommonName, name.expect("a name"));
    let key = KeyPair::generate().expect("a key");
    let authority = CertifiedIssuer::self_signed(params, key).expect("it signs itself");
    std::fs::write(file, authority.pem()).expect("it can be written");
    authority
}

/// A certificate for a host name, or one that has expired.
pub(crate) fn certified(authority: &Authority, host: &str, expired: bool) -> Certified {
    let mut params = CertificateParams::new(vec![host.to_owned()]).expect("a name");
    params.not_before = date_time_ymd(2020, 1, 1);
    params.not_after = date_time_ymd(if expired { 2021 } else { 2040 }, 1, 1);
    let key = KeyPair::generate().expect("a key");
    let certificate = params.signed_by(&key, authority).expect("it is signed");
    Certified {
        certificate: certificate.der().clone(),
        key,
    }
}

impl Certified {
    pub(crate) fn acceptor(&self) -> TlsAcceptor {
        let key = PrivatePkcs8KeyDer::from(self.key.serialize_der());
        let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .expect("ring has them")
            .with_no_client_auth()
            .with_single_cert(vec![self.certificate.clone()], key.into())
            .expect("they belong together");
        TlsAcceptor::from(Arc::new(config))
    }
}
