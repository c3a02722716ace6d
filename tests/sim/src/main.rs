//! `les-sim run [COUNT] [FIRST]` runs seeds on all cores; `les-sim replay SEED` prints one run event by event; `les-sim soak [HOURS] [FIRST]`
//! simulates that many hours of dense faults (`replay-dense SEED`).

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
        Some("replay-dense") => {
            println!("{}", les_sim::run_dense(number(1, 0), true).stats);
            ExitCode::SUCCESS
        }
        Some("soak") => run_soak(number(2, 0), number(1, 100)),
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
            eprintln!(
                "usage: les-sim run [COUNT] [FIRST] | soak [HOURS] [FIRST] | replay SEED | replay-dense SEED"
            );
            ExitCode::from(64)
        }
    }
}

fn run_soak(first: u64, hours: u64) -> ExitCode {
    let progress = |soak: &les_sim::soak::Soak| {
        eprintln!(
            "{} of {hours} hours, runs with needless moves {:?}, {} violations",
            soak.hours(),
            soak.needless,
            soak.violations.len()
        );
    };
    let soak = les_sim::soak::soak(first, hours, progress);
    print!("{soak}");
    if soak.violations.is_empty() && soak.needless.is_empty() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}
