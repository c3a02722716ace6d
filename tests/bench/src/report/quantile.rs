//! Quantiles by nearest rank.

use std::time::Duration;

/// The smallest sample that at least `per_cent` % of the samples do not exceed; `None` without samples.
pub(super) fn quantile(samples: &[Duration], per_cent: usize) -> Option<Duration> {
    let mut sorted = samples.to_vec();
    sorted.sort_unstable();
    let rank = (sorted.len() * per_cent).div_ceil(100).max(1);
    sorted.get(rank - 1).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_are_samples_of_nearest_rank() {
        let samples: Vec<Duration> = (1..=50).rev().map(Duration::from_millis).collect();
        assert_eq!(quantile(&samples, 50), Some(Duration::from_millis(25)));
        assert_eq!(quantile(&samples, 99), Some(Duration::from_millis(50)));
        assert_eq!(quantile(&samples, 100), Some(Duration::from_millis(50)));
        assert_eq!(quantile(&samples[..1], 50), Some(Duration::from_millis(50)));
        assert_eq!(quantile(&[], 50), None);
    }
}
