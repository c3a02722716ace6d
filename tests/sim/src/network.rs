//! The network between the nodes: latency, loss, and cuts of single directions.

use std::time::Duration;

use fastrand::Rng;

/// What a cut link does with a connection attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cut {
    /// Nothing comes back.
    Drop,
    /// The connection breaks.
    Reset,
    /// A firewall refuses in the other's name: false proof of its death.
    Refuse,
}

/// The links between `n` nodes. A direction is that of the connection attempt, as with a firewall that keeps state.
#[derive(Clone, Debug)]
pub struct Network {
    cuts: Vec<Vec<Option<Cut>>>,
    /// Probability of losing one direction of an exchange.
    pub loss: f64,
    /// Least and most one-way latency in microseconds.
    pub latency: (u64, u64),
    /// How much longer everything takes to and from a node: what it sends arrives after what others send later.
    pub slow: Vec<Duration>,
}

impl Network {
    /// Whole.
    #[must_use]
    pub fn new(nodes: usize, latency: (u64, u64)) -> Self {
        Self {
            cuts: vec![vec![None; nodes]; nodes],
            loss: 0.0,
            latency,
            slow: vec![Duration::ZERO; nodes],
        }
    }

    /// Cuts or mends one direction.
    pub fn set(&mut self, from: usize, to: usize, cut: Option<Cut>) {
        self.cuts[from][to] = cut;
    }

    /// Parts the nodes into the given side and the rest.
    pub fn part(&mut self, side: &[usize], cut: Cut) {
        for from in 0..self.cuts.len() {
            for to in 0..self.cuts.len() {
                if side.contains(&from) != side.contains(&to) {
                    self.set(from, to, Some(cut));
                }
            }
        }
    }

    /// Whole again.
    pub fn heal(&mut self) {
        for row in &mut self.cuts {
            row.fill(None);
        }
    }

    /// No direction is cut.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        self.cuts.iter().flatten().all(Option::is_none)
    }

    /// A firewall refuses in somebody's name.
    #[must_use]
    pub fn refuses(&self) -> bool {
        self.cuts
            .iter()
            .flatten()
            .any(|cut| *cut == Some(Cut::Refuse))
    }

    /// Somewhere requests get through in one direction and not in the other.
    #[must_use]
    pub fn is_cut_one_way(&self) -> bool {
        let nodes = 0..self.cuts.len();
        let mut pairs = nodes
            .clone()
            .flat_map(|a| nodes.clone().map(move |b| (a, b)));
        pairs.any(|(a, b)| self.cuts[a][b].is_none() != self.cuts[b][a].is_none())
    }

    /// What stands in the way of a connection.
    #[must_use]
    pub fn cut(&self, from: usize, to: usize) -> Option<Cut> {
        self.cuts[from][to]
    }

    /// Both directions are open and nothing is lost.
    #[must_use]
    pub fn is_clean(&self, a: usize, b: usize) -> bool {
        self.loss == 0.0 && self.cut(a, b).is_none() && self.cut(b, a).is_none()
    }

    /// Whether a message is lost by chance.
    pub fn loses(&self, rng: &mut Rng) -> bool {
        self.loss > 0.0 && rng.f64() < self.loss
    }

    /// One one-way latency, from a node to another.
    pub fn delay(&self, from: usize, to: usize, rng: &mut Rng) -> Duration {
        let more = self.slow[from].max(self.slow[to]);
        Duration::from_micros(rng.u64(self.latency.0..=self.latency.1)) + more
    }
}
