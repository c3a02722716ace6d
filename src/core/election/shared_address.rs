//! What the shared address itself says about a leader that is silent to a node that has nobody to ask (E3): where it answers, and not from here, the
//! leader serves.

use std::time::Duration;

use crate::addr::Addr;
use crate::election::output::Notice;
use crate::election::{Election, Post};
use crate::time::Time;

/// Probes in a row without an answer that count as "it does not serve".
const PROBES: u32 = 3;
/// How long the outcome of the probes is awaited after lone silence would be acted upon; a driver that brings none must not hold it up for ever.
const AWAITED: Duration = Duration::from_secs(3);

/// The probes of one address.
#[derive(Clone, Debug, Default)]
pub(super) struct Probed {
    /// Under which leader it was answered last: before that, silence says nothing.
    worked_under: Option<Addr>,
    /// When the latest answered probe began.
    answered: Option<Time>,
    /// When the first of the unanswered ones since began, and how many they are.
    unanswered_since: Option<Time>,
    unanswered: u32,
}

/// What all probes together say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Verdict {
    /// There are none, or they never worked.
    Unknown,
    /// It answers still.
    Serves,
    /// It does not any more.
    Fails,
    /// Too few probes began since.
    Awaited,
}

impl Election {
    /// A probe of a shared address ended. `None`: this node itself would have answered, so it says nothing.
    pub(super) fn address_probed(&mut self, address: String, begun: Time, answered: Option<bool>) {
        let followed = match &self.post {
            Post::Following { leader, .. } => Some(leader.clone()),
            Post::None | Post::Leading(_) => None,
        };
        let Some(leader) = followed else {
            return;
        };
        let probed = self.probed.entry(address).or_default();
        match answered {
            None => *probed = Probed::default(),
            Some(true) => {
                *probed = Probed {
                    worked_under: Some(leader),
                    answered: Some(begun),
                    ..Probed::default()
                };
            }
            Some(false) => {
                probed.unanswered_since.get_or_insert(begun);
                probed.unanswered = probed.unanswered.saturating_add(1);
            }
        }
    }

    fn probes_of(&self, leader: &Addr, silent_from: Time) -> Verdict {
        let under = |p: &&Probed| p.worked_under.as_ref() == Some(leader);
        let mut verdict = Verdict::Unknown;
        for probed in self.probed.values().filter(under) {
            let fails = probed.unanswered >= PROBES && probed.unanswered_since >= Some(silent_from);
            verdict = match verdict {
                Verdict::Unknown | Verdict::Fails if fails => Verdict::Fails,
                _ if !fails && probed.answered >= Some(silent_from) => return Verdict::Serves,
                _ => Verdict::Awaited,
            };
        }
        verdict
    }

    /// The leader that this node follows shows no life, nobody else can be asked, and the shared address may tell.
    pub(super) fn wants_probes(&self, now: Time) -> bool {
        let Post::Following { leader, .. } = &self.post else {
            return false;
        };
        let silent = self
            .members
            .get(leader)
            .is_some_and(|m| self.is_silent(m, now));
        silent && self.observers(now, leader).next().is_none()
    }

    /// Whether the shared address holds this node back from taking `leader` for dead, on which it could act since `due`.
    pub(super) fn shared_address_vouches(
        &self,
        leader: &Addr,
        silent_from: Time,
        due: Time,
        now: Time,
    ) -> bool {
        match self.probes_of(leader, silent_from) {
            Verdict::Unknown | Verdict::Fails => false,
            Verdict::Serves => true,
            Verdict::Awaited => now.since(due) < AWAITED,
        }
    }

    /// Says once that a leader is left in place because the address answers.
    pub(super) fn tell_held_back(&mut self, now: Time) {
        let leader = match &self.post {
            Post::Following { leader, .. } if self.wants_probes(now) => leader.clone(),
            _ => {
                self.held_back = None;
                return;
            }
        };
        let silent_from = self.members.get(&leader).map(|m| m.silent_from);
        let serves =
            silent_from.is_some_and(|from| self.probes_of(&leader, from) == Verdict::Serves);
        if serves && self.held_back.as_ref() != Some(&leader) {
            self.held_back = Some(leader.clone());
            self.notice(Notice::HeldBack { leader });
        }
    }
}
