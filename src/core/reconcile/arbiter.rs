//! One address's reconciliation: read, judge, at most one write, read again.
//!
//! The driver asks for the [`Step`], does exactly that, reports how it ended, and asks again. It never has two calls in flight.

mod status;

use std::time::Duration;

use crate::addr::Addr;
use crate::election::{Leadership, Reign, SeedsHeard};
use crate::reconcile::judge::Case;
use crate::reconcile::reading::{BUSY_RETRY, FRESH, Reading};
use crate::reconcile::tenure::{Elsewhere, Tenure};
use crate::reconcile::types::{
    ArbiterConfig, Failed, FailureKind, Licence, Seen, Step, Urgency, Why,
};
use crate::time::Time;

/// However long the tick is, what the predecessor read longer ago than this is read again first: somebody may have moved the address by
/// hand since, and a reading costs only one round trip.
const BLIND_WITHIN: Duration = Duration::from_secs(60);

/// One address's reconciliation.
#[derive(Clone, Debug)]
pub struct Arbiter {
    config: ArbiterConfig,
    target: Option<String>,
    tenure: Option<Tenure>,
    reading: Option<Reading>,
    /// Nothing is called before this moment: a call failed.
    back_off: Option<(Time, FailureKind)>,
    /// Until then a reading that shows somebody else may be old.
    unsettled_until: Time,
    /// The present reading is not replaced before then, as long as the address is at rest.
    postponed: Option<Time>,
    attempts: u32,
    moves: u64,
    stranger_moved: Option<Time>,
    resting: Option<Why>,
    last_seen: Option<(Seen, Time)>,
    rested: Option<(Why, Option<Time>)>,
    moved: Option<(Licence, Time)>,
    /// The last licence acted upon, to be accounted for when the write ends.
    acting_on: Option<Licence>,
}

impl Arbiter {
    /// For one configured address. Nothing is known yet.
    #[must_use]
    pub fn new(config: ArbiterConfig) -> Self {
        Self {
            config,
            target: None,
            tenure: None,
            reading: None,
            back_off: None,
            unsettled_until: Time::ZERO,
            postponed: None,
            attempts: 0,
            moves: 0,
            stranger_moved: None,
            resting: None,
            last_seen: None,
            rested: None,
            moved: None,
            acting_on: None,
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
            Step::Observe(_) | Step::Assign { .. } => None,
        };
        match &step {
            Step::Rest { why, until } => self.rested = Some((why.clone(), *until)),
            Step::Observe(_) => {}
            Step::Assign { .. } => self.rested = None,
        }
        if let Step::Assign { licence, .. } = &step {
            self.acting_on = Some(licence.clone());
            if let Some(tenure) = &mut self.tenure {
                tenure.begins_to_move();
            }
        }
        step
    }

    fn decide(&mut self, now: Time, lead: &Leadership) -> Step {
        let Some(reign) = &lead.reign else {
            if self.tenure.take().is_some() {
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
        let mut tenure = self.tenure_of(now, reign);
        let step = self.decide_as_leader(now, lead, reign, &mut tenure, &target);
        self.tenure = Some(tenure);
        step
    }

    /// The memory of the present reign: a new one where a new reign began.
    fn tenure_of(&mut self, now: Time, reign: &Reign) -> Tenure {
        if let Some(mut tenure) = self.tenure.take().filter(|t| t.since == reign.since) {
            tenure.renewed(reign.epoch);
            return tenure;
        }
        self.reading = None;
        self.back_off = None;
        self.last_seen = None;
        self.rested = None;
        self.attempts = 0;
        let turn = self.config.request_timeout + self.config.settle;
        Tenure::begun(reign, now + turn * reign.rank)
    }

    fn decide_as_leader(
        &self,
        now: Time,
        lead: &Leadership,
        reign: &Reign,
        tenure: &mut Tenure,
        target: &str,
    ) -> Step {
        if let Some((until, kind)) = self.back_off.filter(|(until, _)| now < *until) {
            return Step::Rest {
                why: Why::BackingOff(kind),
                until: Some(until),
            };
        }
        if let Some(since) = reign.meeting {
            return self.read_for_meeting(now, since);
        }
        if now < tenure.turn_at {
            return Step::Rest {
                why: Why::WaitingTurn,
                until: Some(tenure.turn_at),
            };
        }
        // Whatever a pause held up is read first: only a reign's very first step may overwrite unseen.
        tenure.blind_tried |= lead.paused;
        if let Some(predecessor) = self.blind_predecessor(now, reign, tenure) {
            tenure.blind_tried = true;
            let licence = Licence::Blind(predecessor);
            return Step::Assign {
                seen: None,
                epoch: reign.epoch,
                licence,
            };
        }
        match &self.reading {
            Some(reading) if now < self.stale_at(reading, tenure) => {
                self.act_on(now, lead, tenure, target, reading)
            }
            stale => self.replace(now, stale.as_ref(), tenure, target),
        }
    }

    /// Another leader is heard: one reading after that moment, once the own last call has settled, and nothing else.
    fn read_for_meeting(&self, now: Time, since: Time) -> Step {
        let read = self.reading.as_ref().filter(|r| r.begun > since);
        // A busy address tells nothing yet.
        let busy_until = read.filter(|r| r.seen.busy).map(|r| r.ended + BUSY_RETRY);
        let until = if read.is_some_and(|r| !r.seen.busy) {
            None
        } else if let Some(busy_until) = busy_until.filter(|until| now < *until) {
            Some(busy_until)
        } else if now < self.unsettled_until {
            Some(self.unsettled_until)
        } else if now <= since {
            Some(since + Duration::from_millis(1))
        } else {
            return Step::Observe(Urgency::Now);
        };
        Step::Rest {
            why: Why::Meeting,
            until,
        }
    }

    /// Reads anew what is missing or stale. Where the address was here and nothing is expected to happen to it, that may be put off.
    fn replace(&self, now: Time, stale: Option<&Reading>, tenure: &Tenure, target: &str) -> Step {
        let unverified = tenure.verification_due().is_some();
        if unverified || !stale.is_some_and(|reading| reading.is_at_rest(target)) {
            return Step::Observe(Urgency::Now);
        }
        match self.postponed {
            None => Step::Observe(Urgency::Routine),
            Some(until) if now < until => Step::Rest {
                why: Why::Mine,
                until: Some(until),
            },
            Some(_) => Step::Observe(Urgency::Now),
        }
    }

    /// Instead of a reading of [`Urgency::Routine`]: it is wanted at `until`, unless something happens before that.
    pub fn postpone(&mut self, until: Time) {
        self.postponed = Some(until);
    }

    /// Reads nothing first, once per reign: the predecessor is proven dead and held the address a tick or two ago.
    fn blind_predecessor(&self, now: Time, reign: &Reign, tenure: &Tenure) -> Option<Addr> {
        let held_at = reign.blind.as_ref()?.held.get(&self.config.address)?;
        let recent = now.since(*held_at) <= (self.config.tick * 2).min(BLIND_WITHIN);
        let first = !tenure.blind_tried && self.reading.is_none();
        reign
            .predecessor
            .clone()
            .filter(|_| recent && first && self.config.moves_in_one_call)
    }

    /// When a reading must be replaced by a new one.
    fn stale_at(&self, reading: &Reading, tenure: &Tenure) -> Time {
        let due = reading.stale_at(self.config.tick, tenure.verification_due());
        let elsewhere = reading.seen.holder != self.target;
        if elsewhere && reading.begun < self.unsettled_until {
            due.min(self.unsettled_until.max(reading.ended))
        } else {
            due
        }
    }

    fn act_on(
        &self,
        now: Time,
        lead: &Leadership,
        tenure: &mut Tenure,
        target: &str,
        reading: &Reading,
    ) -> Step {
        let rest = |why, until| Step::Rest { why, until };
        let until = Some(self.stale_at(reading, tenure));
        if reading.seen.holder.as_deref() == Some(target) {
            tenure.holds(now, reading.begun);
            return rest(Why::Mine, until);
        }
        tenure.misses();
        if reading.seen.busy {
            return rest(Why::Busy, until);
        }
        // Before anything is made of it: what a pause leaves elsewhere deposes nobody.
        if lead.paused {
            return rest(Why::Paused, until);
        }
        if reading.begun < self.unsettled_until {
            return rest(Why::Settling, until);
        }
        let on_its_way = self.config.request_timeout + self.config.settle;
        tenure.read_free(reading.seen.holder.is_none(), reading.begun, on_its_way);
        let alone = lead.seeds == SeedsHeard::All;
        if self.config.free_may_be_moving
            && !alone
            && let Some(moved) = tenure.on_its_way_until(reading.begun, on_its_way)
        {
            if moved <= now {
                return Step::Observe(Urgency::Now);
            }
            let until = until.map(|stale| stale.min(moved));
            let why = Why::OnItsWay;
            return Step::Rest { why, until };
        }
        match self.licence(now, lead, tenure, reading) {
            Ok(_) if now.since(reading.ended) > FRESH => Step::Observe(Urgency::Now),
            Ok(licence) => Step::Assign {
                seen: Some(reading.seen.clone()),
                epoch: tenure.epoch,
                licence,
            },
            Err(why) => {
                let holder = reading.seen.holder.as_deref();
                match tenure.read_elsewhere(holder, reading.begun, self.config.settle) {
                    Elsewhere::NeverHeld => rest(why, until),
                    // A stranger that is left alone says more than that this node yields to it.
                    Elsewhere::Yielded(_) if why.is_about_stranger() => rest(why, until),
                    Elsewhere::Yielded(by) => {
                        let node = lead.node_at(&self.config.provider, &by);
                        rest(Why::Yielded(by, node), until)
                    }
                    Elsewhere::Confirming(_, at) if at <= now => Step::Observe(Urgency::Now),
                    Elsewhere::Confirming(holder, at) => {
                        let until = until.map(|stale| stale.min(at));
                        rest(Why::Confirming(holder), until)
                    }
                }
            }
        }
    }

    /// The licence for what the reading shows. Once deposed, this node needs one for the holder that deposed it too, unless the present
    /// holder follows this node or is down: the address may be on its way, and it is not this node's any more.
    fn licence(
        &self,
        now: Time,
        lead: &Leadership,
        tenure: &Tenure,
        reading: &Reading,
    ) -> Result<Licence, Why> {
        let case = |holder, holder_down| Case {
            config: &self.config,
            lead,
            tenure,
            holder,
            holder_down,
            read_begun: reading.begun,
            stranger_moved: self.stranger_moved,
            now,
        };
        let holder = reading.seen.holder.as_deref();
        let down = reading.seen.holder_down;
        let licence = holder.map_or(Ok(Licence::Free), |h| case(h, down).judge())?;
        let takes_from_deposer = !matches!(licence, Licence::Drift(_) | Licence::HolderDown);
        match tenure
            .deposed_by()
            .filter(|by| takes_from_deposer && holder != Some(*by))
        {
            Some(by) => case(by, false).judge().map(|_| licence),
            None => Ok(licence),
        }
    }

    /// A reading ended. `begun` is when it began.
    pub fn read_done(&mut self, begun: Time, now: Time, result: Result<Seen, Failed>) {
        self.postponed = None;
        match result {
            Ok(seen) => {
                self.attempts = 0;
                self.back_off = None;
                self.last_seen = Some((seen.clone(), begun));
                self.reading = Some(Reading {
                    seen,
                    begun,
                    ended: now,
                });
                if let Some(tenure) = &mut self.tenure {
                    tenure.verified(now, self.config.tick);
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
                if licence == Some(Licence::Stranger) {
                    self.stranger_moved = Some(now);
                }
                self.moved = licence.clone().map(|licence| (licence, now));
                if let Some(tenure) = &mut self.tenure {
                    tenure.written(now, licence);
                }
            }
            Err(failed) => {
                if failed.kind == FailureKind::MaybeApplied {
                    self.unsettled_until = now + self.config.settle;
                }
                self.failed(now, failed);
            }
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
}
