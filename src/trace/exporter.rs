//! Spans on their way to a collector, by OTLP over gRPC, if the environment names one.
//!
//! They are sent by a thread of the SDK, from a queue of 2,048: a collector that is slow or down costs the spans and nothing else.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use opentelemetry::trace::TracerProvider as _;
use opentelemetry_otlp::SpanExporter;
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::error::OTelSdkResult;
use opentelemetry_sdk::trace::{SdkTracerProvider, SpanData};
use tracing::level_filters::LevelFilter;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::{Layer, Registry};

use super::TARGET;

/// The variables of OpenTelemetry that name the collector; without one of them nothing is exported.
const ENDPOINTS: [&str; 2] = [
    "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT",
    "OTEL_EXPORTER_OTLP_ENDPOINT",
];
const NAME: &str = "OTEL_SERVICE_NAME";
/// At the end of the process, spans that wait may still be sent.
const PATIENCE: Duration = Duration::from_secs(2);

/// The exporter.
#[derive(Clone, Debug)]
pub struct Exporter(SdkTracerProvider);

/// An exporter that says when the collector begins to fail, and when it takes spans again.
#[derive(Debug)]
struct Telling {
    exporter: SpanExporter,
    fails: AtomicBool,
}

impl opentelemetry_sdk::trace::SpanExporter for Telling {
    async fn export(&self, batch: Vec<SpanData>) -> OTelSdkResult {
        let spans = batch.len();
        let outcome = self.exporter.export(batch).await;
        let failed_before = self.fails.swap(outcome.is_err(), Ordering::Relaxed);
        match &outcome {
            Err(error) if !failed_before => tracing::warn!(
                event = "traces_lost",
                spans,
                "the collector takes no spans, and they are lost until it does: {error}"
            ),
            Ok(()) if failed_before => {
                tracing::info!(event = "traces", "the collector takes spans again");
            }
            Ok(()) | Err(_) => {}
        }
        outcome
    }

    fn shutdown_with_timeout(&self, timeout: Duration) -> OTelSdkResult {
        self.exporter.shutdown_with_timeout(timeout)
    }

    fn set_resource(&mut self, resource: &Resource) {
        self.exporter.set_resource(resource);
    }
}

/// Why spans cannot be exported.
#[derive(Debug, thiserror::Error)]
#[error("{variable} names no collector that can be used: {problem}")]
pub struct NoExporter {
    variable: &'static str,
    problem: String,
}

impl Exporter {
    /// As the environment says; `None` if it names no collector. Within a Tokio runtime, whose connection it uses. Connects to nothing yet.
    ///
    /// # Errors
    /// What is named is no address of a collector.
    pub fn from_env() -> Result<Option<Self>, NoExporter> {
        let named = |variable: &&str| std::env::var_os(variable).is_some_and(|v| !v.is_empty());
        let Some(variable) = ENDPOINTS.into_iter().find(named) else {
            return Ok(None);
        };
        let exporter = SpanExporter::builder().with_tonic().build();
        let exporter = exporter.map_err(|error| NoExporter {
            variable,
            problem: crate::words::chain(&error),
        })?;
        Ok(Some(Self::over(exporter)))
    }

    fn over(exporter: SpanExporter) -> Self {
        let resource = Resource::builder();
        let resource = match std::env::var_os(NAME) {
            Some(_) => resource,
            None => resource.with_service_name("les"),
        };
        let provider = SdkTracerProvider::builder()
            .with_batch_exporter(Telling {
                exporter,
                fails: AtomicBool::new(false),
            })
            .with_resource(resource.build());
        Self(provider.build())
    }

    /// What takes our spans, and nothing else.
    #[must_use]
    pub fn layer(&self) -> Box<dyn Layer<Registry> + Send + Sync> {
        let tracer = self.0.tracer("les");
        let ours = Targets::new().with_target(TARGET, LevelFilter::INFO);
        tracing_opentelemetry::layer()
            .with_tracer(tracer)
            .with_location(false)
            .with_threads(false)
            .with_filter(ours)
            .boxed()
    }

    /// Sends what waits, for 2 s at most. Not from a task of the runtime.
    pub fn end(&self) {
        // A collector that is down is no news at the end of a process.
        let _ = self.0.shutdown_with_timeout(PATIENCE);
    }
}
