//! Tests of the REST provider over real sockets. One binary: each further one would link everything again.

mod acme;
mod clouds;
mod credentials;
mod folder;
mod language;
mod presets;
mod proxies;
mod scripted;
mod support;
