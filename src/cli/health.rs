//! `les health`: is the node of this machine well? For what can run a command and not ask over HTTP, such as a container's health check.

use std::io::Write as _;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::process::ExitCode;
use std::time::Duration;

use anyhow::Context as _;
use clap::Args;
use http_body_util::{BodyExt as _, Empty, Limited};
use hyper::body::Bytes;
use hyper::client::conn::http1;
use hyper::{Request, header};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tokio::task::JoinSet;

use super::run::refuse;
use super::settings::SettingsArgs;
use super::{EXIT_CONFIG, logs};

/// A node answers within milliseconds. Less than the patience of what asks: Docker's is 30 s, a Kubernetes probe's 1 s by default.
const PATIENCE: Duration = Duration::from_secs(2);
/// Bytes of an answer; it is a sentence.
const MAX_BODY_BYTES: usize = 4096;

/// Ask the node of this machine how it is.
#[derive(Debug, Args)]
pub(super) struct HealthArgs {
    #[command(flatten)]
    settings: SettingsArgs,
    /// Whether it has joined and knows the leader, instead of whether its loop turns
    #[arg(long)]
    ready: bool,
}

/// Exit code 0: it is well. 1: it is not, or does not answer. 64: where it listens is not to be made out.
pub(super) fn run(args: &HealthArgs) -> anyhow::Result<ExitCode> {
    if let Err(code) = logs::start_command() {
        return Ok(code);
    }
    // Not the whole configuration: a container's health check has its environment, and perhaps not the file that completes it.
    let listens = match args.settings.listens() {
        Ok(listens) => listens,
        Err(error) => return Ok(refuse(&error, EXIT_CONFIG)),
    };
    let at = SocketAddr::new(reachable(listens.ip()), listens.port());
    let path = if args.ready {
        "/health/ready"
    } else {
        "/health/live"
    };
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    let asked = runtime.block_on(async { tokio::time::timeout(PATIENCE, ask(at, path)).await });
    let (well, body) = asked
        .context("it took too long")
        .and_then(|answer| answer)
        .with_context(|| format!("the node at {at} does not answer"))?;
    writeln!(std::io::stdout(), "{body}")?;
    Ok(ExitCode::from(u8::from(!well)))
}

/// Where a node of this machine that listens at `bound` can be asked.
const fn reachable(bound: IpAddr) -> IpAddr {
    match bound {
        IpAddr::V4(ip) if ip.is_unspecified() => IpAddr::V4(Ipv4Addr::LOCALHOST),
        IpAddr::V6(ip) if ip.is_unspecified() => IpAddr::V6(Ipv6Addr::LOCALHOST),
        bound => bound,
    }
}

async fn ask(at: SocketAddr, path: &str) -> anyhow::Result<(bool, String)> {
    let stream = TcpStream::connect(at).await?;
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await?;
    let mut driver = JoinSet::new();
    driver.spawn(connection);
    let request = Request::get(path)
        .header(header::HOST, at.to_string())
        .body(Empty::<Bytes>::new())?;
    let answer = sender.send_request(request).await?;
    let well = answer.status().is_success();
    let body = Limited::new(answer.into_body(), MAX_BODY_BYTES).collect();
    let body = body.await.map_err(anyhow::Error::from_boxed)?.to_bytes();
    Ok((well, String::from_utf8_lossy(&body).into_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_node_that_listens_everywhere_is_asked_on_loopback() {
        for (bound, asked) in [
            ("0.0.0.0", "127.0.0.1"),
            ("::", "::1"),
            ("10.0.0.1", "10.0.0.1"),
        ] {
            let bound = reachable(bound.parse().unwrap());
            assert_eq!(bound, asked.parse::<IpAddr>().unwrap());
        }
    }
}
