//! The decisions of `les`, pure. See `ARCHITECTURE.md` for the map.
//!
//! [`Election`] turns what is heard from peers into a [`View`]: who leads, in which [`Epoch`], and what that licenses.
//! [`Arbiter`] turns a view and the readings of one cloud address into one [`Step`] at a time. Neither reads a clock, draws a random
//! number or does I/O: time comes in as [`Now`], the world comes in as [`Input`]s and goes out as [`Output`]s.

mod addr;
mod election;
mod identity;
mod reconcile;
mod state;
mod time;

pub use addr::{Addr, AddrError, Forbidden, MAX_ADDR_BYTES, is_loopback, may_contact};
pub use election::*;
pub use identity::{Epoch, Incarnation, NodeId, NotAnId, Stamp, StampError};
pub use reconcile::*;
pub use state::{
    Beat, Confirmation, Ext, HeldBy, Holding, MeetReading, Pause, Resignation, StateDoc, Vote,
};
pub use time::{Now, Time, Wall};
