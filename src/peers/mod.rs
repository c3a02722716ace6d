//! The client side: asks peers for their state. One poll is one fresh connection, since only a fresh one proves that somebody listens.

mod exchange;
mod poller;
mod resolve;

pub use poller::{Answer, Poller};
