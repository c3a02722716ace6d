//! What no text may show.

use std::error::Error;
use std::fmt::Write;

use super::{Harness, ends};
use crate::error::ProviderError;
use crate::memory::Fault;
use crate::operation::Operation;

pub(super) async fn run<H: Harness>(fresh: &impl AsyncFn() -> H) {
    no_text_shows_a_credential(&fresh().await).await;
}

async fn no_text_shows_a_credential<H: Harness>(world: &H) {
    let names = world.names();
    let mut texts = String::new();
    for provider in [world.provider(), world.refused_provider()] {
        let _ = write!(texts, "{provider:?} {provider:#?}");
        for fault in [
            Fault::Throttled { retry_after: None },
            Fault::Unavailable,
            Fault::Hang,
        ] {
            world.inject(Operation::Observe, fault).await;
            shown(
                &mut texts,
                ends(provider.observe(&names.address)).await.err(),
            );
            world.inject(Operation::Assign, fault).await;
            shown(
                &mut texts,
                ends(provider.assign(&names.address, &names.me, None))
                    .await
                    .err(),
            );
        }
        shown(
            &mut texts,
            ends(provider.observe(&names.unknown_address)).await.err(),
        );
    }
    for secret in &names.secrets {
        assert!(
            !texts.contains(secret.as_str()),
            "a credential is shown: {}",
            texts.replace(secret.as_str(), "<HERE>")
        );
    }
}

/// Everything that a log could print of an error.
fn shown(texts: &mut String, error: Option<ProviderError>) {
    let Some(error) = error else { return };
    let _ = write!(texts, "{error} {error:?} {error:#?}");
    let mut source = error.source();
    while let Some(cause) = source {
        let _ = write!(texts, "{cause} {cause:?} {cause:#?}");
        source = cause.source();
    }
}
