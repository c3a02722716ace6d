//! What goes wrong in a run, drawn from its seed.

use std::time::Duration;

use les_core::Input;

use crate::cloud::CallFaults;
use crate::network::Cut;
use crate::node::{Node, Power};
use crate::time::At;
use crate::world::World;

/// One thing that goes wrong (or is mended).
#[derive(Clone, Debug)]
pub enum Fault {
    /// SIGKILL.
    Crash(usize),
    /// Power loss: nothing comes back from the host.
    PowerOff(usize),
    /// SIGSTOP, and SIGCONT after that long.
    Pause(usize, Duration),
    /// It leaves without handing over: goodbye, and exit half a second later.
    Goodbye(usize),
    /// SIGTERM: it resigns, and says goodbye after that long.
    Retire(usize, Duration),
    /// The operator asks a leader to hand over, to a certain node or to the next in line.
    HandOver(usize, Option<usize>),
    /// The operator drains a node for that long.
    Drain(usize, Duration),
    /// The operator tells a node that nothing is to be moved, for that long.
    PauseMoves(usize, Duration),
    /// A proxy closes every stream to and from a node.
    CloseStreams(usize),
    /// A dead node starts again, its wall clock that many microseconds wrong.
    Restart(usize, i64),
    /// The given side is cut from the rest.
    Partition(Vec<usize>, Cut, Duration),
    /// Connections from one node to another are dropped.
    OneWay(usize, usize, Duration),
    /// Messages are lost with that probability.
    Loss(f64, Duration),
    /// The cloud cannot be reached from a node.
    ApiCut(usize, Duration),
    /// The cloud's calls fail in these ways.
    Cloud(CallFaults, Duration),
    /// Somebody moves the first address by hand to a node's machine, or to a machine outside the cluster.
    HandMove(Option<usize>),
    /// The network is whole again.
    Heal,
    /// No message is lost any more.
    EndLoss,
    /// A paused node goes on.
    Resume(usize),
    /// The cloud can be reached from a node again.
    EndApiCut(usize),
    /// The cloud's calls work again.
    EndCloud,
    /// A drained node may lead again.
    Undrain(usize),
    /// The operator lets addresses be moved again, at whichever node knows of the pause.
    ResumeMoves,
    /// A node that said goodbye exits.
    Exit(usize),
}

/// A machine that is no node.
pub const STRANGER: &str = "machine-of-somebody-else";

impl World {
    /// Does what the fault says, and returns what must follow, and when.
    pub fn inflict(&mut self, fault: &Fault) -> Option<(At, Fault)> {
        self.say(&|| format!("FAULT {fault:?}"));
        self.watch_fault(fault);
        self.settle_streams();
        match fault {
            Fault::Crash(node) => self.set_power(*node, Power::Crashed),
            Fault::PowerOff(node) => self.set_power(*node, Power::Off),
            Fault::Pause(node, hold) => {
                self.set_power(*node, Power::Paused);
                return Some((self.now.after(*hold), Fault::Resume(*node)));
            }
            Fault::Resume(node) => {
                if self.nodes[*node].power == Power::Paused {
                    self.set_power(*node, Power::Running);
                }
            }
            Fault::Restart(node, offset) => self.start(*node, *offset),
            Fault::Partition(side, cut, hold) => {
                self.network.part(side, *cut);
                self.cut_streams();
                return Some((self.now.after(*hold), Fault::Heal));
            }
            Fault::OneWay(from, to, hold) => {
                self.network.set(*from, *to, Some(Cut::Drop));
                return Some((self.now.after(*hold), Fault::Heal));
            }
            Fault::Heal => {
                self.heal_streams();
                self.network.heal();
            }
            Fault::Loss(share, hold) => {
                self.network.loss = *share;
                return Some((self.now.after(*hold), Fault::EndLoss));
            }
            Fault::EndLoss => self.network.loss = 0.0,
            Fault::ApiCut(node, hold) => {
                self.nodes[*node].api_cut = true;
                return Some((self.now.after(*hold), Fault::EndApiCut(*node)));
            }
            Fault::EndApiCut(node) => self.nodes[*node].api_cut = false,
            Fault::Cloud(faults, hold) => {
                self.cloud.faults = *faults;
                return Some((self.now.after(*hold), Fault::EndCloud));
            }
            Fault::EndCloud => self.cloud.faults = CallFaults::default(),
            Fault::CloseStreams(node) => self.close_streams_by_proxy(*node),
            Fault::Goodbye(_)
            | Fault::Retire(..)
            | Fault::HandOver(..)
            | Fault::Drain(..)
            | Fault::Undrain(_)
            | Fault::PauseMoves(..)
            | Fault::ResumeMoves
            | Fault::Exit(_) => return self.operate(fault),
            Fault::HandMove(to) => {
                let to = to.map_or_else(|| STRANGER.to_owned(), crate::node::target_of);
                self.cloud.apply(self.now, 0, Some(to), false, true);
            }
        }
        None
    }

    /// What an operator does on purpose.
    fn operate(&mut self, fault: &Fault) -> Option<(At, Fault)> {
        match fault {
            Fault::Goodbye(node) => {
                if self.nodes[*node].power != Power::Running {
                    return None;
                }
                self.input(*node, Input::Leave);
                return Some((
                    self.now.after(Duration::from_millis(500)),
                    Fault::Exit(*node),
                ));
            }
            Fault::Retire(node, after) => {
                self.input(*node, Input::Retire);
                return Some((self.now.after(*after), Fault::Goodbye(*node)));
            }
            Fault::HandOver(node, to) => {
                let to = to.map(crate::node::addr_of);
                self.input(*node, Input::Resign { to });
            }
            Fault::Drain(node, hold) => {
                self.input(*node, Input::Drain(true));
                return Some((self.now.after(*hold), Fault::Undrain(*node)));
            }
            Fault::Undrain(node) => {
                if self.nodes[*node].power == Power::Running {
                    self.input(*node, Input::Drain(false));
                }
            }
            Fault::PauseMoves(node, hold) => {
                if self.nodes[*node].power == Power::Running {
                    self.input(*node, Input::Pause(true));
                }
                return Some((self.now.after(*hold), Fault::ResumeMoves));
            }
            Fault::ResumeMoves => return self.resume_moves(),
            Fault::Exit(node) => {
                if matches!(self.nodes[*node].power, Power::Running | Power::Paused) {
                    self.set_power(*node, Power::Crashed);
                }
            }
            other => unreachable!("nobody does that on purpose: {other:?}"),
        }
        None
    }

    /// An operator who finds nobody that knows of the pause looks again later, unless it is forgotten.
    fn resume_moves(&mut self) -> Option<(At, Fault)> {
        if let Some(node) = self.knows_of_pause(Power::Running) {
            self.input(node, Input::Pause(false));
        }
        let remains = [Power::Running, Power::Paused]
            .into_iter()
            .find_map(|power| self.knows_of_pause(power));
        remains.map(|_| (self.now.after(Duration::from_secs(1)), Fault::ResumeMoves))
    }

    fn knows_of_pause(&self, power: Power) -> Option<usize> {
        let knows = |n: &Node| n.power == power && n.view.is_paused();
        self.nodes.iter().position(knows)
    }

    /// A fault that makes sense now, or none.
    pub fn draw_fault(&mut self, strangers_left: &mut u32) -> Option<Fault> {
        let n = self.nodes.len();
        let node = self.rng.usize(0..n);
        let power = self.nodes[node].power;
        let hold = self.draw_hold();
        if matches!(power, Power::Crashed | Power::Off) {
            let hour = 3_600_000_000_i64;
            let offset = [0, 0, hour, -hour, -1_700_000_000_000_000][self.rng.usize(0..5)];
            return Some(Fault::Restart(node, offset));
        }
        if power == Power::Paused {
            return None;
        }
        let fault = match self.rng.u32(0..100) {
            0..12 => Fault::Crash(node),
            12..18 => Fault::PowerOff(node),
            18..30 => Fault::Pause(node, hold),
            30..32 => Fault::Goodbye(node),
            32..36 => Fault::Retire(node, hold.min(Duration::from_secs(10))),
            36..62 => {
                let size = self.rng.usize(1..n);
                let mut all: Vec<usize> = (0..n).collect();
                self.rng.shuffle(&mut all);
                let cut = [Cut::Drop, Cut::Drop, Cut::Reset, Cut::Refuse][self.rng.usize(0..4)];
                Fault::Partition(all[..size].to_vec(), cut, hold)
            }
            62..66 => Fault::CloseStreams(node),
            66..69 => Fault::HandOver(
                node,
                (self.rng.bool()).then(|| (node + 1 + self.rng.usize(0..n - 1)) % n),
            ),
            69..71 => Fault::Drain(node, hold),
            71..72 => Fault::PauseMoves(node, hold),
            72..76 => Fault::OneWay(node, (node + 1 + self.rng.usize(0..n - 1)) % n, hold),
            76..80 => Fault::Loss([0.01, 0.02, 0.05, 0.1][self.rng.usize(0..4)], hold),
            80..86 => Fault::ApiCut(node, hold),
            86..94 => Fault::Cloud(self.draw_call_faults(), hold),
            94..98 if self.common.witness != Some(node) => Fault::HandMove(Some(node)),
            _ if *strangers_left > 0 => {
                *strangers_left -= 1;
                Fault::HandMove(None)
            }
            _ => return None,
        };
        let kills = matches!(
            fault,
            Fault::Crash(_)
                | Fault::PowerOff(_)
                | Fault::Pause(..)
                | Fault::Goodbye(_)
                | Fault::Retire(..)
        );
        let running = self
            .nodes
            .iter()
            .filter(|n| n.power == Power::Running)
            .count();
        // One is always left, else nothing is tested.
        (!kills || running > 1).then_some(fault)
    }

    /// From 0.1 to 60 s, short ones more often.
    fn draw_hold(&mut self) -> Duration {
        let exponent = self.rng.f64() * 2.78 - 1.0;
        Duration::from_secs_f64(10_f64.powf(exponent))
    }

    fn draw_call_faults(&mut self) -> CallFaults {
        let mut share = |most: u32| {
            if self.rng.bool() {
                self.rng.u32(0..=most)
            } else {
                0
            }
        };
        CallFaults {
            transient: share(30),
            throttled: share(30),
            effect_then_timeout: share(10),
            timeout: share(10),
            late: share(15),
            stale: share(80),
        }
    }
}
