//! The core against scripted peers and scripted readings. Whole clusters run in `tests/sim`.

mod arbitration;
mod bounds;
mod confirmation;
mod identity_and_names;
mod reconciliation;
mod seniority;
mod support;
