//! A node of a unit test: it answers each path as it is told.

use std::sync::Arc;

use http_body_util::Full;
use hyper::body::{Bytes, Incoming};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use tokio::net::TcpListener;
use tokio::task::JoinSet;

use super::Reader;

/// The node. It ends with the test.
pub(crate) struct Fake {
    pub(crate) host: String,
    _task: JoinSet<()>,
}

impl Fake {
    /// Answers a path (with its query) with a status and a body.
    pub(crate) async fn start(
        answer: impl Fn(&str) -> (u16, String) + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let host = listener.local_addr().unwrap().to_string();
        let answer = Arc::new(answer);
        let mut task = JoinSet::new();
        task.spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let answer = Arc::clone(&answer);
                let service = service_fn(move |request: Request<Incoming>| {
                    let path = request.uri().path_and_query().map(ToString::to_string);
                    let (status, body) = answer(&path.unwrap_or_default());
                    let response = Response::builder().status(status);
                    std::future::ready(response.body(Full::new(Bytes::from(body))))
                });
                // Whoever asks may go away in the middle.
                let _ = http1::Builder::new()
                    .serve_connection(TokioIo::new(stream), service)
                    .await;
            }
        });
        Self { host, _task: task }
    }

    pub(crate) fn reader(&self) -> Reader {
        Reader::new(self.host.clone())
    }
}
