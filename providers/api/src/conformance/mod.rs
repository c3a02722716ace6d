//! The suite that every provider passes: what the trait promises, checked against the state of the world.
//!
//! A provider's tests implement [`Harness`] for a world with that provider in it and call [`run`].

mod faults;
mod harness;
mod moving;
mod reading;
mod refusals;
mod releases;
mod secrecy;

use std::time::Duration;

pub use harness::{Harness, Locking, Names};

use crate::error::{ErrorKind, ProviderError};
use crate::provider::Target;

/// No call may take longer, whatever its `call_timeout`: a check that waits for ever is a failed one.
const PATIENCE: Duration = Duration::from_secs(30);

/// How often a check looks whether the world has come to the state that it waits for.
const LOOK_EVERY: Duration = Duration::from_millis(5);

/// Runs every check, each in a fresh world.
///
/// # Panics
/// If a check fails; the message says which and how.
pub async fn run<H: Harness>(fresh: impl AsyncFn() -> H) {
    reading::run(&fresh).await;
    moving::run(&fresh).await;
    refusals::run(&fresh).await;
    faults::run(&fresh).await;
    releases::run(&fresh).await;
    secrecy::run(&fresh).await;
}

/// Awaits a call, for so long at most.
async fn ends<T>(call: impl Future<Output = T>) -> T {
    tokio::time::timeout(PATIENCE, call)
        .await
        .expect("a provider call did not end")
}

/// Awaits a call that must fail with this kind.
async fn fails<T: std::fmt::Debug>(
    call: impl Future<Output = Result<T, ProviderError>>,
    kind: ErrorKind,
    when: &str,
) {
    match ends(call).await {
        Err(error) => assert_eq!(error.kind, kind, "{when}: {error}"),
        Ok(value) => panic!("{when}: must fail as {}, but gave {value:?}", kind.as_str()),
    }
}

/// Awaits the world itself.
async fn comes_to_hold<H: Harness>(world: &H, holder: Option<&Target>) {
    let wait = async {
        while world.holder().await.as_ref() != holder {
            tokio::time::sleep(LOOK_EVERY).await;
        }
    };
    tokio::time::timeout(PATIENCE, wait)
        .await
        .expect("the address never came to its holder");
}
