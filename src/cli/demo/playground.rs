//! After the show: the cluster goes on, for a person to play with.

use std::time::Duration;

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
        let mut due: Option<(usize, Duration)> = None;
        loop {
            let pause = due.map(|(_, at)| at.saturating_sub(self.clock.now()));
            tokio::select! {
                followed = self.follow() => followed?,
                () = sleep_some(pause) => {
                    if let Some((node, _)) = due.take() {
                        self.start_node(node)?;
                    }
                }
            }
            if due.is_none()
                && let Some(node) = self.state.gone.take()
            {
                let how = self.cluster.ended(node).await;
                let how = how.map_or_else(|| "unknown".to_owned(), |status| status.to_string());
                self.show(Happening::Gone {
                    node: Name(node),
                    how,
                })?;
                due = Some((node, self.clock.now() + RESTART));
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
        self.show(Happening::Playground {
            nodes: playable.collect(),
        })
    }
}

async fn sleep_some(pause: Option<Duration>) {
    match pause {
        Some(pause) => tokio::time::sleep(pause).await,
        None => std::future::pending().await,
    }
}
