//! `les handoff`: another node leads, and nobody stops.

use std::process::ExitCode;

use clap::Args;
use les::wire::{HandoffBody, HandoverBody};

use super::admin::{self, Answered, WayArgs};

/// Hand the lead over.
#[derive(Debug, Args)]
pub(super) struct HandoffArgs {
    /// Who shall lead [default: the most senior of the others]
    #[arg(long, value_name = "HOST:PORT")]
    to: Option<String>,
    #[command(flatten)]
    way: WayArgs,
}

pub(super) fn run(args: &HandoffArgs) -> anyhow::Result<ExitCode> {
    let body = serde_json::to_string(&HandoffBody {
        to: args.to.clone(),
    })?;
    let order = async |client: &admin::Client| match admin::post::<HandoverBody>(
        client,
        "/admin/handoff",
        body,
    )
    .await?
    {
        Answered::Done(begun) => admin::settle(client, begun).await.map(Answered::Done),
        refused @ Answered::Refused(_) => Ok(refused),
    };
    admin::carry_out(&args.way, order, admin::handover)
}
