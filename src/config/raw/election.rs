//! `[election]`

use les_core::MAX_VOTERS;
use schemars::JsonSchema;
use serde::Deserialize;

use super::{List, Scalar};
use crate::config::limits;
use crate::config::reference::values::{
    choice, core, duration, duration_or_never, flag, list, whole,
};

#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub(in crate::config) struct RawElection {
    /// Which `election.beat` and `election.silence_after` hold where they are not written: `fast` is for nodes in one room on machines with time to spare, `default` for nodes in one
    /// region, some loss and busy machines, `wan` for nodes far apart or networks that stall.
    #[schemars(transform = choice(limits::PROFILES))]
    pub(in crate::config) profile: Option<Scalar>,

    /// Who must agree to a leader. `open`: every live member that it hears; each side of a partition acts, however small it is. `quorum`: a majority of `election.voters` must
    /// vote for a leader and be heard by it; a side without a majority does nothing.
    #[schemars(transform = choice(limits::MODES))]
    pub(in crate::config) mode: Option<Scalar>,

    /// Who votes, with `election.mode = "quorum"` and only then: the advertised addresses of all who do, letter by letter the same list on every node. They are seeds too.
    #[schemars(transform = list("list of `host:port`", MAX_VOTERS))]
    pub(in crate::config) voters: Option<List>,

    /// What a node does whose leader is silent while nobody else can be asked about it: `act` takes over, `wait` waits for proof (a port that refuses) or for company.
    #[schemars(transform = choice(limits::ON_LONE_SILENCE))]
    pub(in crate::config) on_lone_silence: Option<Scalar>,

    /// How long every node must have been well, every address held and nobody lost, before the addresses are handed to a node of a higher `node.preference`.
    #[schemars(transform = duration(core().preference_hold, limits::PREFERENCE_HOLD))]
    pub(in crate::config) preference_hold: Option<Scalar>,

    /// Whether members are watched by streams. `false` is how versions without `/watch` do it, by polls alone.
    #[schemars(transform = flag(core().watch))]
    pub(in crate::config) watch: Option<Scalar>,

    /// How often a stream shows life while nothing changes. Five of them must fit into `election.silence_after`. What is written here wins over the profile, whose
    /// value it is otherwise.
    #[schemars(transform = duration(core().beat, limits::BEAT))]
    pub(in crate::config) beat: Option<Scalar>,

    /// From one answer of a member that has no stream to the next request to it.
    #[schemars(transform = duration(core().poll_interval, limits::POLL_INTERVAL))]
    pub(in crate::config) poll_interval: Option<Scalar>,

    /// From one answer of a node of the reference implementation to the next request to it: such a node pays a thread for every request. Less than
    /// `election.zombie_after`.
    #[schemars(transform = duration(core().reference_poll_interval, limits::REFERENCE_POLL_INTERVAL))]
    pub(in crate::config) reference_poll_interval: Option<Scalar>,

    /// After which an unanswered poll is a missed one. Less than `election.polled_silence_after`.
    #[schemars(transform = duration(core().poll_timeout, limits::POLL_TIMEOUT))]
    pub(in crate::config) poll_timeout: Option<Scalar>,

    /// How many polls in a row a member without a stream must have missed, at least, before it is silent, together with `election.polled_silence_after`.
    #[schemars(transform = whole(core().missed_polls, limits::MISSED_POLLS))]
    pub(in crate::config) missed_polls: Option<Scalar>,

    /// How long a member may show no life on its stream before it is silent, which is how a machine that freezes or vanishes is noticed. A killed process is noticed at once, by its
    /// closed stream and its refused port. At least five beats, and less than `election.zombie_after`. What is written here wins over the profile, whose value it is otherwise.
    #[schemars(transform = duration(core().silence_after, limits::SILENCE))]
    pub(in crate::config) silence_after: Option<Scalar>,

    /// How long a member without a stream (a node of an older version or of the reference implementation) may answer no poll before it is silent, together with
    /// `election.missed_polls`. Where it is not written it is at least `election.silence_after`. Less than `election.zombie_after`.
    #[schemars(transform = duration(core().polled_silence_after, limits::SILENCE))]
    pub(in crate::config) polled_silence_after: Option<Scalar>,

    /// How long a node of three or more that lost half of the members or more at once doubts itself before it believes that: it may be the one that is cut off.
    #[schemars(transform = duration(core().lone_wait, limits::LONE_WAIT))]
    pub(in crate::config) lone_wait: Option<Scalar>,

    /// After which a member is not counted that answers but never asks, or that should lead and never does.
    #[schemars(transform = duration(core().zombie_after, limits::ZOMBIE_AFTER))]
    pub(in crate::config) zombie_after: Option<Scalar>,

    /// How long a starting node waits for its seeds before it takes its place.
    #[schemars(transform = duration(core().join_window, limits::JOIN_WINDOW))]
    pub(in crate::config) join_window: Option<Scalar>,

    /// After which a node leads that has never met another. With anything but `never`, two halves of a cluster that boots in pieces may both lead until they meet.
    #[schemars(transform = duration_or_never())]
    pub(in crate::config) alone_after: Option<Scalar>,

    /// Most members besides this node. Who comes when there are so many is not let in.
    #[schemars(transform = whole(u32::try_from(core().max_members).unwrap_or(u32::MAX), limits::MAX_MEMBERS))]
    pub(in crate::config) max_members: Option<Scalar>,
}
