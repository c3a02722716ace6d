//! `les version`: which program this is.

use std::io::Write as _;
use std::process::ExitCode;

/// The commit, if the build knew it.
const COMMIT: &str = match option_env!("LES_COMMIT") {
    Some(commit) => commit,
    None => "unknown commit",
};

pub(super) fn run() -> anyhow::Result<ExitCode> {
    writeln!(
        std::io::stdout(),
        "les {} ({COMMIT})",
        env!("CARGO_PKG_VERSION")
    )?;
    Ok(ExitCode::SUCCESS)
}
