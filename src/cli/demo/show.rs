//! The show: starts the nodes, kills the leader, lets it come back, and watches. Every step waits for what the nodes and the cloud
//! report, with a deadline.

use std::io;
use std::time::Duration;

use super::clock::DemoClock;
use super::cloud::{ACTION_TAKES, ADDRESS, Cloud};
use super::cluster::{Cluster, LOOP_RATE};
use super::happening::{Happening, Name};
use super::node_state::Post;
use super::report::Feed;
use super::screen::Screen;
use super::state::State;
use super::summary::Summary;
use super::takeover::Takeover;

/// For each step; on an idle machine none takes more than some seconds.
const PATIENCE: Duration = Duration::from_secs(30);
/// How often new ports are tried when somebody took one before its node did.
const ATTEMPTS: u32 = 5;
/// Between two tries of a port that the node must have.
const PORT_PAUSE: Duration = Duration::from_secs(1);
/// Ticks that show that nothing moves.
const TICKS: usize = 3;
/// Readings after a move until the nodes are at rest: one that follows the write, and a tick.
const AT_REST: usize = 2;

/// Why the show ended early.
#[derive(Debug, thiserror::Error)]
pub(super) enum Stop {
    #[error("waited {} s in vain for {what}", PATIENCE.as_secs())]
    Overdue { what: &'static str },
    #[error("{node} ended, and the demo did not do it ({how})")]
    NodeEnded { node: Name, how: String },
    #[error("{0}")]
    Contradiction(String),
    #[error("a node cannot be started")]
    Start(#[source] io::Error),
    #[error("the timeline cannot be written")]
    Write(#[source] io::Error),
}

/// The demo's parts.
#[derive(Debug)]
pub(super) struct Show {
    pub(super) clock: DemoClock,
    pub(super) cloud: Cloud,
    pub(super) cluster: Cluster,
    pub(super) state: State,
    pub(super) feed: Feed,
    pub(super) screen: Screen,
}

impl Show {
    /// A cloud, and no node yet.
    pub(super) async fn prepare(nodes: usize, json: bool) -> io::Result<Self> {
        let clock = DemoClock::start();
        let (reports, feed) = Feed::new();
        let cloud = Cloud::start(nodes, clock, reports.clone()).await?;
        let cluster = Cluster::new(cloud.socket, clock, reports)?;
        Ok(Self {
            clock,
            cloud,
            cluster,
            state: State::new(&[], clock.began()),
            feed,
            screen: Screen::new(json, clock.began()),
        })
    }

    /// All of it.
    pub(super) async fn play(&mut self, nodes: usize) -> Result<(), Stop> {
        self.show(&Happening::Began {
            nodes,
            address: ADDRESS,
            cloud: self.cloud.socket,
            action_takes_ms: ACTION_TAKES.as_millis(),
            loop_rate_s: LOOP_RATE.as_secs(),
        })?;
        self.part("The nodes start, and elect a leader that takes the address")?;
        self.start_all(nodes).await?;
        let leader = self
            .until(
                "all nodes to agree on a leader that holds the address",
                State::at_rest,
            )
            .await?;

        self.part(&format!("The leader, {}, is killed", Name(leader)))?;
        let holder_before = self.cloud.holder().map(Name);
        let moves_before = self.cloud.moves().len();
        self.kill_leader(leader).await?;
        let heir = self
            .until(
                "the others to elect a leader that holds the address",
                |state| state.at_rest().filter(|heir| *heir != leader),
            )
            .await?;
        let timings = self
            .until("every part of the move to be reported", |state| {
                state.takeover.as_ref()?.timings()
            })
            .await?;
        self.part("How long the move took")?;
        self.show(&Happening::Measured {
            timings: timings.clone(),
        })?;

        self.part(&format!(
            "The old leader, {}, comes back, and nothing moves",
            Name(leader)
        ))?;
        let log_end = self.cloud.log_end();
        let returned_follows = self.bring_back(leader).await?;
        self.state.cloud.readings = 0;
        let readings = self
            .until("the leader to read the address on its ticks", |state| {
                (state.cloud.readings >= TICKS).then_some(state.cloud.readings)
            })
            .await?;
        let assigns = self.cloud.assigns_since(log_end);
        self.show(&Happening::Watched { readings, assigns })?;
        self.summarise(Summary {
            ok: true,
            nodes,
            address: ADDRESS,
            killed: Name(leader),
            holder_before,
            new_leader: Name(heir),
            holder_after: self.cloud.holder().map(Name),
            returned_follows,
            holders: self.holders_from(moves_before.saturating_sub(1)),
            ticks_watched: readings,
            assigns_after_return: assigns,
            timings,
        })
    }

    /// The holders of the address from this one of its moves on.
    fn holders_from(&self, first: usize) -> Vec<Name> {
        self.cloud
            .moves()
            .into_iter()
            .skip(first)
            .map(Name)
            .collect()
    }

    fn summarise(&mut self, summary: Summary) -> Result<(), Stop> {
        let still_leads = self.state.agreed().map(Name) == Some(summary.new_leader);
        if let Some(contradiction) = summary.contradiction() {
            return Err(Stop::Contradiction(contradiction));
        }
        if !still_leads {
            return Err(Stop::Contradiction(format!(
                "{} leads no more",
                summary.new_leader
            )));
        }
        self.part("Summary")?;
        self.show(&Happening::Summary(summary))
    }

    async fn start_all(&mut self, count: usize) -> Result<(), Stop> {
        let mut attempt = 1;
        loop {
            let addrs = self
                .cluster
                .settle_at_new_addresses(count)
                .await
                .map_err(Stop::Start)?;
            self.state = State::new(addrs, self.clock.began());
            for node in 0..count {
                self.start_node(node)?;
            }
            match self
                .until("all nodes to listen", |state| {
                    state.all_listen().then_some(())
                })
                .await
            {
                Err(Stop::NodeEnded { .. }) if attempt < ATTEMPTS => attempt += 1,
                outcome => return outcome,
            }
        }
    }

    /// Starts a killed node again; returns whom it follows. Its address is where the others look for it: if somebody took the port
    /// meanwhile, it waits for it.
    async fn bring_back(&mut self, node: usize) -> Result<Name, Stop> {
        let mut attempt = 1;
        loop {
            self.start_node(node)?;
            let follows = self.until("the old leader to follow the new one", |state| {
                state.followed_by(node)
            });
            match follows.await {
                Err(Stop::NodeEnded { node: ended, .. })
                    if ended == Name(node) && attempt < ATTEMPTS =>
                {
                    attempt += 1;
                    tokio::time::sleep(PORT_PAUSE).await;
                }
                outcome => return outcome,
            }
        }
    }

    /// Starts a node at its address.
    pub(super) fn start_node(&mut self, node: usize) -> Result<(), Stop> {
        let (pid, life) = self.cluster.start(node).map_err(Stop::Start)?;
        self.state.started(pid, life);
        Ok(())
    }

    async fn kill_leader(&mut self, leader: usize) -> Result<(), Stop> {
        let pid = self.state.nodes[leader].pid;
        self.state.killed(leader);
        let (at, killed) = self.cluster.kill(leader);
        self.state.takeover = Some(Takeover::of_leader_killed_at(at));
        self.show_at(
            at,
            &Happening::Killed {
                node: Name(leader),
                pid,
            },
        )?;
        if let Some(killed) = killed {
            // It cannot be waited for: it is gone all the same, or the next step says so.
            let _ = killed.wait().await;
        }
        Ok(())
    }

    /// Shows what happens until `look` finds what it looks for.
    async fn until<T>(
        &mut self,
        what: &'static str,
        look: impl Fn(&State) -> Option<T>,
    ) -> Result<T, Stop> {
        let search = async {
            loop {
                if let Some(found) = look(&self.state) {
                    return Ok(found);
                }
                self.follow().await?;
                if let Some(node) = self.state.gone.pop() {
                    let how = self.cluster.ended(node).await;
                    return Err(Stop::NodeEnded {
                        node: Name(node),
                        how,
                    });
                }
            }
        };
        tokio::time::timeout(PATIENCE, search)
            .await
            .unwrap_or(Err(Stop::Overdue { what }))
    }

    /// Waits for the next reports and shows them.
    pub(super) async fn follow(&mut self) -> Result<(), Stop> {
        for report in self.feed.next_batch().await {
            let at = report.at;
            if let Some(happening) = self.state.apply(report) {
                self.show_at(at, &happening)?;
            }
        }
        if self.state.all_listen() {
            self.cluster.forget_config();
        }
        Ok(())
    }

    /// The next part begins.
    pub(super) fn part(&self, title: &str) -> Result<(), Stop> {
        self.show(&Happening::Part {
            title: title.to_owned(),
        })
    }

    /// Shows what happens now.
    pub(super) fn show(&self, happening: &Happening) -> Result<(), Stop> {
        self.show_at(self.clock.now(), happening)
    }

    fn show_at(&self, at: Duration, happening: &Happening) -> Result<(), Stop> {
        self.screen.show(at, happening).map_err(Stop::Write)
    }
}

impl State {
    /// The leader that all agree on, once it holds the address and has had time to tell.
    fn at_rest(&self) -> Option<usize> {
        let leader = self.agreed()?;
        (self.cloud.holder == Some(leader) && self.cloud.readings >= AT_REST).then_some(leader)
    }

    /// Whom a node follows, once everybody knows.
    fn followed_by(&self, node: usize) -> Option<Name> {
        self.agreed()?;
        match &self.nodes[node].post {
            Post::Follows(leader) => self.name(leader),
            Post::Leads | Post::Undecided => None,
        }
    }
}
