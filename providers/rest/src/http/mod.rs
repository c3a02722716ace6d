//! One HTTP exchange with everything bounded: time, body, redirects.

mod answer;
mod client;
mod exchange;
mod retry_after;
mod tls;

pub(crate) use answer::Answer;
pub(crate) use client::Clients;
pub(crate) use exchange::{ExchangeError, exchange};
