//! The view: everything that others read of an election.

use std::collections::{BTreeMap, BTreeSet};

use crate::addr::Addr;
use crate::election::leadership::{KnownNode, Leadership, SeedsHeard, Standing};
use crate::election::member::Member;
use crate::election::{Election, LostView, MemberView, Post, Role, View};
use crate::time::{Now, Time};

impl Election {
    /// The snapshot at `now`.
    #[must_use]
    pub fn view(&self, now: Now) -> View {
        let now = now.mono;
        View {
            me: self.me.clone(),
            stamp: self.published_stamp(),
            ineligible: self.ineligible(),
            role: self.role(),
            named: self.named(),
            predecessor: (self.predecessor.epoch, self.predecessor.leader.clone()),
            leader_heard: self.leader_heard(),
            members: self
                .members
                .values()
                .map(|m| self.member_view(m, now))
                .collect(),
            lost: self
                .lost
                .iter()
                .map(|(addr, l)| LostView {
                    addr: addr.clone(),
                    id: l.doc.ext.as_ref().map(|e| e.id),
                    loss: l.loss,
                    at: l.since,
                })
                .collect(),
            suspects: self.published_suspects(now),
            targets: self.targets.clone(),
            holds: if self.reign().is_some() {
                self.holds.clone()
            } else {
                Default::default()
            },
            meets: self.meetings.readings(),
            leadership: self.leadership(),
        }
    }

    fn role(&self) -> Role {
        match &self.post {
            Post::Leading(reign) => Role::Leader {
                epoch: reign.epoch,
                since: reign.since,
            },
            Post::Following {
                leader,
                epoch,
                since,
            } => Role::Follower {
                leader: leader.clone(),
                epoch: *epoch,
                since: *since,
            },
            Post::None => Role::Undecided(self.waits_because()),
        }
    }

    /// Vouching is for an established leader only, never for a mere nominee.
    fn leader_heard(&self) -> Option<Time> {
        match &self.post {
            Post::Following { leader, .. } => self.members.get(leader).map(|m| m.heard),
            Post::None | Post::Leading(_) => None,
        }
    }

    fn member_view(&self, member: &Member, now: Time) -> MemberView {
        MemberView {
            addr: member.doc.addr.clone(),
            doc: member.doc.clone(),
            heard: member.heard,
            missed: member.missed,
            silent: self.is_silent(member, now),
            zombie: self.is_zombie(member, now),
        }
    }

    fn leadership(&self) -> Leadership {
        let known = |addr: &Addr, doc: &crate::StateDoc, standing, refused| KnownNode {
            refused,
            addr: addr.clone(),
            targets: doc
                .ext
                .as_ref()
                .map(|e| e.targets.clone())
                .unwrap_or_default(),
            standing,
            licence: self.licences.get(addr).map(|l| (l.epoch, l.loss)),
        };
        let members = self
            .members
            .iter()
            .map(|(addr, m)| known(addr, &m.doc, self.standing(m), None));
        let lost = self
            .lost
            .iter()
            .map(|(addr, l)| known(addr, &l.doc, Standing::Lost(l.loss), l.refused));
        Leadership {
            reign: self.reign().cloned(),
            nodes: members.chain(lost).collect(),
            seeds: self.seeds_heard(),
        }
    }

    fn standing(&self, member: &Member) -> Standing {
        match member.ext() {
            Some(ext) if member.doc.leader.as_ref() == Some(&self.me.addr) => Standing::Follows {
                epoch: ext.epoch,
                asked: member.asked,
            },
            _ => Standing::Member,
        }
    }

    /// Of every seed, and every member lost on silence: how many were heard. This node counts as one of them, whether it lists itself
    /// or not.
    fn seeds_heard(&self) -> SeedsHeard {
        let silent_seeds = self.seeds.iter().filter(|s| !s.heard);
        let silent_seeds =
            silent_seeds.map(|s| (s.name.as_ref().unwrap_or(&s.addr), s.failing_since));
        let silent_lost = self.lost.iter().filter(|(_, l)| l.is_unproven());
        let silent_lost = silent_lost.map(|(name, l)| (name, Some(l.since)));
        let silent: BTreeMap<&Addr, Option<Time>> = silent_seeds.chain(silent_lost).collect();
        if silent.is_empty() {
            return SeedsHeard::All;
        }
        let seeds = self
            .seeds
            .iter()
            .filter(|s| !s.is_self)
            .map(|s| s.name.as_ref().unwrap_or(&s.addr));
        let all: BTreeSet<&Addr> = seeds
            .chain(self.members.keys())
            .chain(silent.keys().copied())
            .collect();
        let heard = all.len() - silent.len() + 1;
        // One that was not even tried long enough leaves the question open.
        let since: Option<Time> = silent
            .values()
            .copied()
            .collect::<Option<Vec<_>>>()
            .and_then(|s| s.into_iter().max());
        match since {
            Some(rest_silent_since) if heard * 2 > all.len() + 1 => {
                SeedsHeard::Majority { rest_silent_since }
            }
            _ => SeedsHeard::Unheard,
        }
    }
}
