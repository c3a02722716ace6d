//! The server side: the reference's endpoints, answered from snapshots.
//!
//! No handler waits for anything: it reads what was published, or hands one event on if there is room. A cloud that hangs, or a thousand
//! requests, therefore delay no answer and no election.

mod health;
mod history;
mod listener;
mod live;
mod manners;
mod openapi;
mod page;
mod places;
mod roles;
mod router;
mod scrape;
mod serve;
mod status;
mod watch;

pub use listener::bind;
pub use places::Places;
pub use router::{PeerRequest, Shared, router};
pub use serve::serve;
pub use watch::Streams;
