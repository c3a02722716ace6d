//! Black-box tests: real `les` processes on loopback, watched from outside. Nothing here knows how a node works inside.

#![allow(
    clippy::unwrap_used,
    reason = "a test may panic, and so may what it calls"
)]

#[cfg(feature = "aws")]
mod aws;
mod cluster;
mod configuration;
mod demo;
mod discovery;
mod handover;
mod hostile;
mod logs;
mod moving;
mod preset;
mod protocol;
mod provider_options;
mod proxies;
mod rotation;
mod seeing;
mod service;
mod standby;
mod support;
mod traces;
mod watch;
mod why;
