//! Tests of the REST provider over real sockets. One binary: each further one would link everything again.

mod acme;
mod clouds;
mod credentials;
mod faults;
mod folder;
mod language;
mod mistakes;
mod presets;
mod proxies;
mod scripted;
mod support;
mod warm;
