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
    /// A credential would travel in clear text.
    #[error(
        "`{key}` = {value:?}: must begin with https://, unless it is on this machine or in a private network: the token would be readable on its way"
    )]
    Insecure {
        /// `base_url`, or the option that says where tokens are given.
        key: String,
        /// What stands there.
        value: String,
    },
    /// The configured target cannot be one of this cloud's.
    #[error("`target` = {value:?}: {rule}, as {preset} names its machines")]
    Target {
        /// What stands there.
        value: String,
        /// What was expected.
        rule: String,
        /// The preset's name.
        preset: String,
    },
    /// The cloud tells no machine who it is.
    #[error("`target` = \"auto\": {preset} has no metadata service; give this machine's id there")]
    NoIdentity {
        /// The preset's name.
        preset: String,
    },
    /// An option that the preset does not have.
    #[error("{preset} has no option `{option}`; it has: {known}")]
    UnknownOption {
        /// Its name.
        option: String,
        /// The preset's name.
        preset: String,
        /// The names that there are.
        known: String,
    },
    /// An option's value cannot be.
    #[error("option `{option}` = {value:?}: {rule}")]
    Setting {
        /// Its name.
        option: String,
        /// What stands there.
        value: String,
        /// What was expected.
        rule: &'static str,
    },
    /// An option that has no default is not set.
    #[error("option `{option}` ({about}) is needed: set provider.options.{option}{environment}")]
    NoSetting {
        /// Its name.
        option: String,
        /// What it is.
        about: String,
        /// The environment variables that may hold it, as a part of the sentence.
        environment: String,
    },
    /// Not all credentials of any way to be authorised are given.
    #[error(
        "no credentials: set {variables} (or, for each, its name with _FILE and the path of a file)"
    )]
    NoCredentials {
        /// The environment variables, for a person.
        variables: String,
    },
    /// A credential is given twice.
    #[error("both {variable} and {variable}_FILE are set: leave one of them out")]
    TwoSources {
        /// The environment variable.
        variable: String,
    },
    /// A file with a credential cannot be read.
    #[error("{variable}: the file {path} cannot be read")]
    CredentialFile {
        /// The environment variable that names it.
        variable: String,
        /// Its path.
        path: String,
        /// Why.
        source: std::io::Error,
    },
    /// A credential cannot be sent.
    #[error(
        "{variable} does not hold a credential: it must be one line of printable characters, a token of ASCII ones without spaces"
    )]
    CredentialForm {
        /// The environment variable that holds or names it.
        variable: String,
    },
    /// The extra root certificates cannot be used.
    #[error("the CA bundle {path} cannot be used: {problem}")]
    CaFile {
        /// Its path.
        path: String,
        /// Why.
        problem: String,
    },
    /// TLS cannot be set up.
    #[error("TLS cannot be set up (does this system have root certificates?)")]
    Tls(#[source] rustls::Error),
    /// The HTTP client cannot be made.
    #[error("the HTTP client cannot be made")]
    Client(#[source] reqwest::Error),
}
