//! What a poll without an answer means, and how a member is lost.

use std::net::SocketAddr;
use std::time::Duration;

use crate::addr::Addr;
use crate::election::input::{Evidence, PollId};
use crate::election::leadership::Refusals;
use crate::election::member::Subject;
use crate::election::output::{Exclusion, Loss, Notice};
use crate::election::{Election, Post};
use crate::time::Time;

/// A row of refusals that proves death whatever became of the stream before.
const REFUSED_LONG: Duration = Duration::from_secs(10);

impl Election {
    pub(super) fn unanswered(&mut self, now: Time, poll: PollId, evidence: Evidence) {
        let Some(done) = self.finish_poll(now, poll, false) else {
            return;
        };
        let refused_at = match evidence {
            Evidence::Refused { at } => Some(at),
            _ => None,
        };
        let before_stop = self.liveness.latest_stop.is_some_and(|at| done.sent < at);
        if before_stop && refused_at.is_none() {
            return;
        }
        match &done.subject {
            Subject::Seed(addr) => {
                if let Some(seed) = self.seed_mut(addr) {
                    seed.tried = Some(done.sent);
                    seed.heard |= refused_at.is_some();
                    seed.failing_since.get_or_insert(now);
                }
            }
            Subject::Lost(name) => self.missed_lost(name, refused_at, done.sent),
            Subject::Member(name) => {
                if evidence == Evidence::Silent {
                    self.drop_harmful_canary(now, name, done.sent);
                }
                self.missed(now, name, evidence, refused_at, done.sent);
            }
            Subject::Probe(name) if refused_at.is_some() => {
                self.missed(now, name, evidence, refused_at, done.sent);
            }
            Subject::Probe(_) | Subject::Discovered(_) => {}
        }
        if let Evidence::Forbidden(_) = evidence {
            self.exclude(now, done.route, Exclusion::Forbidden);
        }
    }

    /// A lost member is refused where it listened: it is dead, at least now. Anything else breaks the row of refusals.
    fn missed_lost(&mut self, name: &Addr, refused_at: Option<SocketAddr>, sent: Time) {
        let Some(lost) = self.lost.get_mut(name) else {
            return;
        };
        lost.tried = Some(sent);
        if refused_at != Some(lost.at) {
            lost.refused = None;
            return;
        }
        let since = lost.refused.map_or(sent, |r| r.since);
        lost.refused = Some(Refusals {
            since,
            latest: sent,
        });
        // Where the connections were tampered with, a firewall may be refusing in its name.
        if lost.tampered && sent.since(since) < REFUSED_LONG {
            return;
        }
        lost.loss = Loss::Dead;
        if let Some(licence) = self.licences.get_mut(name) {
            licence.loss = Loss::Dead;
        }
    }

    pub(super) fn missed(
        &mut self,
        now: Time,
        name: &Addr,
        evidence: Evidence,
        refused_at: Option<SocketAddr>,
        sent: Time,
    ) {
        let Some(member) = self.members.get_mut(name) else {
            return;
        };
        member.missed = member.missed.saturating_add(1);
        let first = member.missed == 1;
        let dead = refused_at == Some(member.at) && Self::refusal_is_proof(member);
        if first {
            self.notice(Notice::Suspected {
                addr: name.clone(),
                evidence,
            });
        }
        if dead {
            self.lose(now, name, Loss::Dead);
            self.missed_lost(name, refused_at, sent);
        }
    }

    /// Removes a member on the given evidence. If this node followed it, the loss is a licence to overwrite it.
    pub(super) fn lose(&mut self, now: Time, name: &Addr, loss: Loss) {
        let Some(member) = self.members.remove(name) else {
            return;
        };
        if let Some(watch) = member.watching.id() {
            self.unwatch(watch);
        }
        let was_leader = matches!(&self.post, Post::Following { leader, .. } if leader == name);
        if was_leader {
            self.leave_leader(name, loss);
        }
        self.remember_lost(now, member, loss);
        self.notice(Notice::MemberLost {
            addr: name.clone(),
            loss,
            was_leader,
        });
    }
}
