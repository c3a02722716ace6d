//! What was measured, and on what.

use std::fmt::Write as _;
use std::fs;
use std::time::Duration;

pub(crate) fn milliseconds(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1000.0
}

/// The quantiles (nearest rank) and the machine.
pub(crate) fn text(samples: &mut [Duration], nodes: usize, loop_rate: u32) -> String {
    samples.sort_unstable();
    let mut text = format!(
        "from SIGKILL of the leader to the cloud receiving the call: {} kills, {nodes} nodes, loop rate {loop_rate} s\n",
        samples.len()
    );
    for (name, per_cent) in [("p50", 50), ("p99", 99), ("max", 100)] {
        if let Some(sample) = quantile(samples, per_cent) {
            let _ = writeln!(text, "  {name} {:8.1} ms", milliseconds(sample));
        }
    }
    let _ = writeln!(text, "on {}", machine());
    text
}

/// The smallest sample that at least `per_cent` % of the samples do not exceed. `sorted` ascends.
fn quantile(sorted: &[Duration], per_cent: usize) -> Option<Duration> {
    let rank = (sorted.len() * per_cent).div_ceil(100).max(1);
    sorted.get(rank - 1).copied()
}

/// Processor, cores, memory and kernel, as far as the system tells.
fn machine() -> String {
    let cpu =
        field("/proc/cpuinfo", "model name").unwrap_or_else(|| "unknown processor".to_owned());
    let memory = field("/proc/meminfo", "MemTotal").unwrap_or_else(|| "unknown".to_owned());
    let kernel = fs::read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default();
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    format!(
        "{cpu}, {cores} cores, {memory} of memory, {} {}",
        std::env::consts::OS,
        kernel.trim()
    )
}

fn field(file: &str, name: &str) -> Option<String> {
    let text = fs::read_to_string(file).ok()?;
    let line = text.lines().find(|line| line.starts_with(name))?;
    Some(line.split_once(':')?.1.trim().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_are_samples_of_nearest_rank() {
        let samples: Vec<Duration> = (1..=50).map(Duration::from_millis).collect();
        assert_eq!(quantile(&samples, 50), Some(Duration::from_millis(25)));
        assert_eq!(quantile(&samples, 99), Some(Duration::from_millis(50)));
        assert_eq!(quantile(&samples, 100), Some(Duration::from_millis(50)));
        assert_eq!(quantile(&samples[..1], 50), Some(Duration::from_millis(1)));
        assert_eq!(quantile(&[], 50), None);
    }
}
