//! The core against scripted peers and scripted readings. Whole clusters run in `tests/sim`.

mod arbitration;
mod bounds;
mod confirmation;
mod discovery;
mod identity_and_names;
mod lapses;
mod licences;
mod meetings;
mod next_in_line;
mod odd_peers;
mod pace;
mod pausing;
mod preference;
mod quorum;
mod reach;
mod reconciliation;
mod resignation;
mod seniority;
mod shared_address;
mod shown;
mod streams;
mod support;
mod two_calls;
