//! What an operator may ask of a running node: hand the lead over, drain, undrain, pause moves and let them go on, move an address by hand, log more or
//! less, and how things are.
//!
//! ```text
//!  les handoff, les drain ──> Unix socket (mode 0600) ──┐
//!                                                       ├─> router ──> Desk, one order at a time ──> Input::Resign, Input::Drain
//!  HTTP port, /admin, with the token (if configured) ───┘                └─ follows the hand-over in the published view
//! ```
//!
//! Nothing here is on the way of the election or of peers: requests are few, small and short, and what they wait for is a watch.

mod by_hand;
mod desk;
mod drain_mark;
mod eligibility;
mod log_level;
mod pause;
mod pause_mark;
mod refusal;
mod router;
mod serve;
mod socket;
mod state_file;
mod token;

pub use by_hand::ByHand;
pub use desk::{Command, Desk, DeskWiring, Handover, Order, Reply, is_drained};
pub use drain_mark::DrainMark;
pub use eligibility::WhyNot;
pub use pause::{PauseKeeper, PauseState};
pub use pause_mark::PauseMark;
pub use refusal::Refusal;
pub use router::{AdminState, Caller, router};
pub use serve::serve;
pub use socket::{AdminSocket, MAX_SOCKET_PATH, SocketError};
pub use token::{Token, TokenError, guard};
