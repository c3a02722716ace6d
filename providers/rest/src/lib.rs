//! Clouds with an HTTP API, each described by a preset: data that says how to read an address, how to move it, and what the
//! cloud's errors mean. One engine runs them all.
//!
//! ```text
//! preset (TOML) --parse--> raw --validate--> Preset --+
//! environment, files ---> Credentials, Settings ------+--> RestProvider: impl les_provider::Provider
//! configuration --------------------------> Options --+
//!
//! RestProvider --> Place (reading), Write (writing) --> Course (a procedure's steps) --> Api (credentials) --> Wire (one exchange)
//! ```

mod api;
mod base_url;
mod budget;
mod build;
mod build_error;
mod classify;
mod clock;
mod course;
mod credentials;
mod failure;
mod follow;
mod http;
mod identity;
mod locate;
mod options;
mod preset;
mod provider;
mod reading;
mod secrets;
mod settings;
mod single;
mod template;
mod trace;
mod wire;
mod writing;

pub use build_error::BuildError;
pub use credentials::Credentials;
pub use options::{Options, Timing};
pub use preset::{
    CredentialsSummary, OptionSummary, Preset, PresetError, Summary, builtin_names, builtin_text,
};
pub use provider::RestProvider;
pub use settings::Settings;
pub use trace::{Exchanged, Trace};
