//! What a node says of itself, read leniently: a newer node may say more, and an older one less.

use std::collections::BTreeMap;

use serde::Deserialize;

/// `GET /status`.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub(crate) struct StatusPage {
    pub(crate) addr: String,
    pub(crate) role: String,
    pub(crate) members: Vec<MemberPart>,
    #[serde(default)]
    pub(crate) version: String,
    #[serde(default)]
    pub(crate) now: String,
    pub(crate) leader: Option<String>,
    pub(crate) epoch: Option<u64>,
    pub(crate) since: Option<String>,
    pub(crate) why: Option<String>,
    #[serde(default)]
    pub(crate) mode: String,
    #[serde(default)]
    pub(crate) ineligible: Vec<String>,
    #[serde(default)]
    pub(crate) ready: bool,
    pub(crate) paused: Option<PausedPart>,
    #[serde(default)]
    pub(crate) lost: Vec<LostPart>,
    pub(crate) provider: Option<ProviderPart>,
    #[serde(default)]
    pub(crate) addresses: Vec<AddressPart>,
}

/// A pause.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub(crate) struct PausedPart {
    pub(crate) by: Option<String>,
    pub(crate) since: Option<String>,
    #[serde(default)]
    pub(crate) unaware: Vec<String>,
    #[serde(default)]
    pub(crate) unable: Vec<String>,
}

/// A member, this node among them.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub(crate) struct MemberPart {
    pub(crate) addr: String,
    #[serde(default)]
    pub(crate) me: bool,
    pub(crate) seniority: Option<u64>,
    #[serde(default)]
    pub(crate) role: String,
    #[serde(default)]
    pub(crate) state: String,
    #[serde(default)]
    pub(crate) reference: bool,
    pub(crate) eligible: Option<bool>,
    pub(crate) evidence: Option<String>,
    pub(crate) heard_ms: Option<u64>,
}

/// A node that was a member.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub(crate) struct LostPart {
    pub(crate) addr: String,
    #[serde(default)]
    pub(crate) loss: String,
    pub(crate) ago_ms: Option<u64>,
}

/// The cloud, as this node sees it.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub(crate) struct ProviderPart {
    #[serde(default)]
    pub(crate) name: String,
    pub(crate) target: Option<String>,
    pub(crate) tick_ms: Option<u64>,
    pub(crate) budget_remaining: Option<u64>,
    pub(crate) last_error: Option<ErrorPart>,
}

/// A call that failed.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub(crate) struct ErrorPart {
    #[serde(default)]
    pub(crate) kind: String,
    #[serde(default)]
    pub(crate) meaning: String,
    #[serde(default)]
    pub(crate) message: String,
    pub(crate) ago_ms: Option<u64>,
}

/// An address.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub(crate) struct AddressPart {
    pub(crate) id: String,
    pub(crate) wanted: Option<WantedPart>,
    pub(crate) observed: Option<ObservedPart>,
    #[serde(default)]
    pub(crate) here: bool,
    #[serde(default)]
    pub(crate) right: bool,
    #[serde(default)]
    pub(crate) moving: bool,
    #[serde(default)]
    pub(crate) code: String,
    #[serde(default)]
    pub(crate) why: String,
}

/// Where an address should be.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub(crate) struct WantedPart {
    pub(crate) node: Option<String>,
    pub(crate) target: Option<String>,
}

/// Where an address was seen.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub(crate) struct ObservedPart {
    pub(crate) node: Option<String>,
    pub(crate) target: Option<String>,
    pub(crate) age_ms: Option<u64>,
    pub(crate) by: Option<String>,
    pub(crate) since: Option<String>,
}

/// `GET /why/{id}`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub(crate) struct WhyPage {
    pub(crate) text: String,
}

/// `GET /events`.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub(crate) struct EventsPage {
    #[serde(default)]
    pub(crate) kept: bool,
    pub(crate) events: Vec<EventPart>,
}

/// Something that happened.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub(crate) struct EventPart {
    #[serde(default)]
    pub(crate) at: String,
    #[serde(default)]
    pub(crate) event: String,
    #[serde(default)]
    pub(crate) text: String,
    pub(crate) cause: Option<String>,
    /// In seconds.
    #[serde(default)]
    pub(crate) phases: Option<BTreeMap<String, Option<f64>>>,
}

impl StatusPage {
    /// All is as it should be: somebody leads, and every address is where it belongs.
    pub(crate) fn is_well(&self) -> bool {
        self.leader.is_some() && self.addresses.iter().all(|address| address.right)
    }

    /// What is left without ages, which change by themselves, and without the numbers of sentences, which may be ages.
    pub(crate) fn without_ages(&self) -> Self {
        let mut page = self.clone();
        page.now.clear();
        // Counted back from now, it is a millisecond off now and then; the epoch and the holder tell of changes.
        page.since = None;
        page.why.iter_mut().for_each(without_numbers);
        for member in &mut page.members {
            member.heard_ms = None;
            member.evidence.iter_mut().for_each(without_numbers);
        }
        page.lost.iter_mut().for_each(|lost| lost.ago_ms = None);
        if let Some(provider) = &mut page.provider {
            provider.budget_remaining = None;
            if let Some(error) = &mut provider.last_error {
                error.ago_ms = None;
                without_numbers(&mut error.message);
            }
        }
        for address in &mut page.addresses {
            without_numbers(&mut address.why);
            if let Some(observed) = &mut address.observed {
                observed.age_ms = None;
                observed.since = None;
            }
        }
        page
    }
}

/// Units go with them: 999 ms become 1 s.
fn without_numbers(text: &mut String) {
    const UNITS: [&str; 5] = ["ms", "s", "min", "h", "d"];
    let stays = |word: &&str| !word.contains(|c: char| c.is_ascii_digit()) && !UNITS.contains(word);
    let words: Vec<&str> = text.split_whitespace().filter(stays).collect();
    *text = words.join(" ");
}
