//! Tests of the REST provider over real sockets. One binary: each further one would link everything again.

mod clouds;
mod presets;
mod proxies;
mod scripted;
mod support;
