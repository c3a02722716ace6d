//! The core against scripted peers and scripted readings. Whole clusters run in `tests/sim`.

mod arbitration;
mod bounds;
mod confirmation;
mod identity_and_names;
mod licences;
mod meetings;
mod odd_peers;
mod reconciliation;
mod seniority;
mod support;
