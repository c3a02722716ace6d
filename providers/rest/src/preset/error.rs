//! What is wrong with a preset.

use std::io;

/// A preset cannot be used. `Display` never repeats its source: log the chain.
#[derive(Debug, thiserror::Error)]
pub enum PresetError {
    /// There is no built-in preset of that name.
    #[error(
        "there is no preset `{name}`; built in: {known}; or give the path of a file (with a `/` or ending in `.toml`)"
    )]
    Unknown {
        /// The name asked for.
        name: String,
        /// The names there are.
        known: String,
    },
    /// The file cannot be read.
    #[error("preset {file}: cannot be read")]
    Unreadable {
        /// Its path.
        file: String,
        /// Why.
        source: io::Error,
    },
    /// The file is larger than a preset can be.
    #[error("preset {file}: has {size} bytes; a preset has {limit} at most")]
    TooLarge {
        /// Its path.
        file: String,
        /// Its size in bytes.
        size: usize,
        /// The limit in bytes.
        limit: usize,
    },
    /// It is not TOML, lacks a key or has an unknown one: the source says which and on what line.
    #[error("preset {file}: is not of a preset's form")]
    Form {
        /// Its path.
        file: String,
        /// Where and what.
        source: Box<toml::de::Error>,
    },
    /// A value cannot be.
    #[error("preset {file}: `{key}` = {value:?}: {rule}")]
    Value {
        /// Its path.
        file: String,
        /// The key, with its tables.
        key: String,
        /// What stands there.
        value: String,
        /// What was expected.
        rule: String,
    },
    /// A key is missing, or a table has none of those that it needs one of.
    #[error("preset {file}: `{key}` is missing: {rule}")]
    Missing {
        /// Its path.
        file: String,
        /// The key, with its tables.
        key: String,
        /// What was expected.
        rule: String,
    },
}
