//! The server side: the reference's endpoints, answered from snapshots.
//!
//! No handler waits for anything: it reads what was published, or hands one event on if there is room. A cloud that hangs, or a thousand
//! requests, therefore delay no answer and no election.

mod listener;
mod router;
mod serve;

pub use listener::bind;
pub use router::{PeerRequest, Shared, router};
pub use serve::serve;
