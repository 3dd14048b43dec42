//! The certificate authorities for `https://`: the system's, or those in `SSL_CERT_FILE` and `SSL_CERT_DIR`. What cannot be
//! read is reported and skipped.

use std::sync::Arc;

use rustls::{ClientConfig, RootCertStore, crypto::ring};
use rustls_native_certs::load_native_certs;

/// The authorities that could be loaded.
pub struct Authorities {
    store: RootCertStore,
    /// One line for each file or certificate that is skipped.
    pub problems: Vec<String>,
}

impl Authorities {
    /// Reads them from disk, which takes some milliseconds.
    pub fn load() -> Self {
        let found = load_native_certs();
        let mut problems: Vec<_> = found.errors.iter().map(ToString::to_string).collect();
        let mut store = RootCertStore::empty();
        let (_, ignored) = store.add_parsable_certificates(found.certs);
        if ignored > 0 {
            problems.push(format!(
                "{ignored} certificates are not X.509 certificates of an authority"
            ));
        }
        Self { store, problems }
    }

    /// The TLS configuration of a client, for HTTP/1.1.
    ///
    /// # Errors
    /// If there is no authority at all: the reasons, and where to put one.
    pub fn client_config(&self) -> Result<Arc<ClientConfig>, String> {
        if self.store.is_empty() {
            let reasons = if self.problems.is_empty() {
                "none was found".to_owned()
            } else {
                self.problems.join("; ")
            };
            return Err(format!(
                "no certificate authority can be used ({reasons}): install ca-certificates, or put SSL_CERT_FILE right"
            ));
        }
        let mut config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .expect("the provider knows TLS 1.2 and 1.3")
            .with_root_certificates(self.store.clone())
            .with_no_client_auth();
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        Ok(Arc::new(config))
    }
}
