//! `les provider assign` and `release`: the running node moves an address by hand.

use std::process::ExitCode;
use std::time::Duration;

use clap::Args;
use les::wire::{ProviderDoneBody, ProviderOrderBody, RehearsedBody};

use crate::cli::admin::{self, Answered, Trouble, WayArgs};

/// The node answers when the cloud has: two readings and the move, each with a minute or more.
const PATIENCE: Duration = Duration::from_secs(240);

/// An address to be moved by hand.
#[derive(Debug, Args)]
pub(crate) struct OrderArgs {
    /// The address, as it is configured
    address: String,
    /// Change nothing: say who holds it, and whether the cloud would allow the calls, where it tells. Moves need not be paused
    #[arg(long)]
    dry_run: bool,
    #[command(flatten)]
    way: WayArgs,
}

pub(super) fn run(args: &OrderArgs, path: &str) -> anyhow::Result<ExitCode> {
    let body = serde_json::to_string(&ProviderOrderBody {
        address: args.address.clone(),
        dry_run: args.dry_run,
    })?;
    let order = async |client: &admin::Client| -> Result<Answered<ProviderDoneBody>, Trouble> {
        admin::post(client, path, body).await
    };
    admin::carry_out_within(PATIENCE, &args.way, order, said)
}

/// An error if it is not done, or would not be allowed.
fn said(body: &ProviderDoneBody) -> Result<String, String> {
    let mut text = body.text.clone();
    for call in &body.rehearsed {
        text.push('\n');
        text += &rehearsed(call);
    }
    let well = if body.dry_run {
        body.rehearsed.iter().all(|call| call.ok)
    } else {
        body.done
    };
    if well { Ok(text) } else { Err(text) }
}

fn rehearsed(call: &RehearsedBody) -> String {
    let RehearsedBody {
        action,
        ok,
        message,
    } = call;
    match (ok, message.as_str()) {
        (true, _) => format!("{action} is allowed"),
        (false, "") => format!("{action} is NOT allowed"),
        (false, message) => format!("{action} is NOT allowed: {message}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn body(dry_run: bool, done: bool) -> ProviderDoneBody {
        ProviderDoneBody {
            address: "203.0.113.7".into(),
            dry_run,
            done,
            before: Some("1001".into()),
            after: Some("1002".into()),
            text: "203.0.113.7 was on 1001 and is on 1002 now".into(),
            rehearsed: vec![],
        }
    }

    #[test]
    fn it_is_done_or_it_is_an_error() {
        assert_eq!(said(&body(false, true)).unwrap(), body(false, true).text);
        assert_eq!(
            said(&body(false, false)).unwrap_err(),
            body(false, false).text
        );
    }

    #[test]
    fn a_dry_run_fails_if_a_call_would_not_be_allowed() {
        assert!(said(&body(true, false)).is_ok(), "the cloud does not tell");
        let call = |action: &str, message: &str| RehearsedBody {
            action: action.into(),
            ok: message.is_empty(),
            message: message.into(),
        };
        let mut dry = body(true, false);
        dry.rehearsed = vec![call("ec2:AssociateAddress", "")];
        let text = said(&dry).unwrap();
        assert!(
            text.ends_with("\nec2:AssociateAddress is allowed"),
            "{text}"
        );
        dry.rehearsed
            .push(call("ec2:DisassociateAddress", "no such right"));
        let text = said(&dry).unwrap_err();
        assert!(
            text.ends_with("\nec2:DisassociateAddress is NOT allowed: no such right"),
            "{text}"
        );
    }
}
