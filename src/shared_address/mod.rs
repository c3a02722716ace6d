//! Probes of the shared addresses themselves: whether somebody serves there, which tells a node that hears nobody else whether its leader lives.

mod probe;
mod prober;

pub use prober::{Prober, ProberWiring};
