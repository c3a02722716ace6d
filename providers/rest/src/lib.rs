//! Clouds with an HTTP API, each described by a preset: data that says how to read an address, how to move it, and what the
//! cloud's errors mean. One engine runs them all.
//!
//! ```text
//! preset (TOML) --parse--> raw --validate--> Preset --+
//! configuration --------------------------> Options --+--> RestProvider: impl les_provider::Provider
//! ```

mod base_url;
mod build_error;
mod classify;
mod failure;
mod follow;
mod http;
mod identity;
mod options;
mod preset;
mod provider;
mod requests;
mod template;

pub use build_error::BuildError;
pub use options::{Credentials, Options, Timing};
pub use preset::{Preset, PresetError, builtin_names};
pub use provider::RestProvider;
