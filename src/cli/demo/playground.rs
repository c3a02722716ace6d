//! After the show: the cluster goes on, for a person to play with.

use std::collections::VecDeque;
use std::time::Duration;

use super::clock::DemoClock;
use super::happening::{Happening, Name, Playable};
use super::node_state::Post;
use super::show::{Show, Stop};

/// A node that somebody killed is started again after this long, as a service manager does. Long enough to see what its death does.
const RESTART: Duration = Duration::from_secs(5);

impl Show {
    /// Goes on for ever.
    pub(super) async fn go_on(&mut self) -> Result<(), Stop> {
        let seconds = RESTART.as_secs();
        self.part(&format!(
            "Your turn, until Ctrl-C. A node that is gone is started again after {seconds} s"
        ))?;
        self.show_commands()?;
        // At most one for each node, the next one first: all wait equally long.
        let mut due: VecDeque<(usize, Duration)> = VecDeque::new();
        let clock = self.clock;
        loop {
            let next = due.front().copied();
            tokio::select! {
                followed = self.follow() => followed?,
                node = wait_for_restart(clock, next) => {
                    due.pop_front();
                    self.start_node(node)?;
                }
            }
            for node in std::mem::take(&mut self.state.gone) {
                let how = self.cluster.ended(node).await;
                self.show(&Happening::Gone {
                    node: Name(node),
                    how,
                })?;
                due.push_back((node, self.clock.now() + RESTART));
            }
        }
    }

    fn show_commands(&self) -> Result<(), Stop> {
        let nodes = self
            .state
            .nodes
            .iter()
            .enumerate()
            .filter(|(_, node)| node.is_alive());
        let playable = nodes.map(|(index, node)| Playable {
            node: Name(index),
            addr: node.addr,
            pid: node.pid,
            leads: node.post == Post::Leads,
        });
        self.show(&Happening::Playground {
            nodes: playable.collect(),
        })
    }
}

/// Waits until a node is to be started again, or for ever.
async fn wait_for_restart(clock: DemoClock, next: Option<(usize, Duration)>) -> usize {
    match next {
        Some((node, at)) => {
            tokio::time::sleep(at.saturating_sub(clock.now())).await;
            node
        }
        None => std::future::pending().await,
    }
}
