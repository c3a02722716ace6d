//! The provider against moto's EC2, behind a proxy that does as EC2 does where moto does not (tests/moto/README.md), and a metadata service of our own.

#![allow(
    clippy::unwrap_used,
    reason = "a test may panic, and so may what it calls"
)]

mod conformance;
mod discovery;
mod elastic;
mod failures;
mod identity;
mod interfaces;
mod permissions;
mod policy;
mod routes;
mod stage;
