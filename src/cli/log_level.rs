//! `les log-level`: what a running node logs.

use std::process::ExitCode;

use clap::Args;
use hyper::Method;
use les::wire::LogLevelBody;

use super::admin::{self, Answered, Trouble, WayArgs};

const PATH: &str = "/admin/log-level";

/// Show or change what a running node logs.
#[derive(Debug, Args)]
pub(super) struct LogLevelArgs {
    /// error, warn, info, debug or trace; or target=level with commas between. Without it, what is in force is shown
    filter: Option<String>,
    /// Back to what the node was started with
    #[arg(long, conflicts_with = "filter")]
    reset: bool,
    #[command(flatten)]
    way: WayArgs,
}

pub(super) fn run(args: &LogLevelArgs) -> anyhow::Result<ExitCode> {
    let reset = args.reset.then(String::new);
    let order = async |client: &admin::Client| match args.filter.clone().or(reset) {
        Some(filter) => {
            let body = serde_json::json!({ "filter": filter }).to_string();
            admin::post::<LogLevelBody>(client, PATH, body).await
        }
        None => show(client).await,
    };
    admin::carry_out(&args.way, order, |body| Ok(format!("logs {}", body.filter)))
}

async fn show(client: &admin::Client) -> Result<Answered<LogLevelBody>, Trouble> {
    let (status, body) = client.ask(Method::GET, PATH, String::new()).await?;
    let shown = serde_json::from_slice(&body);
    shown
        .map(Answered::Done)
        .map_err(|_| Trouble::NotUnderstood { status })
}
