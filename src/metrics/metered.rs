//! A provider that counts the calls of another one, and takes the trace that they belong to along.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use les_core::Time;
use les_provider::{
    AddressId, Capabilities, Observation, Operation, Provider, ProviderError, Rehearsed, Target,
    in_trace,
};

use super::Metrics;
use crate::clock::Clock;
use crate::trace;

/// The provider.
#[derive(Debug)]
pub struct Metered {
    inner: Arc<dyn Provider>,
    clock: Clock,
    metrics: Metrics,
}

impl Metered {
    /// Counts the calls of `inner`.
    #[must_use]
    pub fn over(inner: Arc<dyn Provider>, clock: Clock, metrics: Metrics) -> Arc<dyn Provider> {
        Arc::new(Self {
            inner,
            clock,
            metrics,
        })
    }

    async fn count<T>(
        &self,
        operation: Operation,
        call: impl Future<Output = Result<T, ProviderError>> + Send,
    ) -> Result<T, ProviderError> {
        let mut counted = Counted {
            metered: self,
            operation,
            begun: self.clock.mono(),
            outcome: "dropped",
        };
        let result = in_trace(trace::context(), call).await;
        counted.outcome = match &result {
            Ok(_) => "ok",
            Err(error) => error.kind.as_str(),
        };
        result
    }
}

/// A call that is under way; counted however it ends.
struct Counted<'a> {
    metered: &'a Metered,
    operation: Operation,
    begun: Time,
    outcome: &'static str,
}

impl Drop for Counted<'_> {
    fn drop(&mut self) {
        let took = self.metered.clock.mono().since(self.begun);
        let metrics = &self.metered.metrics;
        metrics.called(self.operation.as_str(), self.outcome, took);
    }
}

#[async_trait]
impl Provider for Metered {
    fn name(&self) -> &str {
        self.inner.name()
    }

    fn capabilities(&self) -> Capabilities {
        self.inner.capabilities()
    }

    async fn target(&self) -> Result<Target, ProviderError> {
        self.count(Operation::Target, self.inner.target()).await
    }

    async fn observe(&self, address: &AddressId) -> Result<Observation, ProviderError> {
        self.count(Operation::Observe, self.inner.observe(address))
            .await
    }

    async fn assign(
        &self,
        address: &AddressId,
        to: &Target,
        seen: Option<&Observation>,
    ) -> Result<(), ProviderError> {
        self.count(Operation::Assign, self.inner.assign(address, to, seen))
            .await
    }

    async fn take_over(
        &self,
        address: &AddressId,
        to: &Target,
        seen: &Observation,
    ) -> Result<(), ProviderError> {
        self.count(Operation::Assign, self.inner.take_over(address, to, seen))
            .await
    }

    async fn release(&self, address: &AddressId, from: &Target) -> Result<(), ProviderError> {
        self.count(Operation::Release, self.inner.release(address, from))
            .await
    }

    async fn introduce(&self) -> Result<Vec<(&'static str, String)>, ProviderError> {
        self.inner.introduce().await
    }

    async fn rehearse(
        &self,
        address: &AddressId,
        to: &Target,
    ) -> Result<Vec<Rehearsed>, ProviderError> {
        self.inner.rehearse(address, to).await
    }

    fn seen_within(&self, address: &AddressId) -> Duration {
        self.inner.seen_within(address)
    }

    fn standby_pause(&self) -> Duration {
        self.inner.standby_pause()
    }

    fn routine_pause(&self) -> Duration {
        self.inner.routine_pause()
    }

    fn budget_remaining(&self) -> Option<u32> {
        self.inner.budget_remaining()
    }

    async fn discover(&self, selector: &str) -> Result<Vec<IpAddr>, ProviderError> {
        self.count(Operation::Discover, self.inner.discover(selector))
            .await
    }
}
