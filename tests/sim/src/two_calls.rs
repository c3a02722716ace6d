//! A write at a cloud that takes an address from its holder in one call and gives it to another in a second one: between them nobody holds it,
//! and whoever made the first call may die.

use les_core::FailureKind;

use crate::cloud::WriteFate;
use crate::event::Event;
use crate::node::{Power, address_name, target_of};
use crate::world::World;

/// Such a write on its way.
#[derive(Clone, Debug)]
pub struct TwoCalls {
    /// Who makes it.
    pub node: usize,
    /// In which of its lives.
    pub life: u64,
    /// For which address.
    pub address: usize,
    /// As part of which call of the driver.
    pub call: u64,
    /// The holder that the licence is for.
    pub expected: Option<String>,
    /// The first call was made: nothing can be told for sure after a failure.
    pub freed: bool,
}

impl World {
    /// The provider looks who holds the address, just before it takes it away.
    pub(crate) fn check_before_two_calls(&mut self, step: TwoCalls) {
        let (arrives, returns, fault) = self.cloud.plan_read(self.now, &mut self.rng);
        match fault {
            None => self.at(arrives, Event::CheckArrives { returns, step }),
            Some(kind) => self.at(
                returns,
                Event::Checked {
                    step,
                    result: Err(kind),
                },
            ),
        }
    }

    pub(crate) fn check_arrives(&mut self, step: TwoCalls, returns: crate::time::At) {
        let holder = self
            .cloud
            .read(self.now, step.address, &mut self.rng)
            .holder;
        let result = if holder == step.expected {
            Ok(())
        } else {
            Err(FailureKind::Conflict)
        };
        self.at(returns, Event::Checked { step, result });
    }

    pub(crate) fn checked(&mut self, step: TwoCalls, result: Result<(), FailureKind>) {
        if !self.is_in_flight(&step) {
            return;
        }
        match result {
            Err(kind) => self.return_write(&step, Err(kind)),
            Ok(()) if step.expected.is_none() => self.attach(step),
            Ok(()) => self.free(step),
        }
    }

    /// The first call.
    fn free(&mut self, step: TwoCalls) {
        let fate = self.cloud.plan_write(self.now, &mut self.rng);
        if let Some(at) = fate.effect {
            let (node, address, late) = (step.node, step.address, fate.late);
            self.at(
                at,
                Event::FreeLands {
                    node,
                    address,
                    late,
                },
            );
        }
        let result = fate.result;
        self.at(fate.returns, Event::Freed { step, result });
    }

    pub(crate) fn free_lands(&mut self, node: usize, address: usize, late: bool) {
        let late = late || !self.nodes[node].leads();
        self.stats.late_landings += u64::from(late);
        self.stats.bump("two_calls_freed");
        self.say(&|| {
            format!(
                "cloud: {} is free for {}",
                address_name(address),
                target_of(node)
            )
        });
        if !late {
            self.judge_move(node, address);
        }
        self.cloud.apply(self.now, address, None, late, false);
    }

    pub(crate) fn freed(&mut self, step: TwoCalls, result: Result<(), FailureKind>) {
        if !self.is_in_flight(&step) {
            self.stats.bump("two_calls_broken_off");
            return;
        }
        match result {
            Ok(()) => self.attach(TwoCalls {
                freed: true,
                ..step
            }),
            Err(kind) => self.return_write(&step, Err(kind)),
        }
    }

    /// The second call.
    fn attach(&mut self, step: TwoCalls) {
        let fate = self.cloud.plan_write(self.now, &mut self.rng);
        match fate.effect {
            Some(at) => self.at(at, Event::AttachArrives { step, fate }),
            None => self.return_attach(&step, fate),
        }
    }

    pub(crate) fn attach_arrives(&mut self, step: &TwoCalls, mut fate: WriteFate) {
        let target = target_of(step.node);
        let holder = self.cloud.holder(step.address);
        if holder.is_none_or(|holder| holder == target) {
            self.write_lands(step.node, step.address, fate.late);
        } else {
            self.stats.bump("two_calls_rival");
            fate.result = fate.result.and(Err(FailureKind::Conflict));
        }
        self.return_attach(step, fate);
    }

    fn return_attach(&mut self, step: &TwoCalls, fate: WriteFate) {
        // After the first call "nothing was changed" is not true any more.
        let result = fate.result.map_err(|kind| match kind {
            FailureKind::Transient | FailureKind::Conflict if step.freed => {
                FailureKind::MaybeApplied
            }
            kind => kind,
        });
        let returns = fate.returns.max(self.now);
        self.at(returns, step.returns_with(result));
    }

    fn return_write(&mut self, step: &TwoCalls, result: Result<(), FailureKind>) {
        self.at(self.now, step.returns_with(result));
    }

    /// The process lives, and its call was not dropped: else no further request is sent.
    fn is_in_flight(&self, step: &TwoCalls) -> bool {
        let node = &self.nodes[step.node];
        let call = node.addresses[step.address].call.as_ref();
        node.power == Power::Running
            && node.life == step.life
            && call.is_some_and(|call| call.id == step.call)
    }
}

impl TwoCalls {
    fn returns_with(&self, result: Result<(), FailureKind>) -> Event {
        Event::WriteReturns {
            node: self.node,
            life: self.life,
            address: self.address,
            call: self.call,
            result,
        }
    }
}
