//! The view: everything that others read of an election.

use crate::addr::Addr;
use crate::election::leadership::{KnownNode, Leadership, Standing};
use crate::election::member::Member;
use crate::election::{Election, LostView, MemberView, Post, Role, View};
use crate::state::Confirmation;
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
            leaving: self.leaving,
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
            // Until somebody follows on it, a leader that resigned says what it held: its successor need not read first.
            holds: if self.reign().is_some() || self.resigned.is_some() {
                self.holds.clone()
            } else {
                Default::default()
            },
            meets: self.meetings.readings(),
            made: now,
            ballot: self.ballot,
            confirms: self.confirmation(),
            resigned: self.resigned.as_ref().map(|(r, _)| r.clone()),
            heirs: self.heirs(now),
            reached: self.reached_at(),
            seeks_reach: self.seeks_reach(),
            preference: self.config.preference,
            stands_for: self.stands_for(),
            vote: self.vote,
            moving: self.moving.clone(),
            pause: self.pause.clone(),
            leadership: self.leadership(now),
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

    /// Of the nominee's latest candidacy that was heard of.
    fn confirmation(&self) -> Option<Confirmation> {
        let (nominee, _) = self.nominee.as_ref()?;
        let ext = self.members.get(nominee)?.ext()?;
        (ext.ballot > 0).then_some(Confirmation {
            inc: ext.inc,
            ballot: ext.ballot,
        })
    }

    /// When the leader that this node follows was heard last. (Vouching is for an established leader only, never for a mere nominee.)
    #[must_use]
    pub fn leader_heard(&self) -> Option<Time> {
        match &self.post {
            Post::Following { leader, .. } => self.members.get(leader).map(|m| m.heard),
            Post::None | Post::Leading(_) => None,
        }
    }

    fn member_view(&self, member: &Member, now: Time) -> MemberView {
        MemberView {
            addr: member.doc.addr.clone(),
            doc: member.doc.clone(),
            told: member.told,
            heard: member.heard,
            missed: member.missed,
            silent: self.is_silent(member, now),
            zombie: self.is_zombie(member, now),
            stream: member.watching.view(),
        }
    }

    fn leadership(&self, now: Time) -> Leadership {
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
            heard_again: self.licences.get(addr).is_some_and(|l| l.heard_again),
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
            paused: self.pause.as_ref().is_some_and(|pause| pause.paused),
            by_majority: self.reign().is_some() && self.voters().is_some(),
            nodes: members.chain(lost).collect(),
            seeds: self.seeds_heard(),
            next_in_line: self.is_next_in_line(now) || self.is_preferred(),
            reach_wanted: self.is_asked_for_reach(),
            probes_wanted: self.wants_probes(now),
            unheard_seeds: self.unheard_seeds(),
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
}
