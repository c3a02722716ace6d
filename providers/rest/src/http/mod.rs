//! One HTTP exchange with everything bounded: time, body, redirects.

mod answer;
mod client;
mod exchange;
mod retry_after;

pub(crate) use answer::Answer;
pub(crate) use client::{cloud_client, metadata_client};
pub(crate) use exchange::{ExchangeError, exchange};
