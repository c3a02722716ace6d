//! Whom a confirmed leader may overwrite: a pure function of one reading and what the election knows.

use std::time::Duration;

use crate::election::{KnownNode, Leadership, SeedsHeard, Standing};
use crate::reconcile::tenure::Tenure;
use crate::reconcile::types::{ArbiterConfig, Licence, OnStranger, Why};
use crate::time::Time;

/// How long the unheard minority of the seeds must have been silent before an unknown holder counts as a stranger.
const SEEDS_SILENT: Duration = Duration::from_secs(60);
/// How often a stranger is overwritten, unless `on_stranger = "always"`: somebody else may keep taking the address.
const STRANGER_PAUSE: Duration = Duration::from_secs(3600);

/// The same where it is taken back always: two sides that are strangers to each other must not move it at every tick.
const ALWAYS_PAUSE: Duration = Duration::from_secs(60);

/// What there is to judge.
pub(super) struct Case<'a> {
    pub(super) config: &'a ArbiterConfig,
    pub(super) lead: &'a Leadership,
    pub(super) tenure: &'a Tenure,
    pub(super) holder: &'a str,
    pub(super) holder_down: bool,
    /// When the reading began that shows this holder.
    pub(super) read_begun: Time,
    /// When a stranger was overwritten last.
    pub(super) stranger_moved: Option<Time>,
    pub(super) now: Time,
}

impl Case<'_> {
    /// The licence to overwrite the holder, or why there is none.
    pub(super) fn judge(&self) -> Result<Licence, Why> {
        if self.holder_down {
            return Ok(Licence::HolderDown);
        }
        let is_holder = |n: &&KnownNode| {
            n.targets
                .get(&self.config.provider)
                .is_some_and(|t| t == self.holder)
        };
        // A machine can be known under several names (it was renamed, or reinstalled): one licence suffices, and the newest excuse is told.
        let mut refusal = None;
        for node in self.lead.nodes.iter().filter(is_holder) {
            match self.judge_node(node) {
                Ok(licence) => return Ok(licence),
                Err(why) => refusal = Some(why),
            }
        }
        refusal.map_or_else(|| self.judge_stranger(), Err)
    }

    fn judge_node(&self, node: &KnownNode) -> Result<Licence, Why> {
        let addr = node.addr.clone();
        if let Standing::Follows { epoch, asked } = node.standing
            && epoch == self.tenure.epoch
        {
            // A stored answer does not count: a leader that was paused would steal back.
            return if asked > self.read_begun {
                Ok(Licence::Drift(addr))
            } else {
                Err(Why::AwaitingAnswer(addr))
            };
        }
        // What was dead when this node had the address may have started again beyond a partition, or was never dead behind a firewall
        // that refuses. An address that was here and is there now was moved by a living process: its death must be proven since, by a
        // row of refusals that began after the address was last seen here and goes on after the reading. Else only a late call explains it.
        let proven = self.tenure.last_held().is_none_or(|held| {
            node.refused.is_some_and(|r| {
                let died_since = r.since > held || self.tenure.yielded_long(self.now);
                died_since && r.latest > self.read_begun
            })
        });
        // Lost again after it was heard, it may have followed this node and then taken over: that is no late call.
        let lost_again = node.heard_again && matches!(node.standing, Standing::Lost(_));
        let late_call = || !lost_again && self.tenure.may_move_back(&node.addr, self.now);
        if let Some((_, loss)) = node.licence
            && (proven || late_call())
        {
            return Ok(Licence::Succession(addr, loss));
        }
        match node.standing {
            Standing::Lost(loss) if loss.is_proof() && proven => Ok(Licence::Departed(addr)),
            Standing::Lost(_) if self.lead.by_majority => Ok(Licence::Majority(addr)),
            Standing::Lost(_) => Err(Why::UnreachableMember(addr)),
            Standing::Follows { .. } | Standing::Member => Err(Why::AwaitingAnswer(addr)),
        }
    }

    fn judge_stranger(&self) -> Result<Licence, Why> {
        let holder = self.holder.to_owned();
        let all_heard = match self.lead.seeds {
            SeedsHeard::All => true,
            SeedsHeard::Majority { rest_silent_since } => {
                self.now.since(rest_silent_since) >= SEEDS_SILENT
            }
            SeedsHeard::Unheard => false,
        };
        if !all_heard {
            let unheard = self.lead.unheard_seeds.clone();
            return Err(Why::StrangerSeedsUnheard(holder, unheard));
        }
        let within = |pause| {
            self.stranger_moved
                .is_some_and(|at| self.now.since(at) < pause)
        };
        match self.config.on_stranger {
            OnStranger::Always if !within(ALWAYS_PAUSE) => Ok(Licence::Stranger),
            OnStranger::Repair if !within(STRANGER_PAUSE) => Ok(Licence::Stranger),
            _ => Err(Why::StrangerLeft(holder)),
        }
    }
}
