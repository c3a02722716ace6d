//! Leader election by seniority: who is alive, who leads, in which reign.
//!
//! ```text
//!  Input ──> answers   (admission, names, clones)         ┐
//!            watching  (streams)                          │
//!            polling   (who is asked when)                │
//!            probing   (suspicion, fresh connections)     │
//!            evidence  (who is silent, dead, deaf)        ├─ reconsider(), after every input ──> Output, View
//!            meeting   (two leaders; a newer reign)       │
//!            nomination, candidacy (whom to name; to lead)┘
//! ```
//!
//! The problem: any node may be dead, slow or behind a partition, and no node can tell which. The seven rules of the reference
//! answer it by seniority and unanimity; the rules added here (R1 to R5, H2, H4) keep the order of seniority stable, and make a
//! reign a thing that can be compared, so that healing a partition moves nothing.

mod answers;
mod candidacy;
mod config;
mod evidence;
mod input;
mod leadership;
mod losses;
mod meeting;
mod member;
mod nomination;
mod output;
mod pausing;
mod polling;
mod preference;
mod probing;
mod quorum;
mod reach;
mod resignation;
mod roll_call;
mod seeds;
mod seniority;
mod shared_address;
mod snapshot;
mod view;
mod wake;
mod watching;

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::Arc;

pub use config::{ElectionConfig, Identity, MAX_VOTERS, Mode};
pub use input::{Evidence, Input, MAX_SEEDS, PollId, WatchEnd, WatchId};
pub use leadership::{BlindTakeover, KnownNode, Leadership, Refusals, Reign, SeedsHeard, Standing};
pub use output::{Exclusion, Loss, Notice, Output, StepDown, WatchKind};
pub use view::{Held, Ineligible, LostView, MemberView, Role, StreamView, Undecided, View};

use crate::addr::Addr;
use crate::identity::{Epoch, Stamp};
use crate::state::{Pause, Resignation, Vote};
use crate::time::{Now, Time};
use candidacy::Candidacy;
use evidence::Liveness;
use meeting::Meetings;
use member::{Discovered, LicenceRecord, Lost, Member, Outstanding, Predecessor, Seed, SeedSource};
use polling::News;
use reach::Reach;
use shared_address::Probed;

/// This node's place in the election.
#[derive(Clone, Debug)]
enum Post {
    None,
    Following {
        leader: Addr,
        epoch: Epoch,
        since: Time,
    },
    Leading(Reign),
}

/// One node's election. Call [`Election::handle`] for every input and [`Election::handle_timeout`] at [`Election::poll_timeout`];
/// after each call drain [`Election::poll_output`] until `None`.
#[derive(Clone, Debug)]
pub struct Election {
    me: Identity,
    config: ElectionConfig,
    started: Time,
    /// The own place in the order, published while eligible.
    stamp: Stamp,
    joined: bool,
    /// It said goodbye.
    leaving: bool,
    /// It is going to exit: a member that never leads.
    retiring: bool,
    /// The operator's wish: the same.
    drained: bool,
    /// The operators' latest wish about moves.
    pause: Option<Pause>,
    /// R3: the reign that it gave up, and when, until a successor is followed.
    resigned: Option<(Resignation, Time)>,
    /// The number of the latest candidacy.
    ballot: u64,
    /// When another node with this id was heard last.
    clone_seen: Option<Time>,
    /// Another node was heard since the start (rule 5).
    contact: bool,
    targets: BTreeMap<String, String>,
    holds: BTreeMap<String, Held>,
    moving: BTreeSet<String>,

    members: BTreeMap<Addr, Member>,
    lost: BTreeMap<Addr, Lost>,
    licences: BTreeMap<Addr, LicenceRecord>,
    seeds: Vec<Seed>,
    /// A discovery was complete, or there is none to wait for.
    seeds_known: bool,
    discovered: BTreeMap<Addr, Discovered>,
    /// Addresses learned from others that failed, and when: not tried again for a while.
    failed_discoveries: BTreeMap<Addr, Time>,
    /// Addresses that were excluded, and when that was said.
    excluded: BTreeMap<Addr, Time>,
    next_discovery: Time,
    /// A majority of all known nodes has been heard since then.
    majority_since: Option<Time>,
    polls: BTreeMap<PollId, Outstanding>,
    next_poll_id: u64,
    /// The streams and canaries that are open, and whose.
    watches: BTreeMap<WatchId, Addr>,
    next_watch_id: u64,

    liveness: Liveness,
    post: Post,
    /// The newest reign acknowledged: what a confirmation is for.
    predecessor: Predecessor,
    /// This node itself followed that reign's leader (or led), and did not just hear of it.
    predecessor_followed: bool,
    nominee: Option<(Addr, Time)>,
    candidacy: Option<Candidacy>,
    meetings: Meetings,
    reach: Reach,
    /// The probes of each shared address.
    probed: BTreeMap<String, Probed>,
    /// The leader that was left in place since the shared address answers.
    held_back: Option<Addr>,
    /// Who is preferred to this leader, and since when that and all else has been well.
    calm: Option<(Addr, Time)>,
    /// Quorum mode: the last vote of this node.
    vote: Option<Vote>,
    /// Quorum mode: since when a majority of the voters is heard.
    majority_heard_since: Option<Time>,
    /// ... and there was a time when it was not any more.
    majority_was_lost: bool,

    news: News,
    outputs: VecDeque<Output>,
    /// The latest moment of which the driver told.
    last_seen: Time,
    wanted_by: Option<Time>,
}

impl Election {
    /// A node that starts at `now`: it asks its seeds, and takes its place when they have answered.
    #[must_use]
    pub fn new(me: Identity, config: ElectionConfig, now: Now) -> Self {
        let seeds = config
            .seeds
            .iter()
            .map(|addr| Seed::new(addr.clone(), SeedSource::Configured, &me.addr, now.mono))
            .collect();
        let mut election = Self {
            stamp: Stamp::from_micros(now.wall.0),
            seeds_known: !config.discovers,
            me,
            config,
            started: now.mono,
            joined: false,
            leaving: false,
            retiring: false,
            drained: false,
            pause: None,
            resigned: None,
            ballot: 0,
            clone_seen: None,
            contact: false,
            targets: BTreeMap::new(),
            holds: BTreeMap::new(),
            moving: BTreeSet::new(),
            members: BTreeMap::new(),
            lost: BTreeMap::new(),
            licences: BTreeMap::new(),
            seeds,
            discovered: BTreeMap::new(),
            failed_discoveries: BTreeMap::new(),
            excluded: BTreeMap::new(),
            next_discovery: now.mono,
            majority_since: None,
            polls: BTreeMap::new(),
            next_poll_id: 0,
            watches: BTreeMap::new(),
            next_watch_id: 0,
            liveness: Liveness::default(),
            post: Post::None,
            predecessor: Predecessor::default(),
            predecessor_followed: false,
            nominee: None,
            candidacy: None,
            meetings: Meetings::default(),
            reach: Reach::default(),
            probed: BTreeMap::new(),
            held_back: None,
            calm: None,
            vote: None,
            majority_heard_since: None,
            majority_was_lost: false,
            news: News::default(),
            outputs: VecDeque::new(),
            last_seen: now.mono,
            wanted_by: None,
        };
        election.send_due_polls(now.mono);
        election.reconsider(now);
        election
    }

    /// Something happened.
    pub fn handle(&mut self, now: Now, input: Input) {
        let stalled = self.notice_stall(now.mono);
        match input {
            Input::Answer { poll, from, doc } => self.answered(now, poll, from, Arc::from(doc)),
            Input::Failed { poll, evidence } => self.unanswered(now.mono, poll, evidence),
            Input::PolledBy { addr, look } => self.polled_by(now.mono, addr, look),
            Input::Target { provider, target } => {
                self.targets.insert(provider, target);
            }
            Input::AddressRead {
                address,
                first,
                begun,
                mine,
                holder,
            } => {
                if let Some(mine) = mine {
                    let at = begun;
                    self.holds.insert(address, Held { mine, holder, at });
                }
                self.address_read(now.mono, first, begun, mine);
            }
            Input::AddressMoving { address, moving } => {
                if moving {
                    self.moving.insert(address);
                } else {
                    self.moving.remove(&address);
                }
            }
            Input::CloudCalled {
                begun,
                answered,
                needed,
            } => self.cloud_called(begun, answered, needed),
            Input::AddressProbed {
                address,
                begun,
                answered,
            } => self.address_probed(address, begun, answered),
            Input::Seeds { found, complete } => {
                self.seeds_known |= complete;
                self.seeds_discovered(now.mono, found);
            }
            Input::Watched { watch, from, doc } => self.watched(now, watch, from, Arc::from(doc)),
            Input::Beat { watch, beat } => {
                if self.beat(now.mono, watch, beat) && !stalled {
                    return;
                }
            }
            Input::WatchEnded { watch, end } => self.watch_ended(now.mono, watch, end),
            Input::Resign { to } => self.resign(now, to),
            Input::Drain(drained) => self.drain(now, drained),
            Input::Pause(paused) => self.order_pause(now, paused),
            Input::PauseKept(pause) => self.hear_of_pause(pause),
            Input::Retire => self.retiring = true,
            Input::Leave => self.leaving = true,
        }
        self.go_on(now);
    }

    /// The moment of [`Election::poll_timeout`] came.
    pub fn handle_timeout(&mut self, now: Now) {
        self.notice_stall(now.mono);
        self.go_on(now);
    }

    fn go_on(&mut self, now: Now) {
        self.expire_polls(now.mono);
        self.reconsider(now);
        self.send_due_polls(now.mono);
        self.send_due_probes(now.mono);
        self.open_due_watches(now.mono);
        self.wanted_by = self.next_wake();
    }

    /// The next thing to do or to tell; `None` when there is no more.
    pub fn poll_output(&mut self) -> Option<Output> {
        self.outputs.pop_front()
    }

    /// When [`Election::handle_timeout`] is wanted; `None` if only an input can change anything.
    #[must_use]
    pub fn poll_timeout(&self) -> Option<Time> {
        self.wanted_by.or_else(|| self.next_wake())
    }

    /// Draws every conclusion from what is known at `now`.
    fn reconsider(&mut self, now: Now) {
        self.close_join_window(now);
        self.forget_resignation(now.mono);
        self.judge_evidence(now.mono);
        self.break_ties();
        self.pass_on_pauses();
        self.call_the_roll(now.mono);
        self.hold_meetings(now);
        self.heed_newer_reign(now);
        self.note_majority(now.mono);
        self.keep_quorum(now);
        self.yield_to_who_reaches(now);
        self.prefer(now);
        self.settle_post(now);
        self.vote_for_nominee(now.mono);
        self.tell_held_back(now.mono);
        self.spread_news(now.mono);
    }

    fn notice(&mut self, notice: Notice) {
        self.outputs.push_back(Output::Notice(notice));
    }

    /// Why this node may not be elected; empty if it may.
    fn ineligible(&self) -> Vec<Ineligible> {
        let reasons = [
            (!self.joined, Ineligible::Joining),
            (
                self.config.needs_target && self.targets.is_empty() && !self.config.witness,
                Ineligible::NoTarget,
            ),
            (self.is_cloned(), Ineligible::Clone),
            (self.liveness.deaf, Ineligible::Deaf),
            (self.leaving || self.retiring, Ineligible::Leaving),
            (self.drained, Ineligible::Drained),
            (self.config.witness, Ineligible::Witness),
            (!self.is_voter_or_open(), Ineligible::NotVoter),
        ];
        reasons
            .into_iter()
            .filter_map(|(holds, why)| holds.then_some(why))
            .collect()
    }

    fn is_eligible(&self) -> bool {
        self.ineligible().is_empty()
    }

    /// The member whom this node follows.
    fn followed(&self) -> Option<&Member> {
        match &self.post {
            Post::Following { leader, .. } => self.members.get(leader),
            Post::None | Post::Leading(_) => None,
        }
    }

    fn reign(&self) -> Option<&Reign> {
        match &self.post {
            Post::Leading(reign) => Some(reign),
            Post::None | Post::Following { .. } => None,
        }
    }
}
