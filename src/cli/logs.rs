//! Starts logging as the environment says: `LES_LOG` (or `RUST_LOG`) filters, `LES_LOG_FORMAT` says how lines look.

use std::process::ExitCode;

use les::config::{ConfigError, Origin, Rule};
use les::telemetry::{self, LogControl, LogFormat};
use les::trace::Exporter;

use super::EXIT_CONFIG;
use super::run::refuse;

const FORMAT: &str = "LES_LOG_FORMAT";

/// A daemon's logs: human on a terminal, JSON elsewhere.
pub(super) fn start_daemon(exporter: Option<&Exporter>) -> Result<LogControl, ExitCode> {
    start(LogFormat::for_daemon, exporter)
}

/// The logs of a command that a person runs.
pub(super) fn start_command() -> Result<LogControl, ExitCode> {
    start(LogFormat::for_command, None)
}

fn start(
    format: fn(&str) -> Option<LogFormat>,
    exporter: Option<&Exporter>,
) -> Result<LogControl, ExitCode> {
    let var = |name: &'static str| std::env::var(name).ok().map(|value| (name, value));
    let (_, written) = var(FORMAT).unwrap_or_default();
    let Some(format) = format(&written) else {
        let rule = Rule::NotAChoice {
            allowed: LogFormat::CHOICES,
        };
        return Err(refused(
            "the log format",
            format!("{written:?}"),
            FORMAT,
            rule,
        ));
    };
    let (name, filter) = var("LES_LOG")
        .or_else(|| var("RUST_LOG"))
        .unwrap_or_default();
    telemetry::init(format, &filter, exporter).map_err(|error| {
        let rule = Rule::LogFilter(error.to_string());
        refused("the log filter", filter, name, rule)
    })
}

/// Says it in the one way that is left.
fn refused(key: &str, value: String, variable: &str, rule: Rule) -> ExitCode {
    // The empty filter always parses; if even this fails, logging has begun already.
    let _ = telemetry::init(LogFormat::Human, "", None);
    let origin = Origin::Env(variable.to_owned());
    refuse(&ConfigError::invalid(key, value, origin, rule), EXIT_CONFIG)
}
