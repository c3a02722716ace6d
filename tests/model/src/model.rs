//! The model: states, choices, and what must hold.

use les_sim::node::Power;
use stateright::{Model, Property};

use crate::choice::Choice;
use crate::state::State;

/// Holds in every state.
pub(crate) const SAFE: &str = "every invariant holds";
const MOVED: &str = "the address moves";
const TWICE: &str = "it moves twice";
const TWO_LEAD: &str = "two lead at a time";
const NOBODY: &str = "nobody leads though two run";
/// Happens somewhere: else less is explored than it seems.
pub(crate) const REACHED: [&str; 2] = [MOVED, NOBODY];

/// What is explored.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Bound {
    pub(crate) nodes: usize,
    pub(crate) steps: usize,
    pub(crate) events: usize,
    pub(crate) quorum: bool,
}

impl Model for Bound {
    type State = State;
    type Action = Choice;

    fn init_states(&self) -> Vec<State> {
        vec![State::settled(self)]
    }

    fn actions(&self, state: &State, actions: &mut Vec<Choice>) {
        if state.broken.is_some() || state.schedule.len() >= self.steps {
            return;
        }
        if state.events() < self.events {
            actions.extend(Choice::all(&state.world));
        } else {
            actions.push(Choice::Wait);
        }
    }

    fn next_state(&self, state: &State, choice: Choice) -> Option<State> {
        let last = state.schedule.len() + 1 == self.steps;
        Some(state.after(choice, last))
    }

    fn properties(&self) -> Vec<Property<Self>> {
        vec![
            Property::always(SAFE, |_, s: &State| s.broken.is_none()),
            Property::sometimes(MOVED, |_, s: &State| moves(s) > 0),
            Property::sometimes(TWICE, |_, s: &State| moves(s) > 1),
            Property::sometimes(TWO_LEAD, |_, s: &State| leading(s) > 1),
            Property::sometimes(NOBODY, |_, s: &State| leading(s) == 0 && running(s) > 1),
        ]
    }
}

/// The first one gave the free address to its first leader.
fn moves(state: &State) -> usize {
    state.world.cloud.moves.len().saturating_sub(1)
}

fn leading(state: &State) -> usize {
    state.world.nodes.iter().filter(|n| n.leads()).count()
}

fn running(state: &State) -> usize {
    let nodes = state.world.nodes.iter();
    nodes.filter(|n| n.power == Power::Running).count()
}
