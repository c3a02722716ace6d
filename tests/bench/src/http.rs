//! Asking nodes what they think.

use std::time::Duration;

use anyhow::{Context as _, Result};
use serde_json::Value;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::timeout;

/// For one exchange; a node answers in under a millisecond.
const LIMIT: Duration = Duration::from_secs(2);

/// The place in this list of the one whom all nodes name as leader, if each of them lists all.
pub(crate) async fn agreed_leader(addrs: &[String]) -> Option<usize> {
    let mut leader = None;
    for addr in addrs {
        let state = get(addr, "/state").await.ok()?;
        let complete = state["members"].as_array()?.len() == addrs.len();
        let named = addrs.iter().position(|a| state["leader"] == **a)?;
        if !complete || *leader.get_or_insert(named) != named {
            return None;
        }
    }
    leader
}

/// The JSON body of an answer.
async fn get(addr: &str, path: &str) -> Result<Value> {
    Ok(serde_json::from_slice(&body(addr, path).await?)?)
}

/// The body of an answer, as text.
pub(crate) async fn text(addr: &str, path: &str) -> Result<String> {
    Ok(String::from_utf8(body(addr, path).await?)?)
}

async fn body(addr: &str, path: &str) -> Result<Vec<u8>> {
    let exchange = async {
        let mut stream = TcpStream::connect(addr).await?;
        let request = format!("GET {path} HTTP/1.1\r\nHost: {addr}\r\nConnection: close\r\n\r\n");
        stream.write_all(request.as_bytes()).await?;
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).await?;
        Ok::<_, std::io::Error>(answer)
    };
    let mut answer = timeout(LIMIT, exchange).await??;
    let head = answer
        .windows(4)
        .position(|window| window == b"\r\n\r\n")
        .context("an answer without a body")?;
    Ok(answer.split_off(head + 4))
}
