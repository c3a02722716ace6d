//! Quantiles by nearest rank.

use std::time::Duration;

/// The smallest sample that at least `per_mille` ‰ of the samples do not exceed; `None` without samples.
pub(crate) fn quantile(samples: &[Duration], per_mille: usize) -> Option<Duration> {
    let mut sorted = samples.to_vec();
    sorted.sort_unstable();
    let rank = (sorted.len() * per_mille).div_ceil(1000).max(1);
    sorted.get(rank - 1).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_are_samples_of_nearest_rank() {
        let samples: Vec<Duration> = (1..=50).rev().map(Duration::from_millis).collect();
        assert_eq!(quantile(&samples, 500), Some(Duration::from_millis(25)));
        assert_eq!(quantile(&samples, 990), Some(Duration::from_millis(50)));
        assert_eq!(quantile(&samples, 1000), Some(Duration::from_millis(50)));
        assert_eq!(
            quantile(&samples[..1], 500),
            Some(Duration::from_millis(50))
        );
        assert_eq!(quantile(&[], 500), None);
    }
}
