//! Who this node is at the provider: asked at the start, and again until it is known.

use std::sync::Arc;

use les_core::Input;
use les_provider::{ErrorKind, Provider, ProviderError};
use tokio::sync::{mpsc, watch};
use tokio_util::sync::CancellationToken;

use super::backoff::Backoff;
use super::bounded::bounded;
use super::status::{LastError, ProviderStatus};
use crate::clock::Clock;
use crate::events::Events;

/// What the search is connected to.
#[derive(Clone, Debug)]
pub struct TargetWiring {
    /// Who is asked.
    pub provider: Arc<dyn Provider>,
    /// The time.
    pub clock: Clock,
    /// Where the answer is told.
    pub inputs: mpsc::Sender<Input>,
    /// The history.
    pub events: Events,
    /// Ends the search.
    pub stop: CancellationToken,
}

/// The search. It never gives up: at first boot neither the network nor the machine's role need be there yet.
#[derive(Debug)]
pub struct TargetFinder {
    wiring: TargetWiring,
    status: watch::Sender<ProviderStatus>,
    backoff: Backoff,
}

impl TargetFinder {
    /// A search, and where its result appears. `jitter_seed` spreads its retries.
    #[must_use]
    pub fn new(wiring: TargetWiring, jitter_seed: u64) -> (Self, watch::Receiver<ProviderStatus>) {
        let name = wiring.provider.name().to_owned();
        let (status, receiver) = watch::channel(ProviderStatus {
            name,
            ..ProviderStatus::default()
        });
        (
            Self {
                wiring,
                status,
                backoff: Backoff::new(jitter_seed),
            },
            receiver,
        )
    }

    /// Searches until the target is known or `stop` comes.
    pub async fn run(mut self) {
        let stop = self.wiring.stop.clone();
        tokio::select! {
            () = stop.cancelled() => {}
            target = self.find() => self.tell(target).await,
        }
    }

    async fn find(&mut self) -> String {
        let mut said = None;
        loop {
            match self.ask().await {
                Ok(target) => return target,
                Err(error) => {
                    let pause = self.backoff.after(error.kind);
                    self.failed(&error, &mut said);
                    tokio::time::sleep(pause).await;
                }
            }
        }
    }

    async fn ask(&self) -> Result<String, ProviderError> {
        let provider = &*self.wiring.provider;
        let asked = bounded(provider, "target", ErrorKind::Transient, provider.target());
        asked.await.map(|target| target.0)
    }

    fn failed(&self, error: &ProviderError, said: &mut Option<&'static str>) {
        let last_error = LastError::new(error, self.wiring.clock.mono());
        if said.replace(error.kind.as_str()) != Some(error.kind.as_str()) {
            let kind = error.kind.as_str();
            tracing::warn!(
                event = "target_failed",
                kind,
                "who this node is at the provider is not known yet: {}",
                last_error.message
            );
            self.wiring.events.record(
                last_error.at,
                "target_failed",
                format!("{kind}: {}", last_error.message),
            );
        }
        self.status
            .send_modify(|status| status.last_error = Some(last_error));
    }

    async fn tell(&self, target: String) {
        let provider = self.wiring.provider.name().to_owned();
        tracing::info!(
            event = "target_known",
            provider,
            target,
            "this node's target at the provider"
        );
        self.wiring.events.record(
            self.wiring.clock.mono(),
            "target_known",
            format!("{target} at {provider}"),
        );
        self.status.send_modify(|status| {
            status.target = Some(target.clone());
            status.last_error = None;
        });
        // The election is gone: nobody is left to be told.
        let _ = self
            .wiring
            .inputs
            .send(Input::Target { provider, target })
            .await;
    }
}
