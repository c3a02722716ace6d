//! Credentials: where they come from, what a rotated one needs, what a refused one costs, and that none is ever shown.

mod refused;
mod rotation;
mod secrecy;
mod sources;
