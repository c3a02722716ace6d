//! Seeds that need not be written down: found by DNS, or by a label that the provider's machines bear.
//!
//! ```text
//!  one task per source:  ask (Asker: Dns | Provider) --report--> Discovery { Known per source } --Input::Seeds--> node
//!     again after the interval, sooner while it fails                 |                |
//!     or finds nobody else                                            +-- Cache        +-- watch: /diag/
//! ```
//!
//! That a source could not be asked never means that nobody is there: what it answered last stays, over a restart too.

mod asker;
mod cache;
mod dns;
mod first;
mod known;
mod source;
mod status;
mod task;

pub use asker::{AskFailure, Asker};
pub use dns::{Dns, DnsFailure};
pub use first::first_named;
pub use known::Answer;
pub use status::{SourceError, SourceStatus};
pub use task::{Discovery, DiscoveryWiring};
