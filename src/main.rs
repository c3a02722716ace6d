//! The program: arguments, configuration, logs, `App::build`, `App::run`. Everything else is in the library and in `cli`.
//!
//! Exit codes: 0 done; 1 failed; 64 the command line or the configuration is wrong, and starting again will not help.

mod cli;
mod providers;

use std::process::ExitCode;

fn main() -> ExitCode {
    cli::main(std::env::args_os()).unwrap_or_else(|error| {
        eprintln!("les: {error:#}");
        ExitCode::FAILURE
    })
}
