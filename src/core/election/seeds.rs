//! The addresses that are always tried: those of the configuration, and those that the latest discovery found.

use std::collections::BTreeSet;

use crate::addr::Addr;
use crate::election::Election;
use crate::election::input::MAX_SEEDS;
use crate::election::member::{Schedule, Seed, SeedSource};
use crate::time::Time;

impl Seed {
    pub(super) fn new(addr: Addr, source: SeedSource, me: &Addr, now: Time) -> Self {
        let is_self = addr == *me;
        Self {
            addr,
            source,
            name: None,
            is_self,
            heard: is_self,
            tried: None,
            failing_since: None,
            schedule: Schedule::at(now),
        }
    }
}

impl Election {
    /// What a discovery found replaces what the one before found; what stays keeps its schedule and all that was learned of it. A
    /// seed that is found no more is no seed any more: if it is a member it remains one, by the rules for members.
    pub(super) fn seeds_discovered(&mut self, now: Time, found: Vec<Addr>) {
        let mut found: BTreeSet<Addr> = found.into_iter().collect();
        self.seeds
            .retain(|s| s.source == SeedSource::Configured || found.contains(&s.addr));
        for seed in &self.seeds {
            found.remove(&seed.addr);
        }
        let room = MAX_SEEDS.saturating_sub(self.seeds.len());
        for addr in found.into_iter().take(room) {
            self.discovered.remove(&addr);
            let seed = Seed::new(addr, SeedSource::Discovery, &self.me.addr, now);
            self.seeds.push(seed);
        }
    }

    /// Seeds that have neither answered nor refused since this node started.
    pub(super) fn unheard_seeds(&self) -> Vec<Addr> {
        let unheard = self.seeds.iter().filter(|s| !s.heard && self.is_retried(s));
        unheard.map(|s| s.addr.clone()).collect()
    }

    pub(super) fn seed_mut(&mut self, addr: &Addr) -> Option<&mut Seed> {
        self.seeds.iter_mut().find(|s| s.addr == *addr)
    }
}
