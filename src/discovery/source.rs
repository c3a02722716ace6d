//! The loop of one source: when it is asked.

use std::time::Duration;

use backon::{BackoffBuilder as _, ExponentialBackoff, ExponentialBuilder};
use les_core::Addr;
use tokio::sync::mpsc;

use super::asker::{AskFailure, Asker};
use super::known::Answer;
use crate::config::DiscoverySource;

/// How soon a source is asked again that failed or named nobody else: the nodes of a new cluster are made within seconds of each other.
const FIRST: Duration = Duration::from_secs(1);
/// A Retry-After beyond this is not believed.
const LONGEST_RETRY_AFTER: Duration = Duration::from_secs(3600);

/// Whose answer, and the answer.
pub(super) type Report = (usize, Result<Answer, AskFailure>);

/// The loop.
#[derive(Debug)]
pub(super) struct SourceLoop {
    pub(super) index: usize,
    pub(super) source: DiscoverySource,
    pub(super) asker: Asker,
    /// This node.
    pub(super) me: Addr,
    pub(super) pauses: Pauses,
    pub(super) reports: mpsc::Sender<Report>,
}

impl SourceLoop {
    /// Asks until nobody listens to the reports any more.
    pub(super) async fn run(mut self) {
        loop {
            // Who knows nobody yet does not wait: without siblings there is no takeover either.
            if self.pauses.knows_others {
                self.asker.wait_for_allowance(&self.source).await;
            }
            let answer = self.asker.ask(&self.source).await;
            let pause = self.pauses.after(&answer, &self.me);
            if self.reports.send((self.index, answer)).await.is_err() {
                return;
            }
            tokio::time::sleep(pause).await;
        }
    }
}

/// How long to wait after an answer.
#[derive(Debug)]
pub(super) struct Pauses {
    interval: Duration,
    /// The last answer named others than this node.
    knows_others: bool,
    soon: ExponentialBackoff,
    random: fastrand::Rng,
}

impl Pauses {
    pub(super) fn new(interval: Duration, jitter_seed: u64) -> Self {
        Self {
            interval,
            knows_others: false,
            soon: soon(interval),
            random: fastrand::Rng::with_seed(jitter_seed),
        }
    }

    /// The interval, or sooner while the source fails or names nobody but this node. Up to a fifth (sooner: half) is taken off by chance.
    fn after(&mut self, answer: &Result<Answer, AskFailure>, me: &Addr) -> Duration {
        let names_others = |answer: &Answer| answer.named.iter().any(|addr| addr != me);
        self.knows_others = answer.as_ref().is_ok_and(names_others);
        if self.knows_others {
            self.soon = soon(self.interval);
            return self.interval.mul_f64(1.0 - self.random.f64() / 5.0);
        }
        let longest = self.soon.next().unwrap_or(self.interval);
        let drawn = longest.mul_f64(1.0 - self.random.f64() / 2.0);
        let asked = answer.as_ref().err().and_then(AskFailure::retry_after);
        drawn.max(asked.unwrap_or_default().min(LONGEST_RETRY_AFTER))
    }
}

fn soon(interval: Duration) -> ExponentialBackoff {
    ExponentialBuilder::default()
        .with_min_delay(FIRST)
        .with_max_delay(interval)
        .with_factor(2.0)
        .without_max_times()
        .build()
}

#[cfg(test)]
mod tests {
    use les_provider::{ErrorKind, ProviderError};

    use super::*;

    const INTERVAL: Duration = Duration::from_secs(60);

    fn found(addrs: &[&str]) -> Result<Answer, AskFailure> {
        let named = addrs.iter().map(|addr| addr.parse().unwrap()).collect();
        Ok(Answer { named, whole: true })
    }

    #[test]
    fn it_is_asked_each_interval_and_sooner_while_nobody_else_is_found() {
        let me = "a:1".parse().unwrap();
        for seed in 0..50 {
            let mut pauses = Pauses::new(INTERVAL, seed);
            for _ in 0..2 {
                for longest in [1, 2, 4, 8, 16, 32, 60, 60] {
                    let longest = Duration::from_secs(longest);
                    let pause = pauses.after(&found(&["a:1"]), &me);
                    assert!(pause <= longest && pause >= longest / 2, "{pause:?}");
                }
                let pause = pauses.after(&found(&["a:1", "b:1"]), &me);
                assert!(
                    pause <= INTERVAL && pause >= INTERVAL.mul_f64(0.8),
                    "{pause:?}"
                );
            }
        }
    }

    #[test]
    fn a_failure_is_tried_again_soon_but_not_sooner_than_the_cloud_asks() {
        let me = "a:1".parse().unwrap();
        let mut pauses = Pauses::new(INTERVAL, 1);
        let failure = Err(AskFailure::NoProvider);
        assert!(pauses.after(&failure, &me) <= FIRST);
        let throttled = |retry_after| {
            let kind = ErrorKind::Throttled { retry_after };
            let error = ProviderError {
                kind,
                operation: "discover",
                message: String::new(),
                source: None,
            };
            Err(AskFailure::Provider(error))
        };
        let long = Duration::from_secs(200);
        assert_eq!(pauses.after(&throttled(Some(long)), &me), long);
        let absurd = throttled(Some(Duration::from_secs(1_000_000)));
        assert_eq!(pauses.after(&absurd, &me), LONGEST_RETRY_AFTER);
        assert!(pauses.after(&throttled(None), &me) <= INTERVAL);
    }
}
