//! One event of the history: at `GET /events`, and as a line in `state_dir`.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use les_core::Wall;
use serde::{Deserialize, Serialize};

use super::moments::rfc3339;
use crate::events::{Entry, Event};

/// The event.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct EventBody {
    /// When, in UTC, as `2026-11-27T09:18:27.123Z`.
    pub at: String,
    /// Its stable name.
    pub event: String,
    /// What, for a person.
    pub text: String,
    /// The address that it is about.
    #[serde(default)]
    pub address: Option<String>,
    /// Why, in one word.
    #[serde(default)]
    pub cause: Option<String>,
    /// Seconds that each phase took: `detect`, `elect`, `move`, `confirm`.
    #[serde(default)]
    pub phases: Option<BTreeMap<String, f64>>,
}

/// `GET /events`.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct EventsBody {
    /// A restart finds them again.
    pub kept: bool,
    /// Oldest first.
    pub events: Vec<EventBody>,
}

/// The line is no event.
#[derive(Debug, thiserror::Error)]
#[error("not a moment or not a duration")]
pub struct NoEvent;

impl From<&Event> for EventBody {
    fn from(event: &Event) -> Self {
        let entry = &event.entry;
        let phase =
            |(name, took): &(Cow<'static, str>, Duration)| (name.to_string(), took.as_secs_f64());
        Self {
            at: rfc3339(event.wall),
            event: entry.name.to_string(),
            text: entry.text.clone(),
            address: entry.address.clone(),
            cause: entry.cause.as_deref().map(str::to_owned),
            phases: (!entry.phases.is_empty()).then(|| entry.phases.iter().map(phase).collect()),
        }
    }
}

impl TryFrom<EventBody> for Event {
    type Error = NoEvent;

    fn try_from(body: EventBody) -> Result<Self, NoEvent> {
        let at: SystemTime = humantime::parse_rfc3339(&body.at).map_err(|_| NoEvent)?;
        let since = at.duration_since(UNIX_EPOCH).map_err(|_| NoEvent)?;
        let mut phases = Vec::new();
        for (name, seconds) in body.phases.unwrap_or_default() {
            let took = Duration::try_from_secs_f64(seconds).map_err(|_| NoEvent)?;
            phases.push((Cow::Owned(name), took));
        }
        Ok(Self {
            wall: Wall(u64::try_from(since.as_micros()).map_err(|_| NoEvent)?),
            at: None,
            entry: Entry {
                name: Cow::Owned(body.event),
                text: body.text,
                address: body.address,
                cause: body.cause.map(Cow::Owned),
                phases,
            },
        })
    }
}
