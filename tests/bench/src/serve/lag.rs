//! How late the loop that elects was, from the histogram in `/metrics`.

/// Counts by upper bound, in seconds.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Lags {
    /// In order; each counts all that are not above its bound. The last bound is infinity.
    buckets: Vec<(f64, u64)>,
}

const BUCKET: &str = "les_loop_lag_seconds_bucket{le=\"";

impl Lags {
    /// From the text of `/metrics`; `None` if it has none, or in no form that is known.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let lines = text.lines().filter_map(|line| line.strip_prefix(BUCKET));
        let bucket = |line: &str| {
            let (bound, count) = line.split_once("\"} ")?;
            // Rust reads `+Inf` as Prometheus writes it.
            Some((bound.parse().ok()?, count.trim().parse().ok()?))
        };
        let buckets: Vec<(f64, u64)> = lines.map(bucket).collect::<Option<_>>()?;
        (!buckets.is_empty()).then_some(Self { buckets })
    }

    /// What has been added since `before`, of the same node.
    pub(crate) fn since(&self, before: &Self) -> Self {
        let counts = self.buckets.iter().zip(&before.buckets);
        let added = counts.map(|((bound, now), (_, then))| (*bound, now.saturating_sub(*then)));
        Self {
            buckets: added.collect(),
        }
    }

    /// How often the loop was woken.
    pub(crate) fn count(&self) -> u64 {
        self.buckets.last().map_or(0, |(_, count)| *count)
    }

    /// The bound that at least `per_mille` ‰ do not exceed, in milliseconds; `None` without any.
    pub(crate) fn at_most_ms(&self, per_mille: u64) -> Option<f64> {
        let rank = (self.count() * per_mille).div_ceil(1000).max(1);
        let reached = self.buckets.iter().find(|(_, count)| *count >= rank);
        reached.map(|(bound, _)| bound * 1000.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(counts: [u64; 3]) -> String {
        let [a, b, c] = counts;
        format!(
            "# TYPE les_loop_lag_seconds histogram\n\
             les_loop_lag_seconds_bucket{{le=\"0.001\"}} {a}\n\
             les_loop_lag_seconds_bucket{{le=\"0.002\"}} {b}\n\
             les_loop_lag_seconds_bucket{{le=\"+Inf\"}} {c}\n\
             les_loop_lag_seconds_sum 1.5\nles_loop_lag_seconds_count {c}\n"
        )
    }

    #[test]
    fn bounds_are_those_of_what_was_added() {
        let before = Lags::parse(&text([100, 100, 100])).unwrap();
        let after = Lags::parse(&text([600, 1090, 1100])).unwrap();
        let added = after.since(&before);
        assert_eq!(added.count(), 1000);
        assert_eq!(added.at_most_ms(500), Some(1.0));
        assert_eq!(added.at_most_ms(990), Some(2.0));
        assert_eq!(added.at_most_ms(1000), Some(f64::INFINITY));
        assert_eq!(before.since(&before).at_most_ms(500), None);
        assert_eq!(Lags::parse("les_leader 1\n"), None);
    }
}
