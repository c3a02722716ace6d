//! The client side: asks peers for their state, and watches it.
//!
//! One poll is one fresh connection, since only a fresh one proves that somebody listens. A stream is one connection for as long as it lasts, since
//! its end tells at once that somebody died.

mod exchange;
mod lines;
mod path;
mod poller;
mod resolve;
mod stream;
mod watcher;
mod watches;

pub use poller::{Answer, Poller};
pub use watcher::{Watched, Watcher};
pub use watches::Watches;
