//! A bounded history of what happened here, shown in `/diag/`.

use std::collections::VecDeque;

use les_core::Time;
use tokio::sync::watch;

/// So many of the latest events are kept: some days of a quiet cluster, some minutes of a broken one, and a page of `/diag/` either way.
const KEPT: usize = 64;

/// Something that happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// When.
    pub at: Time,
    /// Its stable name: `elected`, `member_lost`, `assign_done` ...
    pub name: &'static str,
    /// What, for a person.
    pub text: String,
}

/// The history. Clones share it.
#[derive(Clone, Debug)]
pub struct Events(watch::Sender<VecDeque<Event>>);

impl Default for Events {
    fn default() -> Self {
        Self(watch::Sender::new(VecDeque::with_capacity(KEPT)))
    }
}

impl Events {
    /// Adds an event; the oldest one makes room.
    pub fn record(&self, at: Time, name: &'static str, text: String) {
        self.0.send_modify(|events| {
            if events.len() == KEPT {
                events.pop_front();
            }
            events.push_back(Event { at, name, text });
        });
    }

    /// The history, oldest first.
    #[must_use]
    pub fn snapshot(&self) -> Vec<Event> {
        self.0.borrow().iter().cloned().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_history_is_bounded_and_keeps_the_latest() {
        let events = Events::default();
        for i in 0..KEPT + 3 {
            events.record(Time::ZERO, "elected", i.to_string());
        }
        let kept = events.snapshot();
        assert_eq!((kept.len(), &*kept[0].text), (KEPT, "3"));
    }
}
