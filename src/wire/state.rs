//! `GET /state`: what a node says of itself.

mod holdings;
mod wish;

use std::collections::BTreeMap;
use std::time::Duration;

use les_core::{
    Addr, Confirmation, Epoch, Ext, Incarnation, MeetReading, NodeId, Pause, Resignation, Stamp,
    StampError, StateDoc, Vote,
};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use self::holdings::HoldingBody;
pub(crate) use self::wish::WishBody;

/// Members of a document that are looked at; each one costs a probe at least.
const MAX_MEMBERS: usize = 4096;
/// Entries of `suspects`: members, so the same order of magnitude.
const MAX_SUSPECTS: usize = 1024;
/// Entries of `targets` and `holds`: one per provider, one per address, and no node has more addresses.
const MAX_ADDRESSES: usize = 64;
/// Entries of `meets`: leaders at one time, a handful even in a bad partition.
const MAX_MEETS: usize = 256;
/// Bytes of a provider's name, a target or an address id.
const MAX_NAME_BYTES: usize = 512;
/// Bytes of `traceparent`; a later version of it may have some more.
const MAX_TRACE_BYTES: usize = 128;
/// The version of the key `les` that this program speaks.
const VERSION: u64 = 1;

/// A body that is not a valid state document.
#[derive(Debug, thiserror::Error)]
pub enum BadDocument {
    /// No JSON, a key of the reference missing, or one of the wrong type.
    #[error("not a state document")]
    Json(#[source] serde_json::Error),
    /// `members` is empty, or `members[0]` is no address.
    #[error("members[0] must be the node's own address")]
    NoName,
    /// `members` is too long.
    #[error("more than {MAX_MEMBERS} members")]
    TooManyMembers,
    /// `leader` is neither `false` nor text.
    #[error("leader must be false or an address")]
    Leader,
    /// `start_time` cannot be right.
    #[error(transparent)]
    Stamp(StampError),
    /// The key `les` is of our version and not what it must be.
    #[error("the key les is malformed")]
    Ext(#[source] serde_json::Error),
    /// The key `les` holds something that cannot be right.
    #[error("les.{0} cannot be right")]
    ExtValue(&'static str),
}

/// The state document as it is written. The order of the keys is the reference's, then ours.
#[derive(Clone, Debug, Serialize)]
pub struct StateBody {
    members: Vec<String>,
    leader: LeaderBody,
    start_time: f64,
    #[serde(skip_serializing_if = "Option::is_none")]
    les: Option<ExtBody>,
}

/// An address, or `false`.
#[derive(Clone, Debug, Serialize)]
#[serde(untagged)]
enum LeaderBody {
    Named(String),
    Nobody(bool),
}

#[derive(Clone, Debug, Serialize, Deserialize)]
struct ExtBody {
    v: u64,
    id: String,
    inc: String,
    epoch: u64,
    epoch_leader: Option<String>,
    eligible: bool,
    leaving: bool,
    deaf: bool,
    leader_heard_ms: Option<u64>,
    suspects: Vec<String>,
    targets: BTreeMap<String, String>,
    holds: BTreeMap<String, HoldingBody>,
    meets: Vec<MeetBody>,
    // From here on absent in versions without `/watch`.
    #[serde(default)]
    made_us: u64,
    #[serde(default)]
    ballot: u64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    confirms: Option<ConfirmationBody>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    resigned: Option<ResignationBody>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    reached_ms: Option<u64>,
    #[serde(default)]
    seeks_reach: bool,
    #[serde(default)]
    preference: u32,
    // Only in quorum mode.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    stands_for: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    vote: Option<VoteBody>,
    // Since an operator paused moves for the first time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pause: Option<WishBody>,
    // While a call moves an address.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    moving: Vec<String>,
    // Only during a takeover, where takeovers are traced.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    trace: Option<String>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
struct VoteBody {
    epoch: u64,
    inc: String,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
struct ConfirmationBody {
    inc: String,
    ballot: u64,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
struct ResignationBody {
    epoch: u64,
    to: Option<String>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
struct MeetBody {
    with: String,
    epoch: u64,
    mine: Option<bool>,
}

impl From<&StateDoc> for StateBody {
    fn from(doc: &StateDoc) -> Self {
        Self {
            members: std::iter::once(&doc.addr)
                .chain(&doc.others)
                .map(ToString::to_string)
                .collect(),
            leader: doc
                .leader
                .as_ref()
                .map_or(LeaderBody::Nobody(false), |leader| {
                    LeaderBody::Named(leader.to_string())
                }),
            start_time: doc.stamp.as_seconds(),
            les: doc.ext.as_ref().map(ExtBody::from),
        }
    }
}

impl From<&Ext> for ExtBody {
    fn from(ext: &Ext) -> Self {
        Self {
            v: VERSION,
            id: ext.id.to_string(),
            inc: ext.inc.to_string(),
            epoch: ext.epoch.0,
            epoch_leader: ext.epoch_leader.as_ref().map(ToString::to_string),
            eligible: ext.eligible,
            leaving: ext.leaving,
            deaf: ext.deaf,
            leader_heard_ms: ext.leader_heard.map(millis),
            suspects: ext.suspects.iter().map(ToString::to_string).collect(),
            targets: ext.targets.clone(),
            holds: holdings::written(&ext.holds),
            meets: ext
                .meets
                .iter()
                .map(|m| MeetBody {
                    with: m.with.to_string(),
                    epoch: m.epoch.0,
                    mine: m.mine,
                })
                .collect(),
            made_us: micros(ext.made),
            ballot: ext.ballot,
            confirms: ext.confirms.map(|c| ConfirmationBody {
                inc: c.inc.to_string(),
                ballot: c.ballot,
            }),
            resigned: ext.resigned.as_ref().map(|r| ResignationBody {
                epoch: r.epoch.0,
                to: r.to.as_ref().map(ToString::to_string),
            }),
            reached_ms: ext.reached.map(millis),
            seeks_reach: ext.seeks_reach,
            preference: ext.preference,
            stands_for: ext.stands_for.map(|e| e.0),
            vote: ext.vote.map(|v| VoteBody {
                epoch: v.epoch.0,
                inc: v.inc.to_string(),
            }),
            pause: ext.pause.as_ref().map(WishBody::from),
            moving: ext.moving.iter().cloned().collect(),
            trace: ext.trace.clone(),
        }
    }
}

pub(super) fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

pub(super) fn micros(duration: Duration) -> u64 {
    u64::try_from(duration.as_micros()).unwrap_or(u64::MAX)
}

/// The reference's three keys; all others but `les` are ignored.
#[derive(Deserialize)]
struct ReadState {
    members: Vec<String>,
    leader: Value,
    start_time: f64,
    les: Option<Value>,
}

/// Reads a body that a peer sent. Strict on the three keys of the reference, since a document that is wrong in one place is not to be
/// trusted in another; tolerant of keys that are not known.
///
/// # Errors
/// The first rule that it breaks.
pub fn parse_state(body: &[u8]) -> Result<StateDoc, BadDocument> {
    let read: ReadState = serde_json::from_slice(body).map_err(BadDocument::Json)?;
    if read.members.len() > MAX_MEMBERS {
        return Err(BadDocument::TooManyMembers);
    }
    let mut members = read.members.iter().map(|member| member.parse::<Addr>());
    let addr = members
        .next()
        .and_then(Result::ok)
        .ok_or(BadDocument::NoName)?;
    // What is no address cannot be contacted, and a reference node adds anything it is told: skip it, keep the rest.
    let mut others: Vec<Addr> = members
        .filter_map(Result::ok)
        .filter(|other| *other != addr)
        .collect();
    others.sort();
    others.dedup();
    let leader = match read.leader {
        Value::Bool(false) | Value::Null => None,
        Value::String(name) => name.parse().ok(),
        _ => return Err(BadDocument::Leader),
    };
    let stamp = Stamp::from_seconds(read.start_time).map_err(BadDocument::Stamp)?;
    let ext = read.les.map_or(Ok(None), parse_ext)?;
    Ok(StateDoc {
        addr,
        others,
        stamp,
        leader,
        ext,
    })
}

/// A later version is ignored, not refused: it must be able to speak to us as a reference node would.
fn parse_ext(les: Value) -> Result<Option<Ext>, BadDocument> {
    match les.get("v").and_then(Value::as_u64) {
        Some(VERSION) => {}
        Some(_) => return Ok(None),
        None => return Err(BadDocument::ExtValue("v")),
    }
    let body: ExtBody = serde_json::from_value(les).map_err(BadDocument::Ext)?;
    Ok(Some(Ext {
        id: body
            .id
            .parse::<NodeId>()
            .map_err(|_| BadDocument::ExtValue("id"))?,
        inc: body
            .inc
            .parse::<Incarnation>()
            .map_err(|_| BadDocument::ExtValue("inc"))?,
        epoch: epoch(body.epoch)?,
        epoch_leader: body
            .epoch_leader
            .map(|a| a.parse())
            .transpose()
            .map_err(|_| BadDocument::ExtValue("epoch_leader"))?,
        eligible: body.eligible,
        leaving: body.leaving,
        deaf: body.deaf,
        leader_heard: body.leader_heard_ms.map(Duration::from_millis),
        suspects: suspects(&body.suspects)?,
        targets: targets(body.targets)?,
        holds: holdings::read(body.holds)?,
        meets: meets(&body.meets)?,
        made: Duration::from_micros(body.made_us),
        ballot: body.ballot,
        confirms: body.confirms.as_ref().map(confirmation).transpose()?,
        resigned: body.resigned.map(resignation).transpose()?,
        reached: body.reached_ms.map(Duration::from_millis),
        seeks_reach: body.seeks_reach,
        preference: body.preference,
        stands_for: body.stands_for.map(epoch).transpose()?,
        vote: body.vote.as_ref().map(vote).transpose()?,
        pause: body.pause.map(Pause::try_from).transpose()?,
        moving: body.moving.into_iter().take(MAX_ADDRESSES).collect(),
        trace: body.trace.filter(|trace| trace.len() <= MAX_TRACE_BYTES),
    }))
}

fn vote(body: &VoteBody) -> Result<Vote, BadDocument> {
    let inc = body.inc.parse();
    Ok(Vote {
        epoch: epoch(body.epoch)?,
        inc: inc.map_err(|_| BadDocument::ExtValue("vote"))?,
    })
}

fn confirmation(body: &ConfirmationBody) -> Result<Confirmation, BadDocument> {
    let inc = body
        .inc
        .parse()
        .map_err(|_| BadDocument::ExtValue("confirms"))?;
    Ok(Confirmation {
        inc,
        ballot: body.ballot,
    })
}

fn resignation(body: ResignationBody) -> Result<Resignation, BadDocument> {
    let to = body.to.map(|to| to.parse()).transpose();
    Ok(Resignation {
        epoch: epoch(body.epoch)?,
        to: to.map_err(|_| BadDocument::ExtValue("resigned"))?,
    })
}

/// A forged epoch must not exhaust the counter for all others.
fn epoch(epoch: u64) -> Result<Epoch, BadDocument> {
    Some(Epoch(epoch))
        .filter(|e| *e <= Epoch::MAX)
        .ok_or(BadDocument::ExtValue("epoch"))
}

fn suspects(suspects: &[String]) -> Result<Vec<Addr>, BadDocument> {
    let bad = || BadDocument::ExtValue("suspects");
    if suspects.len() > MAX_SUSPECTS {
        return Err(bad());
    }
    suspects
        .iter()
        .map(|s| s.parse().map_err(|_| bad()))
        .collect()
}

fn targets(targets: BTreeMap<String, String>) -> Result<BTreeMap<String, String>, BadDocument> {
    let fits = targets.len() <= MAX_ADDRESSES
        && targets
            .iter()
            .all(|(k, v)| k.len() <= MAX_NAME_BYTES && v.len() <= MAX_NAME_BYTES);
    if fits {
        Ok(targets)
    } else {
        Err(BadDocument::ExtValue("targets"))
    }
}

fn meets(meets: &[MeetBody]) -> Result<Vec<MeetReading>, BadDocument> {
    let bad = || BadDocument::ExtValue("meets");
    if meets.len() > MAX_MEETS {
        return Err(bad());
    }
    let read = |m: &MeetBody| {
        Ok(MeetReading {
            with: m.with.parse().map_err(|_| bad())?,
            epoch: epoch(m.epoch)?,
            mine: m.mine,
        })
    };
    meets.iter().map(read).collect()
}
