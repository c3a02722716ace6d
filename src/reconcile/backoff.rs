//! How long to wait after a failed call: exponential, with full jitter, never less than the cloud asks.

use std::time::Duration;

use backon::{BackoffBuilder as _, ExponentialBackoff, ExponentialBuilder};
use les_provider::ErrorKind;

/// The first delay's upper end. A takeover that failed once is worth a second try soon.
const FIRST: Duration = Duration::from_millis(500);
/// The last delay's upper end: with full jitter a call every 15 s on average, far below any cloud's quota.
const LONGEST: Duration = Duration::from_secs(30);
/// What only a person can mend is looked at again this often.
const FOR_A_PERSON: Duration = Duration::from_secs(60);
/// A Retry-After beyond this is not believed: no quota that matters here resets later, and an address may be waiting.
const LONGEST_RETRY_AFTER: Duration = Duration::from_secs(300);

/// The delays between failures in a row.
///
/// Full jitter (uniform from zero to the delay) spreads the nodes of a cluster most; backon's own jitter only adds to the delay, so it is drawn here.
#[derive(Debug)]
pub struct Backoff {
    delays: ExponentialBackoff,
    random: fastrand::Rng,
}

impl Backoff {
    /// One whose jitter is drawn from `seed`.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self {
            delays: delays(),
            random: fastrand::Rng::with_seed(seed),
        }
    }

    /// After a success, or a change of leader.
    pub fn reset(&mut self) {
        self.delays = delays();
    }

    /// The pause after a failure of this kind.
    pub fn after(&mut self, kind: ErrorKind) -> Duration {
        if matches!(
            kind,
            ErrorKind::Denied | ErrorKind::NotFound | ErrorKind::Misconfigured
        ) {
            return FOR_A_PERSON;
        }
        let longest = self.delays.next().unwrap_or(LONGEST);
        let drawn = longest.mul_f64(self.random.f64());
        match kind {
            ErrorKind::Throttled {
                retry_after: Some(asked),
            } => drawn.max(asked.min(LONGEST_RETRY_AFTER)),
            _ => drawn,
        }
    }
}

fn delays() -> ExponentialBackoff {
    ExponentialBuilder::default()
        .with_min_delay(FIRST)
        .with_max_delay(LONGEST)
        .with_factor(2.0)
        .without_max_times()
        .build()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn delays_grow_to_a_bound_and_are_spread_from_zero() {
        let mut most = [Duration::ZERO; 12];
        let mut least = [LONGEST; 12];
        for seed in 0..400 {
            let mut backoff = Backoff::new(seed);
            for i in 0..12 {
                let delay = backoff.after(ErrorKind::Transient);
                most[i] = most[i].max(delay);
                least[i] = least[i].min(delay);
            }
        }
        for i in 0..12 {
            let bound = LONGEST.min(FIRST * 2_u32.pow(u32::try_from(i).unwrap()));
            assert!(
                most[i] <= bound && most[i] > bound.mul_f64(0.9),
                "{i}: {:?} of {bound:?}",
                most[i]
            );
            assert!(
                least[i] < bound.mul_f64(0.1),
                "{i}: full jitter begins at zero"
            );
        }
    }

    #[test]
    fn retry_after_is_a_floor_and_is_bounded() {
        let mut backoff = Backoff::new(1);
        let asked = |secs| ErrorKind::Throttled {
            retry_after: Some(Duration::from_secs(secs)),
        };
        assert_eq!(backoff.after(asked(40)), Duration::from_secs(40));
        assert_eq!(backoff.after(asked(86_400)), LONGEST_RETRY_AFTER);
        assert!(backoff.after(ErrorKind::Throttled { retry_after: None }) <= LONGEST);
        assert_eq!(backoff.after(ErrorKind::Denied), FOR_A_PERSON);
    }

    #[test]
    fn a_reset_begins_again() {
        let mut backoff = Backoff::new(7);
        for _ in 0..10 {
            backoff.after(ErrorKind::Transient);
        }
        backoff.reset();
        assert!(backoff.after(ErrorKind::Transient) <= FIRST);
    }
}
