//! The cloud: a register per address, with slow calls, refusals, calls that fail after their effect, and calls that land late.

use std::collections::BTreeMap;
use std::time::Duration;

use fastrand::Rng;
use les_core::{Failed, FailureKind, Seen};

use crate::time::At;

/// How a call's outcome is drawn, in per cent.
#[derive(Clone, Copy, Debug, Default)]
pub struct CallFaults {
    /// Fails without an effect.
    pub transient: u32,
    /// Refused for its frequency.
    pub throttled: u32,
    /// The caller sees a timeout; the call took effect.
    pub effect_then_timeout: u32,
    /// The caller sees a timeout; the call never takes effect.
    pub timeout: u32,
    /// The caller sees a timeout; the call takes effect up to 20 s later.
    pub late: u32,
    /// A reading shows the state before the last move.
    pub stale: u32,
}

/// One change of holder.
#[derive(Clone, Debug)]
pub struct Move {
    /// When.
    pub at: At,
    /// Which address.
    pub address: usize,
    /// From whom.
    pub from: Option<String>,
    /// To whom.
    pub to: Option<String>,
    /// It came from a call whose caller had given up.
    pub late: bool,
    /// A person did it, not a node.
    pub by_hand: bool,
}

/// The register.
#[derive(Clone, Debug, Default)]
pub struct Cloud {
    holders: Vec<Option<String>>,
    before: Vec<(Option<String>, At)>,
    versions: Vec<u64>,
    /// Machines that are stopped, reported with a reading if `reports_status`.
    pub down: BTreeMap<String, ()>,
    /// Readings carry a version, and a write that expects another one is refused (compare-and-set).
    pub versioned: bool,
    /// A reading tells that the holder is stopped.
    pub reports_status: bool,
    /// How calls fail.
    pub faults: CallFaults,
    /// Least and most time of one call, in microseconds.
    pub latency: (u64, u64),
    /// Every change of holder.
    pub moves: Vec<Move>,
}

/// How long after a move a reading may be stale: less than the settle time that the nodes are told.
const STALE_FOR: Duration = Duration::from_millis(1500);
/// The settle time that the nodes are told.
pub const SETTLE: Duration = Duration::from_secs(2);
/// When a caller gives up.
pub const CALL_TIMEOUT: Duration = Duration::from_secs(10);

/// What becomes of a write.
#[derive(Clone, Copy, Debug)]
pub struct WriteFate {
    /// When it takes effect.
    pub effect: Option<At>,
    /// The effect comes after the caller gave up.
    pub late: bool,
    /// When the caller learns the outcome.
    pub returns: At,
    /// The outcome.
    pub result: Result<(), FailureKind>,
}

impl Cloud {
    /// With that many free addresses.
    #[must_use]
    pub fn new(addresses: usize, latency: (u64, u64)) -> Self {
        Self {
            holders: vec![None; addresses],
            before: vec![(None, At::default()); addresses],
            versions: vec![0; addresses],
            latency,
            ..Self::default()
        }
    }

    /// Who holds an address.
    #[must_use]
    pub fn holder(&self, address: usize) -> Option<&str> {
        self.holders[address].as_deref()
    }

    /// Changes the holder now.
    pub fn apply(&mut self, at: At, address: usize, to: Option<String>, late: bool, by_hand: bool) {
        let from = self.holders[address].clone();
        if from == to {
            return;
        }
        self.before[address] = (from.clone(), at);
        self.versions[address] += 1;
        self.holders[address] = to.clone();
        self.moves.push(Move {
            at,
            address,
            from,
            to,
            late,
            by_hand,
        });
    }

    /// Whether a write that expects that version is carried out.
    #[must_use]
    pub fn accepts(&self, address: usize, expected: Option<u64>) -> bool {
        expected.is_none_or(|version| !self.versioned || version == self.versions[address])
    }

    fn one_way(&self, rng: &mut Rng) -> Duration {
        Duration::from_micros(rng.u64(self.latency.0..=self.latency.1) / 2)
    }

    /// When a reading arrives and returns, and how it fails if so.
    pub fn plan_read(&self, now: At, rng: &mut Rng) -> (At, At, Option<FailureKind>) {
        let arrives = now.after(self.one_way(rng));
        let returns = arrives.after(self.one_way(rng));
        let dice = rng.u32(0..100);
        let f = self.faults;
        if dice < f.transient {
            (arrives, returns, Some(FailureKind::Transient))
        } else if dice < f.transient + f.throttled {
            (arrives, returns, Some(FailureKind::Throttled))
        } else if dice < f.transient + f.throttled + f.timeout {
            (
                arrives,
                now.after(CALL_TIMEOUT),
                Some(FailureKind::Transient),
            )
        } else {
            (arrives, returns, None)
        }
    }

    /// What a reading shows.
    pub fn read(&self, now: At, address: usize, rng: &mut Rng) -> Seen {
        let (old, changed) = &self.before[address];
        let stale = now.since(*changed) < STALE_FOR && rng.u32(0..100) < self.faults.stale;
        let holder = if stale {
            old.clone()
        } else {
            self.holders[address].clone()
        };
        let version = self.versions[address] - u64::from(stale);
        let holder_down =
            self.reports_status && holder.as_ref().is_some_and(|h| self.down.contains_key(h));
        Seen {
            holder,
            version: self.versioned.then(|| version.to_string()),
            busy: false,
            holder_down,
        }
    }

    /// What becomes of a write that is sent now.
    pub fn plan_write(&self, now: At, rng: &mut Rng) -> WriteFate {
        let arrives = now.after(self.one_way(rng));
        let returns = arrives.after(self.one_way(rng));
        let gave_up = now.after(CALL_TIMEOUT);
        let f = self.faults;
        let mut dice = rng.u32(0..100);
        let mut hit = |share: u32| {
            let hit = dice < share;
            dice = if hit { u32::MAX } else { dice - share };
            hit
        };
        if hit(f.transient) {
            WriteFate {
                effect: None,
                late: false,
                returns,
                result: Err(FailureKind::Transient),
            }
        } else if hit(f.throttled) {
            WriteFate {
                effect: None,
                late: false,
                returns,
                result: Err(FailureKind::Throttled),
            }
        } else if hit(f.effect_then_timeout) {
            WriteFate {
                effect: Some(arrives),
                late: false,
                returns: gave_up,
                result: Err(FailureKind::MaybeApplied),
            }
        } else if hit(f.timeout) {
            WriteFate {
                effect: None,
                late: false,
                returns: gave_up,
                result: Err(FailureKind::MaybeApplied),
            }
        } else if hit(f.late) {
            let lands = gave_up.after(Duration::from_millis(rng.u64(0..20_000)));
            WriteFate {
                effect: Some(lands),
                late: true,
                returns: gave_up,
                result: Err(FailureKind::MaybeApplied),
            }
        } else {
            WriteFate {
                effect: Some(arrives),
                late: false,
                returns,
                result: Ok(()),
            }
        }
    }

    /// A call's failure with a back-off as the driver draws it: full jitter over a doubling delay.
    #[must_use]
    pub fn failed(kind: FailureKind, attempts: u32, rng: &mut Rng) -> Failed {
        let ceiling = 200_u64.saturating_mul(1 << attempts.min(6));
        Failed {
            kind,
            retry_in: Duration::from_millis(rng.u64(0..=ceiling)),
        }
    }
}
