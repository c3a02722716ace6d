//! Presets against the clouds' own API descriptions, served by Prism (tests/prism): requests that break a description are refused.
//! Prism keeps no state, so this says nothing about how the clouds behave.

mod digitalocean;
mod hetzner_cloud;
mod scaleway;
mod server;
mod support;
