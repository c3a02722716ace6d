//! Logs: one line per event on stderr, human or JSON, with the time in UTC to the microsecond and a stable `event` name.

use std::io::IsTerminal as _;

use tracing_subscriber::EnvFilter;
use tracing_subscriber::filter::{LevelFilter, ParseError};

/// How lines look.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum LogFormat {
    /// For people.
    #[default]
    Human,
    /// One JSON object per line.
    Json,
}

impl LogFormat {
    /// The value of `LES_LOG_FORMAT`: `json`, or anything else for people.
    #[must_use]
    pub fn from_env(value: &str) -> Self {
        if value == "json" {
            Self::Json
        } else {
            Self::Human
        }
    }
}

/// Starts logging. `filter` is in the syntax of `RUST_LOG`; an empty one is `info`.
///
/// # Errors
/// The filter cannot be parsed.
pub fn init(format: LogFormat, filter: &str) -> Result<(), ParseError> {
    let filter = EnvFilter::builder()
        .with_default_directive(LevelFilter::INFO.into())
        .parse(filter)?;
    let lines = tracing_subscriber::fmt()
        .with_env_filter(filter)
        // Otherwise a line that cannot be written is reported on the same stderr by a print that panics: a node would die with its log's reader.
        .log_internal_errors(false)
        .with_writer(std::io::stderr);
    match format {
        LogFormat::Human => lines
            .with_ansi(std::io::stderr().is_terminal())
            .with_target(false)
            .init(),
        LogFormat::Json => lines
            .json()
            .flatten_event(true)
            .with_current_span(false)
            .with_span_list(false)
            .init(),
    }
    Ok(())
}
