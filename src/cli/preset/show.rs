//! `les preset show`: a built-in preset's text.

use std::io::Write as _;
use std::process::ExitCode;

use les_provider_rest::{Preset, builtin_text};

use super::wrong;

pub(super) fn run(name: &str) -> anyhow::Result<ExitCode> {
    match (builtin_text(name), Preset::builtin(name)) {
        (Some(text), _) => {
            // To the byte: this is the start of a file.
            std::io::stdout().write_all(text.as_bytes())?;
            Ok(ExitCode::SUCCESS)
        }
        (None, Err(unknown)) => Ok(wrong(unknown)),
        (None, Ok(_)) => Ok(wrong(format_args!("the preset {name} has no text"))),
    }
}
