//! Why a provider cannot be made from a preset and a configuration.

/// A REST provider cannot be built. `Display` never repeats its source: log the chain.
#[derive(Debug, thiserror::Error)]
pub enum BuildError {
    /// A URL that cannot be one.
    #[error("`{key}` = {value:?}: {rule}")]
    Url {
        /// `base_url` or `metadata_base`.
        key: &'static str,
        /// What stands there.
        value: String,
        /// What was expected.
        rule: &'static str,
    },
    /// The token would travel in clear text.
    #[error(
        "`base_url` = {value:?}: must begin with https://, unless it is on this machine or in a private network: the token would be readable on its way"
    )]
    Insecure {
        /// What stands there.
        value: String,
    },
    /// The configured target cannot be one of this cloud's.
    #[error("`target` = {value:?}: {rule}, as {preset} names its machines")]
    Target {
        /// What stands there.
        value: String,
        /// What was expected.
        rule: &'static str,
        /// The preset's name.
        preset: String,
    },
    /// The cloud tells no machine who it is.
    #[error("`target` = \"auto\": {preset} has no metadata service; give this machine's id there")]
    NoIdentity {
        /// The preset's name.
        preset: String,
    },
    /// No token is set.
    #[error("no token: set {variables}")]
    NoToken {
        /// The environment variables that may hold it.
        variables: String,
    },
    /// The token cannot be sent.
    #[error("{variable} does not hold a token: a token is one line of printable ASCII characters")]
    TokenForm {
        /// The environment variable that holds it.
        variable: String,
    },
    /// TLS cannot be set up.
    #[error("TLS cannot be set up (does this system have root certificates?)")]
    Tls(#[source] rustls::Error),
    /// The HTTP client cannot be made.
    #[error("the HTTP client cannot be made")]
    Client(#[source] reqwest::Error),
}
