//! The trace that a call belongs to, so that a provider can say so in its requests without knowing how traces are made.

tokio::task_local! {
    static CONTEXT: String;
}

/// Runs `call` as a part of the trace `context`, a value of the header `traceparent` (W3C Trace Context); of none without one.
pub async fn in_trace<F: Future>(context: Option<String>, call: F) -> F::Output {
    match context {
        Some(context) => CONTEXT.scope(context, call).await,
        None => call.await,
    }
}

/// The trace that the present call belongs to, for the header `traceparent`.
#[must_use]
pub fn trace_context() -> Option<String> {
    CONTEXT.try_with(Clone::clone).ok()
}
