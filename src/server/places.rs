//! How many may watch at a time.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Streams at a time: one of each member, of which there are at most as many by default. A quarter of the 1,024 file descriptors that a process
/// usually may open.
const MAX_STREAMS: usize = 256;
/// Streams at a time to one IP, so that one host cannot take all places. A demo of 16 nodes on loopback has 15, and as many again while
/// old ones have not been noticed to be dead.
const MAX_STREAMS_PER_IP: usize = 64;

/// People who look on at a time; those behind one proxy have one IP.
const MAX_PAGES: usize = 64;
const MAX_PAGES_PER_IP: usize = 32;

/// The places of one server for one kind of stream. Clones share them.
#[derive(Clone, Debug)]
pub struct Places {
    taken: Arc<Mutex<HashMap<IpAddr, usize>>>,
    of_all: usize,
    of_ip: usize,
}

/// A place that is taken, until it is dropped.
#[derive(Debug)]
pub(super) struct Place {
    places: Places,
    ip: IpAddr,
}

impl Places {
    /// For peers.
    #[must_use]
    pub fn of_streams() -> Self {
        Self::of(MAX_STREAMS, MAX_STREAMS_PER_IP)
    }

    /// For people.
    #[must_use]
    pub fn of_pages() -> Self {
        Self::of(MAX_PAGES, MAX_PAGES_PER_IP)
    }

    fn of(of_all: usize, of_ip: usize) -> Self {
        Self {
            taken: Arc::default(),
            of_all,
            of_ip,
        }
    }

    /// A place for a watcher at `ip`, if there is one left.
    pub(super) fn take(&self, ip: IpAddr) -> Option<Place> {
        let mut taken = self.taken();
        let of_all: usize = taken.values().sum();
        let of_ip = taken.get(&ip).copied().unwrap_or_default();
        if of_all >= self.of_all || of_ip >= self.of_ip {
            return None;
        }
        taken.insert(ip, of_ip + 1);
        drop(taken);
        Some(Place {
            places: self.clone(),
            ip,
        })
    }

    /// Held for a count only, never across an await.
    fn taken(&self) -> MutexGuard<'_, HashMap<IpAddr, usize>> {
        self.taken.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut taken = self.places.taken();
        if let Some(count) = taken.get_mut(&self.ip) {
            *count -= 1;
            if *count == 0 {
                taken.remove(&self.ip);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ip(last: u8) -> IpAddr {
        IpAddr::from([10, 0, 0, last])
    }

    #[test]
    fn one_ip_cannot_take_all_places_and_a_place_is_free_again() {
        let places = Places::of_streams();
        let mut taken: Vec<Place> = (0..MAX_STREAMS_PER_IP)
            .map(|_| places.take(ip(1)).unwrap())
            .collect();
        assert!(places.take(ip(1)).is_none());
        assert!(places.take(ip(2)).is_some());
        taken.pop();
        assert!(places.take(ip(1)).is_some());
    }

    #[test]
    fn all_places_are_bounded() {
        let places = Places::of_streams();
        let mut hosts = (0..=u8::MAX).cycle().map(ip);
        let taken: Vec<Place> = std::iter::from_fn(|| places.take(hosts.next()?)).collect();
        assert_eq!(taken.len(), MAX_STREAMS);
        drop(taken);
        assert!(places.taken().is_empty());
    }
}
