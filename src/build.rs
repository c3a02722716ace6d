//! Passes the version and the commit to `les version`: `LES_COMMIT` if it is set, else what git says, else nothing (a source archive has no git).

use std::path::Path;
use std::process::Command;

fn main() {
    println!("cargo::rerun-if-env-changed=LES_COMMIT");
    // Appended to by every commit and checkout. Named only where it exists: a missing file would rerun this at every build.
    if Path::new(".git/logs/HEAD").exists() {
        println!("cargo::rerun-if-changed=.git/logs/HEAD");
    }
    println!("cargo::rerun-if-changed=src/build.rs");
    let commit = std::env::var("LES_COMMIT").ok().or_else(commit_of_checkout);
    let commit = commit.as_deref().unwrap_or("unknown commit");
    println!(
        "cargo::rustc-env=LES_VERSION={} ({commit})",
        env!("CARGO_PKG_VERSION")
    );
}

fn commit_of_checkout() -> Option<String> {
    let git = Command::new("git")
        .args(["rev-parse", "--short=12", "HEAD"])
        .output()
        .ok()?;
    let commit = String::from_utf8(git.stdout).ok()?.trim().to_owned();
    (git.status.success() && !commit.is_empty()).then_some(commit)
}
