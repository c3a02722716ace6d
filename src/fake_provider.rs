//! A provider for the tests of this crate: it counts what it is asked, and says what it is told to say.

use std::net::IpAddr;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use les_provider::{
    AddressId, Capabilities, ErrorKind, Observation, Provider, ProviderError, Target,
};

/// The provider.
#[derive(Debug, Default)]
pub(crate) struct Fake {
    /// Who holds every address.
    pub(crate) holder: Mutex<Option<Target>>,
    /// Readings begun.
    pub(crate) readings: AtomicUsize,
    /// Readings never end.
    pub(crate) hangs: bool,
    /// Moves never end.
    pub(crate) moves_hang: bool,
    /// Moves begun, and those of them that are under way.
    pub(crate) moves: AtomicUsize,
    pub(crate) moving: AtomicUsize,
    /// Readings and discoveries fail.
    pub(crate) fails: Mutex<bool>,
    /// What calls that can wait should wait.
    pub(crate) routine_pause: Duration,
    /// Who is there.
    pub(crate) machines: Mutex<Vec<IpAddr>>,
    pub(crate) calls_per_hour: Option<u32>,
}

/// Counts a call until it ends or is dropped.
struct UnderWay<'a>(&'a AtomicUsize);

impl<'a> UnderWay<'a> {
    fn begun(count: &'a AtomicUsize) -> Self {
        count.fetch_add(1, Ordering::Relaxed);
        Self(count)
    }
}

impl Drop for UnderWay<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Fake {
    pub(crate) fn readings(&self) -> usize {
        self.readings.load(Ordering::Relaxed)
    }

    fn check(&self) -> Result<(), ProviderError> {
        if *self.fails.lock().unwrap() {
            return Err(ProviderError {
                kind: ErrorKind::Transient,
                operation: "test",
                message: "the cloud is down".into(),
                source: None,
            });
        }
        Ok(())
    }
}

#[async_trait]
impl Provider for Fake {
    fn name(&self) -> &str {
        "fake"
    }

    fn capabilities(&self) -> Capabilities {
        Capabilities {
            moves_in_one_call: true,
            settle: Duration::ZERO,
            request_timeout: Duration::from_secs(1),
            call_timeout: Duration::from_secs(60),
            calls_per_hour: self.calls_per_hour,
        }
    }

    async fn target(&self) -> Result<Target, ProviderError> {
        Ok(Target("me".into()))
    }

    async fn observe(&self, _: &AddressId) -> Result<Observation, ProviderError> {
        self.readings.fetch_add(1, Ordering::Relaxed);
        if self.hangs {
            std::future::pending::<()>().await;
        }
        self.check()?;
        Ok(Observation {
            holder: self.holder.lock().unwrap().clone(),
            ..Observation::default()
        })
    }

    async fn assign(
        &self,
        _: &AddressId,
        to: &Target,
        _: Option<&Observation>,
    ) -> Result<(), ProviderError> {
        self.moves.fetch_add(1, Ordering::Relaxed);
        let _under_way = UnderWay::begun(&self.moving);
        if self.moves_hang {
            std::future::pending::<()>().await;
        }
        *self.holder.lock().unwrap() = Some(to.clone());
        Ok(())
    }

    async fn release(&self, _: &AddressId, _: &Target) -> Result<(), ProviderError> {
        *self.holder.lock().unwrap() = None;
        Ok(())
    }

    fn routine_pause(&self) -> Duration {
        self.routine_pause
    }

    async fn discover(&self, _: &str) -> Result<Vec<IpAddr>, ProviderError> {
        self.check()?;
        Ok(self.machines.lock().unwrap().clone())
    }
}
