//! The thin driver of a node's addresses, and its calls to the cloud.

use std::time::Duration;

use les_core::{Epoch, Failed, FailureKind, HeldBy, Input, Licence, Seen, Step, Time};

use crate::cloud::{CALL_TIMEOUT, Cloud};
use crate::event::Event;
use crate::node::{Call, Node, Power, address_name, target_of};
use crate::time::At;
use crate::two_calls::TwoCalls;
use crate::world::World;

impl World {
    /// The thin driver of one address, as the real one: one call at a time, cancelled when the reign it belongs to is over.
    pub(crate) fn drive_address(&mut self, node: usize, address: usize) {
        if self.nodes[node].power != Power::Running {
            return;
        }
        let reign = self.nodes[node]
            .view
            .leadership
            .reign
            .as_ref()
            .map(|r| (r.since, r.epoch));
        let now = self.now.time();
        if let Some(call) = &self.nodes[node].addresses[address].call {
            if reign.map(|r| r.0) == Some(call.reign.0) {
                return;
            }
            let write = call.write;
            let driver = &mut self.nodes[node].addresses[address];
            driver.call = None;
            if write {
                self.stats.cancelled_calls += 1;
                driver.arbiter.write_cancelled(now);
            }
        }
        let Node {
            addresses, view, ..
        } = &mut self.nodes[node];
        let driver = &mut addresses[address];
        match (driver.arbiter.next(now, &view.leadership), reign) {
            (Step::Rest { until, .. }, _) => {
                let wake = until.map(|t| At::of(t).max(self.now));
                if driver.wake != wake
                    && let Some(at) = wake
                {
                    driver.wake = wake;
                    // A rest that ends now would spin: the arbiter must never ask for that.
                    assert!(
                        at > self.now,
                        "{} rests until now: {:?}",
                        self.nodes[node].addr,
                        self.nodes[node].addresses[address].arbiter.status()
                    );
                    let life = self.nodes[node].life;
                    let wake = Event::AddressWake {
                        node,
                        life,
                        address,
                    };
                    self.at(at, wake);
                }
            }
            (Step::Observe(_), Some(reign)) => self.begin_read(node, address, reign),
            (
                Step::Assign {
                    licence,
                    epoch,
                    seen,
                },
                Some(reign),
            ) => {
                self.say(&|| {
                    format!(
                        "{}: assign {} ({licence:?}, {epoch:?})",
                        self.nodes[node].addr,
                        address_name(address)
                    )
                });
                self.begin_write(node, address, reign, epoch, &licence, seen);
            }
            (step, None) => panic!("{} steps without a reign: {step:?}", self.nodes[node].addr),
        }
    }

    fn begin_call(
        &mut self,
        node: usize,
        address: usize,
        write: bool,
        reign: (Time, Epoch),
    ) -> u64 {
        self.next_call += 1;
        let driver = &mut self.nodes[node].addresses[address];
        crate::invariants::one_call_in_flight(&driver.call);
        driver.wake = None;
        driver.call = Some(Call {
            id: self.next_call,
            begun: self.now,
            write,
            reign,
        });
        self.next_call
    }

    fn begin_read(&mut self, node: usize, address: usize, reign: (Time, Epoch)) {
        self.stats.reads += 1;
        let life = self.nodes[node].life;
        let call = self.begin_call(node, address, false, reign);
        if self.nodes[node].api_cut {
            let returns = self.now.after(CALL_TIMEOUT);
            return self.at(
                returns,
                Event::ReadReturns {
                    node,
                    life,
                    address,
                    call,
                    result: Err(FailureKind::Unreachable),
                },
            );
        }
        match self.cloud.plan_read(self.now, &mut self.rng) {
            (arrives, returns, None) => self.at(
                arrives,
                Event::ReadArrives {
                    node,
                    life,
                    address,
                    call,
                    returns,
                },
            ),
            (_, returns, Some(kind)) => self.at(
                returns,
                Event::ReadReturns {
                    node,
                    life,
                    address,
                    call,
                    result: Err(kind),
                },
            ),
        }
    }

    fn begin_write(
        &mut self,
        node: usize,
        address: usize,
        reign: (Time, Epoch),
        epoch: Epoch,
        licence: &Licence,
        seen: Option<Seen>,
    ) {
        self.stats.writes += 1;
        self.stats.count_licence(licence);
        crate::invariants::only_leader_writes(&self.nodes[node], epoch);
        crate::invariants::paused_moves_nothing(&self.nodes[node]);
        let (holder, version) = seen.map_or((None, None), |seen| (seen.holder, seen.version));
        let expected = version.and_then(|v| v.parse().ok());
        if self.cloud.versioned && expected.is_none() {
            crate::invariants::forces_only_at_first(&self.nodes[node], address, reign.0);
        }
        let life = self.nodes[node].life;
        let call = self.begin_call(node, address, true, reign);
        if self.nodes[node].api_cut {
            let returns = self.now.after(CALL_TIMEOUT);
            return self.at(
                returns,
                Event::WriteReturns {
                    node,
                    life,
                    address,
                    call,
                    result: Err(FailureKind::Unreachable),
                },
            );
        }
        if self.common.two_calls {
            return self.check_before_two_calls(TwoCalls {
                node,
                life,
                address,
                call,
                expected: holder,
                freed: false,
            });
        }
        let fate = self.cloud.plan_write(self.now, &mut self.rng);
        if let Some(at) = fate.effect {
            self.at(
                at,
                Event::WriteLands {
                    node,
                    address,
                    call,
                    expected,
                    late: fate.late,
                },
            );
        }
        self.at(
            fate.returns,
            Event::WriteReturns {
                node,
                life,
                address,
                call,
                result: fate.result,
            },
        );
    }

    fn end_call(&mut self, node: usize, address: usize, call: u64) -> Option<Call> {
        let driver = &mut self.nodes[node].addresses[address];
        if driver.call.as_ref().is_some_and(|c| c.id == call) {
            driver.call.take()
        } else {
            None
        }
    }

    fn failed(&mut self, node: usize, address: usize, kind: FailureKind) -> Failed {
        let driver = &mut self.nodes[node].addresses[address];
        driver.attempts += 1;
        self.stats.failed_calls += 1;
        Cloud::failed(kind, driver.attempts, &mut self.rng)
    }

    pub(crate) fn read_returns(
        &mut self,
        node: usize,
        address: usize,
        call: u64,
        result: Result<Seen, FailureKind>,
    ) {
        let Some(call) = self.end_call(node, address, call) else {
            return;
        };
        let answered = answered(&result);
        let result = result.map_err(|kind| self.failed(node, address, kind));
        let mine = result
            .as_ref()
            .ok()
            .map(|seen| seen.holder.as_deref() == Some(&*self.nodes[node].target));
        let holder = result.as_ref().map_or(HeldBy::Unsaid, Seen::held_by);
        let now = self.now.time();
        let driver = &mut self.nodes[node].addresses[address];
        if result.is_ok() {
            driver.attempts = 0;
        }
        driver.arbiter.read_done(call.begun.time(), now, result);
        self.tell_called(node, address, &call, answered);
        let input = Input::AddressRead {
            address: address_name(address),
            first: address == 0,
            begun: call.begun.time(),
            mine,
            holder,
        };
        self.input(node, input);
    }

    pub(crate) fn write_returns(
        &mut self,
        node: usize,
        address: usize,
        call: u64,
        result: Result<(), FailureKind>,
    ) {
        let fenced = self.fenced_calls.remove(&call);
        let Some(call) = self.end_call(node, address, call) else {
            return;
        };
        let result = match result {
            Ok(()) if fenced => Err(FailureKind::Conflict),
            result => result,
        };
        let answered = answered(&result);
        let result = result.map_err(|kind| self.failed(node, address, kind));
        let now = self.now.time();
        let driver = &mut self.nodes[node].addresses[address];
        if result.is_ok() {
            driver.succeeded_in = Some(call.reign.0);
        }
        driver.arbiter.write_done(call.begun.time(), now, result);
        self.tell_called(node, address, &call, answered);
        self.drive_address(node, address);
    }

    fn tell_called(&mut self, node: usize, address: usize, call: &Call, answered: Option<bool>) {
        let needed = self.nodes[node].addresses[address].arbiter.needs_calls();
        if let Some(answered) = answered {
            let begun = call.begun.time();
            let called = Input::CloudCalled {
                begun,
                answered,
                needed,
            };
            self.input(node, called);
        }
    }

    /// As the real standby does: it tries soon, and again while that is wanted.
    pub(crate) fn plan_reach(&mut self, node: usize) {
        let Node {
            view,
            tries_reach,
            life,
            ..
        } = &mut self.nodes[node];
        if view.leadership.reach_wanted && !std::mem::replace(tries_reach, true) {
            let life = *life;
            self.at(
                self.now.after(Duration::from_millis(20)),
                Event::TriesReach { node, life },
            );
        }
    }

    pub(crate) fn try_reach(&mut self, node: usize, life: u64) {
        let begun = self.now;
        let took = if self.nodes[node].api_cut {
            CALL_TIMEOUT
        } else {
            Duration::from_millis(100)
        };
        let tried = Event::TriedReach { node, life, begun };
        self.at(begun.after(took), tried);
    }

    pub(crate) fn tried_reach(&mut self, node: usize, begun: At) {
        self.nodes[node].tries_reach = false;
        let answered = !self.nodes[node].api_cut;
        let called = Input::CloudCalled {
            begun: begun.time(),
            answered,
            needed: false,
        };
        self.input(node, called);
    }

    /// A write comes to the cloud, which may refuse it: the address has moved since the reading that the write relies on.
    pub(crate) fn write_arrives(
        &mut self,
        node: usize,
        address: usize,
        call: u64,
        expected: Option<u64>,
        late: bool,
    ) {
        if self.cloud.accepts(address, expected) {
            return self.write_lands(node, address, late);
        }
        let rule = if late {
            "late_write_fenced"
        } else {
            "write_conflict"
        };
        self.stats.bump(rule);
        self.say(&|| {
            format!(
                "cloud: {} refuses {} ({rule})",
                address_name(address),
                target_of(node)
            )
        });
        self.fenced_calls.insert(call);
    }

    /// A call whose node does not lead any more when it lands is a late one too.
    pub(crate) fn write_lands(&mut self, node: usize, address: usize, late: bool) {
        let target = target_of(node);
        let late =
            late || !self.nodes[node].view.leads() || self.nodes[node].power != Power::Running;
        self.stats.late_landings += u64::from(late);
        self.say(&|| {
            let how = if late { " (late)" } else { "" };
            format!("cloud: {} -> {target}{how}", address_name(address))
        });
        if !late {
            self.judge_move(node, address);
        }
        self.cloud
            .apply(self.now, address, Some(target), late, false);
    }
}

/// Whether the cloud answered; a write that may have taken effect says nothing about that.
fn answered<T>(result: &Result<T, FailureKind>) -> Option<bool> {
    match result {
        Err(FailureKind::MaybeApplied) => None,
        Err(kind) => Some(*kind != FailureKind::Unreachable),
        Ok(_) => Some(true),
    }
}
