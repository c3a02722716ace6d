//! Where and of what a measurement was made.

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::args::Measure;
use crate::system::keepalived_version;

/// Processor, cores, memory and kernel, as far as the system tells.
pub(crate) fn description() -> Vec<String> {
    let cpu =
        field("/proc/cpuinfo", "model name").unwrap_or_else(|| "unknown processor".to_owned());
    let memory = field("/proc/meminfo", "MemTotal").unwrap_or_else(|| "unknown".to_owned());
    let kernel = fs::read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default();
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    vec![format!(
        "{cpu}, {cores} cores, {memory} of memory, {} {}",
        std::env::consts::OS,
        kernel.trim()
    )]
}

/// Of what is measured.
pub(super) fn versions(args: &Measure) -> Vec<String> {
    let mut versions = Vec::new();
    versions.extend(version(&args.les));
    versions.extend(keepalived_version());
    versions.extend(
        args.reference
            .as_ref()
            .map(|path| format!("the reference node, {}", path.display())),
    );
    versions
}

/// Of this `les`, if it says.
pub(crate) fn version(les: &Path) -> Option<String> {
    said(Command::new(les).arg("version"))
}

/// The date in UTC.
pub(crate) fn today() -> String {
    said(Command::new("date").args(["-u", "+%F"])).unwrap_or_else(|| "an unknown day".to_owned())
}

/// The first line of a command's output.
fn said(command: &mut Command) -> Option<String> {
    let output = command.output().ok()?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    text.lines().next().map(str::to_owned)
}

fn field(file: &str, name: &str) -> Option<String> {
    let text = fs::read_to_string(file).ok()?;
    let line = text.lines().find(|line| line.starts_with(name))?;
    Some(line.split_once(':')?.1.trim().to_owned())
}
