//! S6: never two calls in flight for one address of one node.

use crate::node::Call;

/// Panics if a call is begun while another is in flight.
pub fn one_call_in_flight(in_flight: &Option<Call>) {
    assert!(
        in_flight.is_none(),
        "S6: a call is begun while {in_flight:?} is in flight"
    );
}
