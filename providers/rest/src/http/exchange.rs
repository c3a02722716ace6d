//! A request and its answer.

use reqwest::{Client, Request, Response, StatusCode};

use super::answer::Answer;

/// Bytes of an answer. A description with its machine has 5 KiB; whatever is much larger is not from this API.
const MAX_BODY: usize = 1024 * 1024;

/// An exchange that gave no whole answer. `Display` never repeats its source.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ExchangeError {
    /// No connection: the request was never sent.
    #[error("no connection")]
    NotSent(#[source] reqwest::Error),
    /// The request was sent, or may have been, and no answer came.
    #[error("no answer")]
    Unanswered(#[source] reqwest::Error),
    /// The answer broke off.
    #[error("HTTP {status}, and the answer broke off")]
    BrokenOff {
        status: StatusCode,
        source: reqwest::Error,
    },
    /// The answer has no end, or is not what was asked for.
    #[error("HTTP {status}, and the answer is longer than {MAX_BODY} bytes")]
    TooLong { status: StatusCode },
}

/// Sends a request and reads the answer to its end. The client's timeout covers both.
pub(crate) async fn exchange(client: &Client, request: Request) -> Result<Answer, ExchangeError> {
    let response = client.execute(request).await.map_err(|error| {
        // URLs go into no error: what of them matters is in the message already.
        let error = error.without_url();
        if error.is_connect() {
            ExchangeError::NotSent(error)
        } else {
            ExchangeError::Unanswered(error)
        }
    })?;
    let status = response.status();
    let headers = response.headers().clone();
    let body = read(response).await?;
    Ok(Answer {
        status,
        headers,
        body,
    })
}

async fn read(mut response: Response) -> Result<Vec<u8>, ExchangeError> {
    let status = response.status();
    let mut body = Vec::new();
    let broken_off = |error: reqwest::Error| ExchangeError::BrokenOff {
        status,
        source: error.without_url(),
    };
    while let Some(chunk) = response.chunk().await.map_err(broken_off)? {
        if body.len() + chunk.len() > MAX_BODY {
            return Err(ExchangeError::TooLong { status });
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}
