//! One address's reconciliation: read, judge, at most one write, read again.
//!
//! The driver asks for the [`Step`], does exactly that, reports how it ended, and asks again. It never has two calls in flight.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::addr::Addr;
use crate::election::{Leadership, Reign};
use crate::identity::Epoch;
use crate::reconcile::judge::Case;
use crate::reconcile::types::{ArbiterConfig, Failed, FailureKind, Licence, Seen, Step, Why};
use crate::time::Time;

/// A reading older than this is not written upon: it is read again first.
const FRESH: Duration = Duration::from_secs(2);
/// How soon a busy address is read again.
const BUSY_RETRY: Duration = Duration::from_secs(1);
/// Readings after a write: at 0.5, 1, 2, 4 ... s, until the tick is shorter. An old leader's late call may still land.
const FIRST_VERIFICATION: Duration = Duration::from_millis(500);
/// How long after this node held the address a predecessor's call may still land: its client gives up after a call timeout, and the
/// cloud may carry it out some 20 s after that.
const LATE_CALLS: Duration = Duration::from_secs(30);
/// How often a late call of a predecessor is moved back in one reign; afterwards it is taken for a deliberate takeover.
const MOVES_BACK: u32 = 2;

/// One address's reconciliation.
#[derive(Debug)]
pub struct Arbiter {
    config: ArbiterConfig,
    target: Option<String>,
    reading: Option<Reading>,
    /// Nothing is called before this moment: a call failed.
    back_off: Option<(Time, FailureKind)>,
    /// Until then a reading that shows somebody else may be old.
    unsettled_until: Time,
    attempts: u32,
    moves: u64,
    stranger_moved: Option<Time>,
    resting: Option<Why>,
    /// The last licence acted upon, to be accounted for when the write ends.
    acting_on: Option<Licence>,
    state: ReignState,
}

/// What is true within one reign, and forgotten with it.
#[derive(Clone, Debug, Default)]
struct ReignState {
    since: Option<Time>,
    epoch: Epoch,
    /// More senior orphans have the first turn until then.
    turn_at: Time,
    blind_tried: bool,
    /// When a reading first showed the address here.
    held_since: Option<Time>,
    deposed: Deposed,
    /// Moves back from each predecessor after this node had held the address.
    moves_back: BTreeMap<Addr, u32>,
    /// When the next verification is due, and the pause after it.
    verification: Option<(Time, Duration)>,
}

/// H1: whether somebody else took the address for good.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
enum Deposed {
    #[default]
    No,
    /// Read once on a machine that may not be overwritten.
    Maybe { holder: String, read: Time },
    /// Read there twice, a settle time apart: this node yields until that holder may be overwritten.
    By(String),
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Reading {
    seen: Seen,
    begun: Time,
    ended: Time,
}

/// What `/diag/` shows of one address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ArbiterStatus {
    /// The address's identity.
    pub address: String,
    /// This node's own target.
    pub target: Option<String>,
    /// The last reading that is still believed, and when it began.
    pub seen: Option<(Seen, Time)>,
    /// Why nothing is done, if so.
    pub resting: Option<Why>,
    /// Failed calls since the last success.
    pub attempts: u32,
    /// Times this node moved the address to itself since its start.
    pub moves: u64,
}

impl Arbiter {
    /// For one configured address. Nothing is known yet.
    #[must_use]
    pub fn new(config: ArbiterConfig) -> Self {
        Self {
            config,
            target: None,
            reading: None,
            back_off: None,
            unsettled_until: Time::ZERO,
            attempts: 0,
            moves: 0,
            stranger_moved: None,
            resting: None,
            acting_on: None,
            state: ReignState::default(),
        }
    }

    /// This node's own target, once known.
    pub fn set_target(&mut self, target: String) {
        self.target = Some(target);
    }

    /// The next step. After `Observe` or `Assign` the driver does exactly that, and reports the end with [`Arbiter::read_done`],
    /// [`Arbiter::write_done`] or [`Arbiter::write_cancelled`] before it asks again.
    pub fn next(&mut self, now: Time, lead: &Leadership) -> Step {
        let step = self.decide(now, lead);
        self.resting = match &step {
            Step::Rest { why, .. } => Some(why.clone()),
            Step::Observe | Step::Assign { .. } => None,
        };
        if let Step::Assign { licence, .. } = &step {
            self.acting_on = Some(licence.clone());
        }
        step
    }

    fn decide(&mut self, now: Time, lead: &Leadership) -> Step {
        let Some(reign) = &lead.reign else {
            if self.state.since.take().is_some() {
                self.reading = None;
                self.back_off = None;
            }
            return Step::Rest {
                why: Why::NotLeader,
                until: None,
            };
        };
        let Some(target) = self.target.clone() else {
            return Step::Rest {
                why: Why::NoTarget,
                until: None,
            };
        };
        self.enter_reign(now, reign);
        if let Some((until, kind)) = self.back_off.filter(|(until, _)| now < *until) {
            return Step::Rest {
                why: Why::BackingOff(kind),
                until: Some(until),
            };
        }
        if let Some(since) = reign.meeting {
            return self.read_for_meeting(now, since);
        }
        if now < self.state.turn_at {
            return Step::Rest {
                why: Why::WaitingTurn,
                until: Some(self.state.turn_at),
            };
        }
        if let Some(predecessor) = self.blind_predecessor(now, reign) {
            self.state.blind_tried = true;
            return Step::Assign {
                seen: None,
                epoch: reign.epoch,
                licence: Licence::Blind(predecessor),
            };
        }
        match self.reading.clone().filter(|r| now < self.stale_at(r)) {
            Some(reading) => self.act_on(now, lead, reign.epoch, &target, &reading),
            None => Step::Observe,
        }
    }

    fn enter_reign(&mut self, now: Time, reign: &Reign) {
        if self.state.since != Some(reign.since) {
            let turn = self.config.call_timeout + self.config.settle;
            self.state = ReignState {
                since: Some(reign.since),
                turn_at: now + turn * reign.rank,
                ..ReignState::default()
            };
            self.reading = None;
            self.back_off = None;
            self.attempts = 0;
        } else if self.state.epoch != reign.epoch {
            // A meeting was won: whoever deposed this node follows it now.
            self.state.deposed = Deposed::No;
        }
        self.state.epoch = reign.epoch;
    }

    /// Another leader is heard: one reading after that moment, once the own last call has settled, and nothing else.
    fn read_for_meeting(&self, now: Time, since: Time) -> Step {
        let read_since = self.reading.as_ref().is_some_and(|r| r.begun > since);
        if read_since {
            Step::Rest {
                why: Why::Meeting,
                until: None,
            }
        } else if now < self.unsettled_until {
            Step::Rest {
                why: Why::Meeting,
                until: Some(self.unsettled_until),
            }
        } else if now <= since {
            Step::Rest {
                why: Why::Meeting,
                until: Some(since + Duration::from_millis(1)),
            }
        } else {
            Step::Observe
        }
    }

    /// Reads nothing first, once per reign: the predecessor is proven dead and held the address less than a tick before it was last heard.
    fn blind_predecessor(&self, now: Time, reign: &Reign) -> Option<Addr> {
        let held_at = reign.blind.as_ref()?.held.get(&self.config.address)?;
        let recent = now.since(*held_at) <= self.config.tick * 2;
        let may = recent
            && !self.state.blind_tried
            && self.reading.is_none()
            && self.config.moves_in_one_call;
        reign.predecessor.clone().filter(|_| may)
    }

    /// When a reading must be replaced by a new one.
    fn stale_at(&self, reading: &Reading) -> Time {
        let tick = reading.ended + self.config.tick;
        let verify = self.state.verification.map_or(tick, |(at, _)| at);
        let is_mine = self.target.is_some() && reading.seen.holder == self.target;
        let settled = if !is_mine && reading.begun < self.unsettled_until {
            self.unsettled_until.max(reading.ended)
        } else {
            tick
        };
        let busy = if reading.seen.busy {
            reading.ended + BUSY_RETRY.min(self.config.tick)
        } else {
            tick
        };
        tick.min(verify).min(settled).min(busy)
    }

    fn act_on(
        &mut self,
        now: Time,
        lead: &Leadership,
        epoch: Epoch,
        target: &str,
        reading: &Reading,
    ) -> Step {
        let stale_at = Some(self.stale_at(reading));
        if reading.seen.holder.as_deref() == Some(target) {
            self.state.held_since.get_or_insert(now);
            self.state.deposed = Deposed::No;
            return Step::Rest {
                why: Why::Mine,
                until: stale_at,
            };
        }
        if reading.seen.busy {
            return Step::Rest {
                why: Why::Busy,
                until: stale_at,
            };
        }
        if reading.begun < self.unsettled_until {
            return Step::Rest {
                why: Why::Settling,
                until: stale_at,
            };
        }
        match self.licence(now, lead, reading) {
            Ok(_) if now.since(reading.ended) > FRESH => Step::Observe,
            Ok(licence) => Step::Assign {
                seen: Some(reading.seen.clone()),
                epoch,
                licence,
            },
            Err(why) => self.yield_or_wait(now, why, reading, stale_at),
        }
    }

    /// The licence for what the reading shows. Once deposed, this node needs one for the holder that deposed it, whatever is read now:
    /// the address may be on its way, and it is not this node's any more.
    fn licence(&self, now: Time, lead: &Leadership, reading: &Reading) -> Result<Licence, Why> {
        if let Deposed::By(holder) | Deposed::Maybe { holder, .. } = &self.state.deposed
            && reading.seen.holder.as_ref() != Some(holder)
        {
            self.judge(now, lead, reading, holder, false)?;
        }
        match &reading.seen.holder {
            Some(holder) => self.judge(now, lead, reading, holder, reading.seen.holder_down),
            None => Ok(Licence::Free),
        }
    }

    fn judge(
        &self,
        now: Time,
        lead: &Leadership,
        reading: &Reading,
        holder: &str,
        holder_down: bool,
    ) -> Result<Licence, Why> {
        let late_calls_land = self
            .state
            .held_since
            .is_some_and(|at| now.since(at) < LATE_CALLS);
        let moved_back = |addr: &Addr| self.state.moves_back.get(addr).copied().unwrap_or_default();
        let may_move_back = |addr: &Addr| late_calls_land && moved_back(addr) < MOVES_BACK;
        let case = Case {
            config: &self.config,
            lead,
            epoch: self.state.epoch,
            holder,
            holder_down,
            read_begun: reading.begun,
            stranger_moved: self.stranger_moved,
            held: self.state.held_since.is_some(),
            may_move_back: &may_move_back,
            now,
        };
        case.judge()
    }

    /// H1: a leader that held the address and now reads it twice, a settle time apart, where it may not overwrite, was deposed.
    fn yield_or_wait(
        &mut self,
        now: Time,
        why: Why,
        reading: &Reading,
        until: Option<Time>,
    ) -> Step {
        if self.state.held_since.is_none() {
            return Step::Rest { why, until };
        }
        let (holder, first_read) = match (&self.state.deposed, &reading.seen.holder) {
            (Deposed::By(by), _) => {
                let why = Why::Yielded(by.clone());
                return Step::Rest { why, until };
            }
            // Read elsewhere a second time, even somewhere else again: it is not this node's any more.
            (Deposed::Maybe { holder, read }, _) => (holder.clone(), *read),
            (Deposed::No, Some(holder)) => (holder.clone(), reading.begun),
            (Deposed::No, None) => return Step::Rest { why, until },
        };
        if reading.begun.since(first_read) >= self.config.settle {
            self.state.deposed = Deposed::By(holder.clone());
            let why = Why::Yielded(holder);
            return Step::Rest { why, until };
        }
        self.state.deposed = Deposed::Maybe {
            holder: holder.clone(),
            read: first_read,
        };
        let confirm_at = first_read + self.config.settle;
        if confirm_at <= now {
            return Step::Observe;
        }
        let until = until.map(|at| at.min(confirm_at));
        Step::Rest {
            why: Why::Confirming(holder),
            until,
        }
    }

    /// A reading ended. `begun` is when it began.
    pub fn read_done(&mut self, begun: Time, now: Time, result: Result<Seen, Failed>) {
        match result {
            Ok(seen) => {
                self.attempts = 0;
                self.back_off = None;
                self.reading = Some(Reading {
                    seen,
                    begun,
                    ended: now,
                });
                if let Some((at, pause)) = self.state.verification.filter(|(at, _)| *at <= now) {
                    let _ = at;
                    self.state.verification =
                        (pause < self.config.tick).then(|| (now + pause, pause * 2));
                }
            }
            Err(failed) => self.failed(now, failed),
        }
    }

    /// A write ended. `begun` is when it began.
    pub fn write_done(&mut self, _begun: Time, now: Time, result: Result<(), Failed>) {
        let licence = self.acting_on.take();
        // Whatever it was, the reading before it is history.
        self.reading = None;
        match result {
            Ok(()) => {
                self.attempts = 0;
                self.back_off = None;
                self.moves += 1;
                self.unsettled_until = now + self.config.settle;
                self.state.verification = Some((now + FIRST_VERIFICATION, FIRST_VERIFICATION));
                self.account_for(now, licence);
            }
            Err(failed) => {
                if failed.kind == FailureKind::MaybeApplied {
                    self.unsettled_until = now + self.config.settle;
                }
                self.failed(now, failed);
            }
        }
    }

    fn account_for(&mut self, now: Time, licence: Option<Licence>) {
        match licence {
            Some(Licence::Stranger) => self.stranger_moved = Some(now),
            Some(Licence::Succession(addr, _)) if self.state.held_since.is_some() => {
                *self.state.moves_back.entry(addr).or_default() += 1;
            }
            _ => {}
        }
    }

    /// A call in flight was dropped because leadership changed: it may still take effect.
    pub fn write_cancelled(&mut self, now: Time) {
        self.acting_on = None;
        self.reading = None;
        self.unsettled_until = now + self.config.settle;
    }

    fn failed(&mut self, now: Time, failed: Failed) {
        self.attempts = self.attempts.saturating_add(1);
        self.back_off = Some((now + failed.retry_in, failed.kind));
    }

    /// For `/diag/`.
    #[must_use]
    pub fn status(&self) -> ArbiterStatus {
        ArbiterStatus {
            address: self.config.address.clone(),
            target: self.target.clone(),
            seen: self.reading.as_ref().map(|r| (r.seen.clone(), r.begun)),
            resting: self.resting.clone(),
            attempts: self.attempts,
            moves: self.moves,
        }
    }
}
