//! `les-sim run [COUNT] [FIRST]` runs seeds on all cores; `les-sim replay SEED` prints one run event by event.

use std::process::ExitCode;

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let number = |index: usize, default: u64| {
        args.get(index)
            .and_then(|a| a.parse().ok())
            .unwrap_or(default)
    };
    match args.first().map(String::as_str) {
        Some("replay") => {
            println!("{}", les_sim::run_seed(number(1, 0), true).stats);
            ExitCode::SUCCESS
        }
        Some("run") => match les_sim::run_many(number(2, 0), number(1, 1000)) {
            Ok(stats) => {
                println!("{stats}");
                ExitCode::SUCCESS
            }
            Err(failure) => {
                eprintln!("{failure}");
                ExitCode::FAILURE
            }
        },
        _ => {
            eprintln!("usage: les-sim run [COUNT] [FIRST] | les-sim replay SEED");
            ExitCode::from(64)
        }
    }
}
