//! Traces: which of our spans are exported, and how a trace is passed on to peers and to the cloud.
//!
//! There are spans for takeovers, moves by repair, and requests that come with somebody else's trace; what a healthy node does all day has none.

mod exporter;

use std::collections::HashMap;

use opentelemetry::propagation::TextMapPropagator as _;
use opentelemetry::trace::TraceContextExt as _;
use opentelemetry_sdk::propagation::TraceContextPropagator;
use tracing::Span;
use tracing_opentelemetry::OpenTelemetrySpanExt as _;

pub use exporter::{Exporter, NoExporter};

/// The target of every span of ours: the exporter takes these and nothing else, whatever is logged; logs never show them. (No module has this name: what
/// modules log goes by their names.)
pub const TARGET: &str = "spans";
/// The header that carries a trace (W3C Trace Context).
pub const HEADER: &str = "traceparent";

/// The present span as a value of [`HEADER`]; `None` if nothing is exported, or outside of a span.
#[must_use]
pub fn context() -> Option<String> {
    context_of(&Span::current())
}

/// A span as a value of [`HEADER`].
#[must_use]
pub fn context_of(span: &Span) -> Option<String> {
    let context = span.context();
    let of_span = context.span().span_context().clone();
    let [trace, id] = [
        of_span.trace_id().to_string(),
        of_span.span_id().to_string(),
    ];
    let flags = of_span.trace_flags().to_u8();
    of_span
        .is_valid()
        .then(|| format!("00-{trace}-{id}-{flags:02x}"))
}

/// Makes `span` a part of the trace that a request came with. What is no trace is ignored.
pub fn adopt(span: &Span, header: &str) {
    let carrier = HashMap::from([(HEADER.to_owned(), header.to_owned())]);
    let parent = TraceContextPropagator::new().extract(&carrier);
    // An error: nothing is exported.
    let _ = span.set_parent(parent);
}
