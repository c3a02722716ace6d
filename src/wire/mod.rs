//! The JSON bodies that both sides speak, converted by hand to and from the core's types: the core knows no JSON, and nothing that a peer
//! writes reaches it unchecked.

mod admin;
mod by_hand;
mod diag;
mod event;
mod health;
mod line;
mod moments;
mod pause;
mod state;
mod status;
mod why;

pub use admin::{
    DrainBody, DrainedBody, HandoffBody, HandoverBody, HeldBody, LogLevelBody, ProgressBody,
    RefusalBody, StatusBody, UnableBody,
};
pub use by_hand::{ProviderDoneBody, ProviderOrderBody, RehearsedBody};
pub use diag::{DiagBody, DiagInputs};
pub use event::{EventBody, EventsBody, NoEvent};
pub use health::HealthBody;
pub use line::{Line, beat_line, document_line, parse_line};
pub use moments::{rfc3339, wall_time};
pub use pause::PauseBody;
pub(crate) use state::WishBody;
pub use state::{BadDocument, StateBody, parse_state};
pub use status::{StatusInputs, StatusPage};
pub use why::WhyBody;

/// Most bytes of a body that are read from a peer: the state document of 1,024 members with long names.
pub const MAX_BODY_BYTES: usize = 256 * 1024;

#[cfg(test)]
mod tests;
#[cfg(test)]
pub(crate) use tests::assert_golden;
