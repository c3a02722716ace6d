//! Logs: one line per event on stderr, human or JSON, with the time in UTC to the microsecond and a stable `event` name.

use std::io::IsTerminal as _;

use tracing_subscriber::filter::{LevelFilter, ParseError, Targets};
use tracing_subscriber::fmt;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;

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

/// Starts logging. `filter` is a level, or `target=level` with commas between, as in `RUST_LOG`; an empty one is `info`.
///
/// # Errors
/// The filter cannot be parsed.
pub fn init(format: LogFormat, filter: &str) -> Result<(), ParseError> {
    let directives = if filter.is_empty() {
        Targets::new()
    } else {
        filter.parse()?
    };
    // What no directive names is told from `info` on.
    let default = directives.default_level().unwrap_or(LevelFilter::INFO);
    let registry = tracing_subscriber::registry().with(directives.with_default(default));
    let lines = fmt::layer()
        // Otherwise a line that cannot be written is reported on the same stderr by a print that panics: a node would die with its log's reader.
        .log_internal_errors(false)
        .with_writer(std::io::stderr);
    match format {
        LogFormat::Human => {
            let ansi = std::io::stderr().is_terminal();
            registry
                .with(lines.with_ansi(ansi).with_target(false))
                .init();
        }
        LogFormat::Json => {
            let json = lines.json().flatten_event(true);
            registry
                .with(json.with_current_span(false).with_span_list(false))
                .init();
        }
    }
    Ok(())
}
