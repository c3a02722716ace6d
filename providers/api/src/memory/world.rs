//! The state of the in-memory cloud. Pure: time is an argument, nothing waits.

use std::collections::BTreeMap;
use std::net::Ipv6Addr;
use std::time::Duration;

use super::action::{Action, ActionId, ActionState};
use super::fault::{Fault, FaultPlan, Landing};
use super::log::{CallId, Event, Log, What};
use super::terms::{Behaviour, Machine, Reading, Refusal};
use crate::error::ErrorKind;
use crate::operation::Operation;
use crate::provider::{AddressId, Target};

/// How many actions are remembered: a caller polls its own for a minute, and a benchmark makes a hundred.
const MAX_ACTIONS: usize = 1_024;

/// An address.
#[derive(Debug, Default)]
struct Address {
    holder: Option<Target>,
    version: u64,
    /// Who held it before the last move, for stale reads.
    before: Option<Target>,
    /// Locked by somebody else's action, until told otherwise.
    locked: bool,
}

/// A cloud: machines, addresses, actions under way, faults to come, and a log.
#[derive(Debug, Default)]
pub struct World {
    behaviour: Behaviour,
    machines: BTreeMap<Target, Machine>,
    addresses: BTreeMap<AddressId, Address>,
    actions: BTreeMap<ActionId, Action>,
    faults: FaultPlan,
    log: Log,
    next_call: u64,
}

impl World {
    /// Sets how the cloud behaves from now on.
    pub fn set_behaviour(&mut self, behaviour: Behaviour) {
        self.behaviour = behaviour;
    }

    /// Creates an address, held by nobody. No effect if it exists.
    pub fn add_address(&mut self, address: AddressId) {
        self.addresses.entry(address).or_default();
    }

    /// Creates a machine or changes its state.
    pub fn set_machine(&mut self, target: Target, state: Machine) {
        self.machines.insert(target, state);
    }

    /// The state of a machine; `None` if it never was.
    #[must_use]
    pub fn machine(&self, target: &Target) -> Option<Machine> {
        self.machines.get(target).copied()
    }

    /// Moves an address by hand, as an operator at the cloud's console does. The address and the machine are created if need be.
    pub fn set_holder(&mut self, now: Duration, address: &AddressId, holder: Option<Target>) {
        self.add_address(address.clone());
        if let Some(target) = &holder {
            self.machines
                .entry(target.clone())
                .or_insert(Machine::Running);
        }
        self.hand_over(now, address, holder, None);
    }

    /// Locks or unlocks an address, as somebody else's action on it does.
    pub fn set_locked(&mut self, address: &AddressId, locked: bool) {
        if let Some(state) = self.addresses.get_mut(address) {
            state.locked = locked;
        }
    }

    /// The next `times` calls of this kind meet this fault, after those already scripted.
    pub fn inject(&mut self, on: Operation, fault: Fault, times: usize) {
        self.faults.queue(on, fault, times);
    }

    /// Every call of this kind meets this fault (after the scripted ones) until it is set to `None`.
    pub fn set_standing_fault(&mut self, on: Operation, fault: Option<Fault>) {
        self.faults.set_standing(on, fault);
    }

    /// Records a call and says which fault it meets.
    pub fn ask(
        &mut self,
        now: Duration,
        operation: Operation,
        address: Option<&AddressId>,
        target: Option<&Target>,
    ) -> (CallId, Option<Fault>) {
        let call = CallId(self.next_call);
        self.next_call += 1;
        self.log.push(
            now,
            What::Asked {
                call,
                operation,
                address: address.cloned(),
                target: target.cloned(),
            },
        );
        (call, self.faults.take(operation))
    }

    /// Records the answer to a call.
    pub fn answer(&mut self, now: Duration, call: CallId, refused: Option<ErrorKind>) {
        self.log.push(now, What::Answered { call, refused });
    }

    /// Who holds the address.
    ///
    /// # Errors
    /// [`Refusal::NoSuchAddress`].
    pub fn read(&self, address: &AddressId) -> Result<Reading, Refusal> {
        let state = self.addresses.get(address).ok_or(Refusal::NoSuchAddress)?;
        Ok(self.reading(state.holder.clone(), state.version, self.is_locked(address)))
    }

    /// What [`World::read`] answered before the last move: what a replica that lags behind says.
    ///
    /// # Errors
    /// [`Refusal::NoSuchAddress`].
    pub fn read_stale(&self, address: &AddressId) -> Result<Reading, Refusal> {
        let state = self.addresses.get(address).ok_or(Refusal::NoSuchAddress)?;
        Ok(self.reading(state.before.clone(), state.version.saturating_sub(1), false))
    }

    fn reading(&self, holder: Option<Target>, version: u64, locked: bool) -> Reading {
        let holder_state = holder
            .as_ref()
            .map(|target| self.machine(target).unwrap_or(Machine::Gone));
        Reading {
            holder,
            version,
            locked,
            holder_state,
        }
    }

    /// Begins to move an address to a machine, or to nobody. An address that is where it shall be stays there, and no move is recorded.
    ///
    /// `expected` is the version that the caller goes by, if it has one.
    ///
    /// # Errors
    /// Every [`Refusal`]; nothing was changed then.
    pub fn begin(
        &mut self,
        now: Duration,
        call: CallId,
        address: &AddressId,
        to: Option<&Target>,
        expected: Option<u64>,
        landing: Landing,
    ) -> Result<ActionId, Refusal> {
        let state = self.addresses.get(address).ok_or(Refusal::NoSuchAddress)?;
        let holder = state.holder.clone();
        let version = state.version;
        if to.is_some_and(|target| {
            !matches!(
                self.machine(target),
                Some(Machine::Running | Machine::Stopped)
            )
        }) {
            return Err(Refusal::NoSuchTarget);
        }
        if self.is_locked(address) {
            return Err(Refusal::Locked);
        }
        if expected.is_some_and(|expected| expected != version) {
            return Err(Refusal::Changed);
        }
        if self.behaviour.one_address_per_machine
            && to.is_some()
            && self.addresses.iter().any(|(other, state)| {
                is_ipv6(other) == is_ipv6(address) && state.holder.as_ref() == to
            })
        {
            return Err(Refusal::TargetHasAddress);
        }
        let unchanged = holder.as_ref() == to;
        if !self.behaviour.moves_in_one_call && to.is_some() && holder.is_some() && !unchanged {
            return Err(Refusal::Held);
        }
        let takes = if unchanged {
            Duration::ZERO
        } else {
            self.behaviour.action_takes
        };
        let id = ActionId(call.0);
        self.forget_old_actions();
        self.actions
            .insert(id, Action::begin(now, takes, address, to, landing));
        self.advance(now);
        Ok(id)
    }

    /// How far an action is; `None` if there never was such a one.
    #[must_use]
    pub fn action(&self, id: ActionId) -> Option<&Action> {
        self.actions.get(&id)
    }

    /// Lets everything happen that is due by `now`, in the order of its time.
    pub fn advance(&mut self, now: Duration) {
        while let Some((id, due)) = self.next_action().filter(|(_, due)| *due <= now) {
            self.end_action(due, id);
        }
    }

    /// When the next thing happens by itself.
    #[must_use]
    pub fn next_due(&self) -> Option<Duration> {
        self.next_action().map(|(_, due)| due)
    }

    /// The events from number `first` on, oldest first.
    pub fn events(&self, first: u64) -> impl Iterator<Item = &Event> {
        self.log.from(first)
    }

    /// The number that the next event will have.
    #[must_use]
    pub const fn next_event_number(&self) -> u64 {
        self.log.next_number()
    }

    /// Where an address went, from the first move in the log to the last.
    #[must_use]
    pub fn moves(&self, address: &AddressId) -> Vec<Option<Target>> {
        let moved = |event: &Event| match &event.what {
            What::Moved {
                address: moved, to, ..
            } if moved == address => Some(to.clone()),
            What::Asked { .. }
            | What::Answered { .. }
            | What::Confirmed { .. }
            | What::Moved { .. } => None,
        };
        self.log.from(0).filter_map(moved).collect()
    }

    fn forget_old_actions(&mut self) {
        while self.actions.len() >= MAX_ACTIONS {
            let ended = self
                .actions
                .iter()
                .find(|(_, action)| action.due().is_none());
            let Some(id) = ended.or(self.actions.first_key_value()).map(|(id, _)| *id) else {
                return;
            };
            self.actions.remove(&id);
        }
    }

    fn next_action(&self) -> Option<(ActionId, Duration)> {
        self.actions
            .iter()
            .filter_map(|(id, action)| Some((*id, action.due()?)))
            .min_by_key(|(id, due)| (*due, *id))
    }

    fn end_action(&mut self, at: Duration, id: ActionId) {
        let Some(action) = self.actions.get_mut(&id) else {
            return;
        };
        action.end();
        let (address, to, done) = (
            action.address.clone(),
            action.to.clone(),
            action.state() == ActionState::Done,
        );
        let call = CallId(id.0);
        if done {
            self.hand_over(at, &address, to, Some(call));
        }
        self.log.push(
            at,
            What::Confirmed {
                call,
                address,
                done,
            },
        );
    }

    fn hand_over(
        &mut self,
        at: Duration,
        address: &AddressId,
        to: Option<Target>,
        call: Option<CallId>,
    ) {
        let Some(state) = self.addresses.get_mut(address) else {
            return;
        };
        if state.holder == to {
            return;
        }
        let from = std::mem::replace(&mut state.holder, to.clone());
        state.before.clone_from(&from);
        state.version += 1;
        self.log.push(
            at,
            What::Moved {
                address: address.clone(),
                from,
                to,
                call,
            },
        );
    }

    fn is_locked(&self, address: &AddressId) -> bool {
        self.addresses
            .get(address)
            .is_some_and(|state| state.locked)
            || self.actions.values().any(|action| action.locks(address))
    }
}

/// Ids that are no IP address count as IPv4.
fn is_ipv6(address: &AddressId) -> bool {
    address.0.parse::<Ipv6Addr>().is_ok()
}
