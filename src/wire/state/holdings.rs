//! `holds`: what a leader read of each address.

use std::collections::BTreeMap;
use std::time::Duration;

use les_core::{HeldBy, Holding};
use serde::{Deserialize, Serialize};

use super::{BadDocument, MAX_ADDRESSES, MAX_NAME_BYTES, millis};

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct HoldingBody {
    mine: bool,
    /// Absent: this version does not say. `false`: nobody.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    holder: Option<HolderBody>,
    age_ms: u64,
}

/// A target, or `false`, as `leader` is.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(untagged)]
enum HolderBody {
    Target(String),
    Nobody(bool),
}

/// As it is written.
pub(super) fn written(holds: &BTreeMap<String, Holding>) -> BTreeMap<String, HoldingBody> {
    let body = |h: &Holding| HoldingBody {
        mine: h.mine,
        holder: match &h.holder {
            HeldBy::Unsaid => None,
            HeldBy::Nobody => Some(HolderBody::Nobody(false)),
            HeldBy::Target(target) => Some(HolderBody::Target(target.clone())),
        },
        age_ms: millis(h.age),
    };
    holds.iter().map(|(id, h)| (id.clone(), body(h))).collect()
}

/// As a peer wrote them.
pub(super) fn read(
    holds: BTreeMap<String, HoldingBody>,
) -> Result<BTreeMap<String, Holding>, BadDocument> {
    let too_long = |(id, holding): (&String, &HoldingBody)| {
        let target = match &holding.holder {
            Some(HolderBody::Target(target)) => target.len(),
            Some(HolderBody::Nobody(_)) | None => 0,
        };
        id.len().max(target) > MAX_NAME_BYTES
    };
    if holds.len() > MAX_ADDRESSES || holds.iter().any(too_long) {
        return Err(BadDocument::ExtValue("holds"));
    }
    let holding = |h: HoldingBody| Holding {
        mine: h.mine,
        holder: match h.holder {
            None => HeldBy::Unsaid,
            Some(HolderBody::Nobody(_)) => HeldBy::Nobody,
            Some(HolderBody::Target(target)) => HeldBy::Target(target),
        },
        age: Duration::from_millis(h.age_ms),
    };
    Ok(holds.into_iter().map(|(id, h)| (id, holding(h))).collect())
}
