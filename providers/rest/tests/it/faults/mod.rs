//! What goes wrong between a node and its cloud: each fault with the cloud's state after it and what the operator is told.

mod answers;
mod connections;
mod jobs;
mod proxies;
mod redirects;
mod throttling;
mod tls;
mod waiting;
