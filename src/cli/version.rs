//! `les version`: which program this is.

use std::io::Write as _;
use std::process::ExitCode;

pub(super) fn run() -> anyhow::Result<ExitCode> {
    writeln!(std::io::stdout(), "les {}", les::VERSION)?;
    Ok(ExitCode::SUCCESS)
}
