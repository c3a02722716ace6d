//! What one reign knows of an address, and forgets when it ends: whether it was held, and whether somebody took it for good (H1).

use std::collections::BTreeMap;
use std::time::Duration;

use crate::addr::Addr;
use crate::election::Reign;
use crate::identity::Epoch;
use crate::reconcile::types::Licence;
use crate::time::Time;

/// Readings after a write: at 0.5, 1, 2, 4 ... s, until the tick is shorter. An old leader's late call may still land.
const FIRST_VERIFICATION: Duration = Duration::from_millis(500);
/// How long after this node held the address a predecessor's call may still land: its client gives up after a call timeout, and the
/// cloud may carry it out some 20 s after that.
const LATE_CALLS: Duration = Duration::from_secs(30);
/// How long this node yields to a holder that refuses connections.
const YIELDED_LONG: Duration = Duration::from_secs(3600);
/// How often a late call of a predecessor is moved back in one reign; afterwards it is taken for a deliberate takeover.
const MOVES_BACK: u32 = 2;

/// One reign's memory of one address.
#[derive(Clone, Debug)]
pub(super) struct Tenure {
    pub(super) since: Time,
    pub(super) epoch: Epoch,
    /// More senior orphans have the first turn until then.
    pub(super) turn_at: Time,
    pub(super) blind_tried: bool,
    /// When a reading first showed the address here.
    held_since: Option<Time>,
    /// When the latest such reading began.
    last_held: Option<Time>,
    /// What was last learned, by a reading or a write, is that it is here.
    here: bool,
    deposed: Deposed,
    /// Since when readings show it free, without a break.
    free_since: Option<Time>,
    /// This node began to move it since it was last read here: where that takes two calls, it may have freed it itself.
    moving: bool,
    /// Moves back from each predecessor after this node had held the address.
    moves_back: BTreeMap<Addr, u32>,
    /// When the next verification is due, and the pause after it.
    verification: Option<(Time, Duration)>,
}

/// H1: whether somebody else took the address for good.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Deposed {
    No,
    /// Read once elsewhere, where this node may not overwrite.
    Maybe {
        holder: String,
        read: Time,
    },
    /// Read elsewhere twice, a settle time apart: this node yields until it may overwrite that holder.
    By {
        holder: String,
        since: Time,
    },
}

/// What to make of a reading that shows the address where this node may not overwrite.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Elsewhere {
    /// It was never held here in this reign: nothing was lost.
    NeverHeld,
    /// A second reading is wanted, not before that moment.
    Confirming(String, Time),
    /// This node was deposed by that holder.
    Yielded(String),
}

impl Tenure {
    pub(super) fn begun(reign: &Reign, turn_at: Time) -> Self {
        Self {
            since: reign.since,
            epoch: reign.epoch,
            turn_at,
            blind_tried: false,
            held_since: None,
            last_held: None,
            here: false,
            deposed: Deposed::No,
            free_since: None,
            moving: false,
            moves_back: BTreeMap::new(),
            verification: None,
        }
    }

    /// A meeting was won: whoever deposed this node follows it now.
    pub(super) fn renewed(&mut self, epoch: Epoch) {
        if self.epoch != epoch {
            self.epoch = epoch;
            self.deposed = Deposed::No;
        }
    }

    /// A reading begun then shows the address here.
    pub(super) fn holds(&mut self, now: Time, read_begun: Time) {
        self.held_since.get_or_insert(now);
        self.last_held = Some(read_begun);
        self.here = true;
        self.deposed = Deposed::No;
        self.free_since = None;
        self.moving = false;
    }

    /// A reading shows the address elsewhere, or free.
    pub(super) const fn misses(&mut self) {
        self.here = false;
    }

    /// What was last learned of the address is that it is here.
    pub(super) const fn is_here(&self) -> bool {
        self.here
    }

    /// When the latest reading began that showed the address here.
    pub(super) const fn last_held(&self) -> Option<Time> {
        self.last_held
    }

    pub(super) const fn has_held(&self) -> bool {
        self.held_since.is_some()
    }

    /// Who (perhaps) deposed this node.
    pub(super) fn deposed_by(&self) -> Option<&str> {
        match &self.deposed {
            Deposed::No => None,
            Deposed::Maybe { holder, .. } | Deposed::By { holder, .. } => Some(holder),
        }
    }

    /// A leader that held the address and reads it elsewhere twice, a settle time apart, was deposed. That holds even if the second
    /// reading shows yet another holder, or none: the address is moved by others now.
    pub(super) fn read_elsewhere(
        &mut self,
        holder: Option<&str>,
        begun: Time,
        settle: Duration,
    ) -> Elsewhere {
        if !self.has_held() {
            return Elsewhere::NeverHeld;
        }
        let (holder, first_read) = match (&self.deposed, holder) {
            (Deposed::By { holder, .. }, _) => return Elsewhere::Yielded(holder.clone()),
            (Deposed::Maybe { holder, read }, _) => (holder.clone(), *read),
            (Deposed::No, Some(holder)) => (holder.to_owned(), begun),
            (Deposed::No, None) => return Elsewhere::NeverHeld,
        };
        if begun.since(first_read) >= settle {
            self.deposed = Deposed::By {
                holder: holder.clone(),
                since: begun,
            };
            return Elsewhere::Yielded(holder);
        }
        self.deposed = Deposed::Maybe {
            holder: holder.clone(),
            read: first_read,
        };
        Elsewhere::Confirming(holder, first_read + settle)
    }

    /// This node has yielded for so long that a holder which refuses connections all the time is taken for dead, whatever refuses in its
    /// name: as with a stranger, the address is taken back once an hour.
    pub(super) fn yielded_long(&self, now: Time) -> bool {
        matches!(self.deposed, Deposed::By { since, .. } if now.since(since) >= YIELDED_LONG)
    }

    /// A call that `addr` began before it was replaced may be landing now, and was not moved back too often.
    pub(super) fn may_move_back(&self, addr: &Addr, now: Time) -> bool {
        let in_time = self.held_since.is_some_and(|at| now.since(at) < LATE_CALLS);
        in_time
            && self
                .moves_back
                .get(addr)
                .is_none_or(|moves| *moves < MOVES_BACK)
    }

    /// A reading shows the address free. After some time of that nobody has it on the way: whoever deposed this node is gone.
    pub(super) fn read_free(&mut self, free: bool, begun: Time, on_its_way: Duration) {
        self.free_since = if free {
            self.free_since.or(Some(begun))
        } else {
            None
        };
        if self
            .free_since
            .is_some_and(|since| begun.since(since) >= on_its_way)
        {
            self.deposed = Deposed::No;
        }
    }

    /// A write begins.
    pub(super) const fn begins_to_move(&mut self) {
        self.moving = true;
    }

    /// The address was here, is free, and not by this node's doing: where a move is two calls, another leader may have made the first one.
    /// Until which moment that may be.
    pub(super) fn on_its_way_until(&self, begun: Time, on_its_way: Duration) -> Option<Time> {
        let until = self.free_since? + on_its_way;
        (self.has_held() && !self.moving && begun < until).then_some(until)
    }

    /// A write succeeded: the cloud says that the address is here.
    pub(super) fn written(&mut self, now: Time, licence: Option<Licence>) {
        self.verification = Some((now + FIRST_VERIFICATION, FIRST_VERIFICATION));
        if let Some(Licence::Succession(addr, _) | Licence::Departed(addr)) = licence
            && self.has_held()
        {
            *self.moves_back.entry(addr).or_default() += 1;
        }
        self.holds(now, now);
    }

    /// When a reading is due because of the last write.
    pub(super) fn verification_due(&self) -> Option<Time> {
        self.verification.map(|(at, _)| at)
    }

    /// A reading succeeded: the next verification comes after twice the pause, and none once the tick is shorter.
    pub(super) fn verified(&mut self, now: Time, tick: Duration) {
        if let Some((_, pause)) = self.verification.filter(|(at, _)| *at <= now) {
            self.verification = (pause < tick).then(|| (now + pause, pause * 2));
        }
    }
}
