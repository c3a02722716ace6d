//! What may happen at a moment.

use std::time::Duration;

use les_sim::cloud::CallFaults;
use les_sim::faults::Fault;
use les_sim::network::Cut;
use les_sim::node::Power;
use les_sim::world::World;

/// Longer than any schedule: what ends, ends by a choice.
const FOR_EVER: Duration = Duration::from_secs(3600);

/// How late what is slow comes: more than a beat, less than the silence that counts.
const LATE: Duration = Duration::from_millis(250);

/// One event.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Choice {
    /// Nothing happens.
    Wait,
    /// SIGKILL.
    Crash(usize),
    /// A dead node starts.
    Restart(usize),
    /// SIGSTOP.
    Stop(usize),
    /// SIGCONT.
    Resume(usize),
    /// That node and the others do not hear each other.
    Isolate(usize),
    /// What the first says does not arrive at the second.
    OneWay(usize, usize),
    /// Everything between that node and the others arrives late, after what others send later.
    Slow(usize),
    /// What the first says in the time of one step does not arrive at the second.
    Lose(usize, usize),
    /// The network is whole again.
    Heal,
    /// From here on writes take effect after their callers gave up.
    LateWrites,
    /// And now they do not any more.
    PromptWrites,
}

impl Choice {
    /// Everything that makes sense now.
    pub(crate) fn all(world: &World) -> Vec<Self> {
        let nodes = 0..world.nodes.len();
        let power = |node: usize| world.nodes[node].power;
        let running = nodes
            .clone()
            .filter(|n| power(*n) == Power::Running)
            .count();
        let mut choices = vec![Self::Wait];
        for node in nodes.clone() {
            match power(node) {
                // One is always left.
                Power::Running if running > 1 => {
                    choices.extend([Self::Crash(node), Self::Stop(node)]);
                }
                Power::Running => {}
                Power::Paused => choices.push(Self::Resume(node)),
                Power::Crashed | Power::Off => choices.push(Self::Restart(node)),
            }
        }
        if world.network.is_whole() {
            choices.extend(nodes.clone().map(Self::Isolate));
            let pairs = nodes
                .clone()
                .flat_map(|from| nodes.clone().map(move |to| (from, to)));
            for (from, to) in pairs.filter(|(from, to)| from != to) {
                choices.extend([Self::OneWay(from, to), Self::Lose(from, to)]);
            }
        } else {
            choices.push(Self::Heal);
        }
        let brisk = |n: &usize| world.network.slow[*n].is_zero();
        if nodes.clone().all(|n| brisk(&n)) {
            choices.extend(nodes.map(Self::Slow));
        }
        choices.push(if world.cloud.faults.late == 0 {
            Self::LateWrites
        } else {
            Self::PromptWrites
        });
        choices
    }

    /// Does it, and what ends with the step when the step is over.
    pub(crate) fn happen(self, world: &mut World, step: Duration) {
        if let Self::Slow(node) = self {
            world.network.slow[node] = LATE;
        }
        if let Some(fault) = self.fault() {
            let _ = world.inflict(&fault);
        }
        world.run_until(world.now.after(step));
        if let Self::Lose(..) = self {
            let _ = world.inflict(&Fault::Heal);
        }
    }

    /// As the simulator's fault; `None` is nothing.
    fn fault(self) -> Option<Fault> {
        let writes = |late| {
            let faults = CallFaults {
                late,
                ..CallFaults::default()
            };
            Fault::Cloud(faults, FOR_EVER)
        };
        Some(match self {
            Self::Wait | Self::Slow(_) => return None,
            Self::Crash(node) => Fault::Crash(node),
            Self::Restart(node) => Fault::Restart(node, 0),
            Self::Stop(node) => Fault::Pause(node, FOR_EVER),
            Self::Resume(node) => Fault::Resume(node),
            Self::Isolate(node) => Fault::Partition(vec![node], Cut::Drop, FOR_EVER),
            Self::OneWay(from, to) | Self::Lose(from, to) => Fault::OneWay(from, to, FOR_EVER),
            Self::Heal => Fault::Heal,
            Self::LateWrites => writes(100),
            Self::PromptWrites => writes(0),
        })
    }
}
