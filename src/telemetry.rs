//! Logs: one line per event on stderr, human or JSON, with the time in UTC to the microsecond and a stable `event` name.

use std::io::IsTerminal as _;

use tokio::sync::watch;
use tracing_subscriber::filter::{LevelFilter, ParseError, Targets};
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;
use tracing_subscriber::{Layer as _, Registry, fmt, reload};

use crate::trace::{self, Exporter};

/// How lines look.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogFormat {
    /// For people.
    Human,
    /// One JSON object per line.
    Json,
}

impl LogFormat {
    /// What `LES_LOG_FORMAT` may be.
    pub const CHOICES: &[&str] = &["auto", "human", "json"];

    /// A daemon's: what is `written`, and with `auto` (or nothing) human on a terminal, JSON anywhere else. `None` if it is no choice.
    #[must_use]
    pub fn for_daemon(written: &str) -> Option<Self> {
        match written {
            "" | "auto" if std::io::stderr().is_terminal() => Some(Self::Human),
            "" | "auto" | "json" => Some(Self::Json),
            "human" => Some(Self::Human),
            _ => None,
        }
    }

    /// A command's, which a person or a script runs and reads: human unless JSON is `written`. `None` if it is no choice.
    #[must_use]
    pub fn for_command(written: &str) -> Option<Self> {
        match written {
            "" | "auto" | "human" => Some(Self::Human),
            "json" => Some(Self::Json),
            _ => None,
        }
    }
}

/// How the targets of the AWS SDK begin.
const SDK: &str = "aws_";

/// What is told: a level, or `target=level` with commas between, as in `RUST_LOG`; an empty filter is `info`.
///
/// The AWS SDK tells of each request in a hundred lines, and of each failure in one that repeats ours: it is silent unless it is asked.
fn directives(filter: &str) -> Result<Targets, ParseError> {
    let directives = if filter.is_empty() {
        Targets::new()
    } else {
        filter.parse::<Targets>()?
    };
    // What no directive names is told from `info` on.
    let default = directives.default_level().unwrap_or(LevelFilter::INFO);
    let directives = directives.with_default(default);
    // Spans are for the exporter.
    let directives = directives.with_target(trace::TARGET, LevelFilter::OFF);
    let asked = directives.iter().any(|(target, _)| target.starts_with(SDK));
    Ok(if asked {
        directives
    } else {
        directives.with_target(SDK, LevelFilter::OFF)
    })
}

/// Changes what is logged while the process runs. Clones do the same.
#[derive(Clone, Debug)]
pub struct LogControl {
    handle: reload::Handle<Targets, Registry>,
    /// The filter with which it started, and the one in force.
    filters: watch::Sender<(String, String)>,
}

impl LogControl {
    /// The filter in force, as it was written; `info` for an empty one.
    #[must_use]
    pub fn filter(&self) -> String {
        shown(&self.filters.borrow().1)
    }

    /// Puts `filter` in force; an empty one is the one with which the process started. Returns what is in force now.
    ///
    /// # Errors
    /// It cannot be parsed. Nothing changes.
    pub fn set(&self, filter: &str) -> Result<String, ParseError> {
        let filter = match filter {
            "" => self.filters.borrow().0.clone(),
            _ => filter.to_owned(),
        };
        let directives = directives(&filter)?;
        // An error means that logging has ended: the process is about to.
        let _ = self.handle.modify(|current| *current = directives);
        self.filters
            .send_modify(|filters| filters.1.clone_from(&filter));
        Ok(shown(&filter))
    }
}

fn shown(filter: &str) -> String {
    if filter.is_empty() { "info" } else { filter }.to_owned()
}

/// Starts logging, and exporting spans if there is an exporter.
///
/// # Errors
/// The filter cannot be parsed.
pub fn init(
    format: LogFormat,
    filter: &str,
    exporter: Option<&Exporter>,
) -> Result<LogControl, ParseError> {
    let (filtered, handle) = reload::Layer::new(directives(filter)?);
    let lines = fmt::layer()
        // Otherwise a line that cannot be written is reported on the same stderr by a print that panics: a node would die with its log's reader.
        .log_internal_errors(false)
        .with_writer(std::io::stderr);
    let lines = match format {
        LogFormat::Human => {
            let ansi = std::io::stderr().is_terminal();
            let human = lines.with_ansi(ansi).with_target(false);
            human.with_filter(filtered).boxed()
        }
        LogFormat::Json => {
            let json = lines.json().flatten_event(true);
            let json = json.with_current_span(false).with_span_list(false);
            json.with_filter(filtered).boxed()
        }
    };
    let layers: Vec<_> = std::iter::once(lines)
        .chain(exporter.map(Exporter::layer))
        .collect();
    tracing_subscriber::registry().with(layers).init();
    let filters = watch::Sender::new((filter.to_owned(), filter.to_owned()));
    Ok(LogControl { handle, filters })
}

#[cfg(test)]
mod tests {
    use tracing::Level;

    use super::*;

    #[test]
    fn the_sdk_is_silent_unless_it_is_asked() {
        let tells = |filter: &str, target| {
            directives(filter)
                .unwrap()
                .would_enable(target, &Level::DEBUG)
        };
        assert!(tells("debug", "les::node"));
        assert!(!tells("", "les::node"));
        assert!(!tells("debug", "aws_config::imds"));
        assert!(!tells("", "aws_config::imds"));
        assert!(tells("info,aws_=debug", "aws_config::imds"));
        assert!(tells("info,aws_config=debug", "aws_config::imds"));
        assert!(directives("les=loud").is_err());
    }

    #[test]
    fn a_daemon_without_a_terminal_writes_json_and_a_command_does_not() {
        assert_eq!(LogFormat::for_daemon("human"), Some(LogFormat::Human));
        assert_eq!(LogFormat::for_command(""), Some(LogFormat::Human));
        assert_eq!(LogFormat::for_command("json"), Some(LogFormat::Json));
        for written in LogFormat::CHOICES {
            assert!(LogFormat::for_daemon(written).is_some(), "{written}");
            assert!(LogFormat::for_command(written).is_some(), "{written}");
        }
        assert_eq!(LogFormat::for_daemon("xml"), None);
        assert_eq!(LogFormat::for_command("xml"), None);
    }
}
