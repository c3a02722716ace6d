//! `les drain` and `les undrain`: a member that never leads, and one that may again.

use std::process::ExitCode;

use clap::Args;
use les::wire::{DrainBody, DrainedBody};

use super::admin::{self, Answered, WayArgs};

/// Make a node one that never leads.
#[derive(Debug, Args)]
pub(super) struct DrainArgs {
    /// Also if nobody else may lead: the cluster has no leader then
    #[arg(long)]
    force: bool,
    #[command(flatten)]
    way: WayArgs,
}

/// Let a node lead again.
#[derive(Debug, Args)]
pub(super) struct UndrainArgs {
    #[command(flatten)]
    way: WayArgs,
}

pub(super) fn drain(args: &DrainArgs) -> anyhow::Result<ExitCode> {
    let body = serde_json::to_string(&DrainBody { force: args.force })?;
    let order = async |client: &admin::Client| {
        let answered = admin::post::<DrainedBody>(client, "/admin/drain", body).await?;
        let Answered::Done(mut drained) = answered else {
            return Ok(answered);
        };
        if let Some(begun) = drained.handover.take() {
            let ended = admin::settle(client, begun).await?;
            drained.leader = ended.leader.clone();
            drained.handover = Some(ended);
        }
        Ok(Answered::Done(drained))
    };
    admin::carry_out(&args.way, order, drained)
}

pub(super) fn undrain(args: &UndrainArgs) -> anyhow::Result<ExitCode> {
    let order = async |client: &admin::Client| {
        admin::post::<DrainedBody>(client, "/admin/undrain", String::new()).await
    };
    admin::carry_out(&args.way, order, undrained)
}

fn drained(body: &DrainedBody) -> Result<String, String> {
    let until = if body.kept {
        "also after a restart"
    } else {
        "until it is restarted: no node.state_dir is configured that would keep it"
    };
    let text = format!(
        "{} is drained: it stays a member and never leads, {until}",
        body.addr
    );
    match (&body.handover, &body.leader) {
        (Some(handover), _) => match admin::handover(handover) {
            Ok(handed_over) => Ok(format!("{text}\n{handed_over}")),
            Err(failure) => Err(format!("{text}; but {failure}")),
        },
        (None, Some(leader)) => Ok(format!("{text}\n{leader} leads")),
        (None, None) => Ok(format!("{text}\nnobody leads now")),
    }
}

fn undrained(body: &DrainedBody) -> Result<String, String> {
    let leader = match &body.leader {
        Some(leader) => format!("{leader} leads"),
        None => "nobody leads now".to_owned(),
    };
    if body.ineligible.is_empty() {
        return Ok(format!(
            "{} may lead again, after all others\n{leader}",
            body.addr
        ));
    }
    let reasons = body.ineligible.join(", ");
    Ok(format!(
        "{} is not drained any more, and may not lead yet for another reason: {reasons}\n{leader}",
        body.addr
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn says_how_long_it_holds_and_who_leads() {
        let mut body = DrainedBody {
            addr: "10.0.0.1:4000".into(),
            drained: true,
            kept: true,
            leader: Some("10.0.0.2:4000".into()),
            ineligible: vec!["drained".into()],
            handover: None,
        };
        let text = drained(&body).unwrap();
        assert!(
            text.ends_with("also after a restart\n10.0.0.2:4000 leads"),
            "{text}"
        );
        body.kept = false;
        body.leader = None;
        let text = drained(&body).unwrap();
        assert!(
            text.contains("until it is restarted") && text.ends_with("nobody leads now"),
            "{text}"
        );
        body.ineligible = vec!["no_target".into()];
        assert!(undrained(&body).unwrap().contains("no_target"));
    }
}
