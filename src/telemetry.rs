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

/// How the targets of the AWS SDK begin.
const SDK: &str = "aws_";

/// The AWS SDK tells of each request in a hundred lines, and of each failure in one that repeats ours: it is silent unless it is asked.
fn directives(filter: &str) -> Result<Targets, ParseError> {
    let directives = if filter.is_empty() {
        Targets::new()
    } else {
        filter.parse::<Targets>()?
    };
    let asked = directives.iter().any(|(target, _)| target.starts_with(SDK));
    Ok(if asked {
        directives
    } else {
        directives.with_target(SDK, LevelFilter::OFF)
    })
}

/// Starts logging. `filter` is a level, or `target=level` with commas between, as in `RUST_LOG`; an empty one is `info`.
///
/// # Errors
/// The filter cannot be parsed.
pub fn init(format: LogFormat, filter: &str) -> Result<(), ParseError> {
    let directives = directives(filter)?;
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

#[cfg(test)]
mod tests {
    use tracing::Level;

    use super::directives;

    #[test]
    fn the_sdk_is_silent_unless_it_is_asked() {
        let tells = |filter: &str, target| {
            directives(filter)
                .unwrap()
                .would_enable(target, &Level::DEBUG)
        };
        assert!(tells("debug", "les::node"));
        assert!(!tells("debug", "aws_config::imds"));
        assert!(!tells("", "aws_config::imds"));
        assert!(tells("info,aws_=debug", "aws_config::imds"));
        assert!(tells("info,aws_config=debug", "aws_config::imds"));
        assert!(directives("les=loud").is_err());
    }
}
