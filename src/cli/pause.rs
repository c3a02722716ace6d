//! `les pause` and `les resume`: addresses stay where they are, whoever leads, until moves are allowed again.

use std::process::ExitCode;

use clap::Args;
use les::wire::PauseBody;

use super::admin::{self, Answered, WayArgs};

/// Let no node move an address.
#[derive(Debug, Args)]
pub(super) struct PauseArgs {
    #[command(flatten)]
    way: WayArgs,
}

pub(super) fn pause(args: &PauseArgs) -> anyhow::Result<ExitCode> {
    order(&args.way, "/admin/pause", true)
}

pub(super) fn resume(args: &PauseArgs) -> anyhow::Result<ExitCode> {
    order(&args.way, "/admin/resume", false)
}

fn order(way: &WayArgs, path: &str, wanted: bool) -> anyhow::Result<ExitCode> {
    let order = async |client: &admin::Client| -> Result<Answered<PauseBody>, admin::Trouble> {
        admin::post(client, path, String::new()).await
    };
    admin::carry_out(way, order, |body| said(body, wanted))
}

/// An error if it does not hold, or not everybody knows it yet who could: `les pause && ...` must not go on then.
fn said(body: &PauseBody, wanted: bool) -> Result<String, String> {
    let mut text = if body.paused {
        paused(body)
    } else {
        "moves are not paused: the leader moves each address where it should be".to_owned()
    };
    if body.paused != wanted {
        return Err(format!(
            "{text}; somebody has given another order meanwhile"
        ));
    }
    if !body.aware.is_empty() {
        text += &format!("\nknown to {}", body.aware.join(", "));
    }
    if !body.unable.is_empty() && body.paused {
        text += &format!(
            "\nnot to the reference nodes {}: they know no pauses, and move addresses if they lead",
            body.unable.join(", ")
        );
    }
    if body.paused && !body.moving.is_empty() {
        text += &format!(
            "\nbegun before, and brought to its end: the move of {}",
            body.moving.join(", ")
        );
    }
    if !body.paused && !body.kept {
        // What a restart finds is the pause: that nobody may believe to be over.
        text += &format!(
            "\nNOT KEPT: {}, so a restart of this node finds the pause again, unless others tell it",
            not_kept(body)
        );
        return Err(text);
    }
    if body.unaware.is_empty() {
        return Ok(text);
    }
    text += &format!(
        "\nNOT YET known to {}: they are told as soon as they are heard; `les status` shows who is missing",
        body.unaware.join(", ")
    );
    Err(text)
}

fn paused(body: &PauseBody) -> String {
    let by = body.by.as_deref().unwrap_or("nobody knows whom");
    let since = match &body.since {
        Some(since) => format!(" since {since}"),
        None => String::new(),
    };
    let until = if body.kept {
        "also after a restart of this node".to_owned()
    } else {
        format!(
            "until all nodes were restarted: {}, so this one would not know it again by itself",
            not_kept(body)
        )
    };
    format!(
        "moves are paused, by {by}{since}: every address stays where it is, {until}; `les resume` ends it"
    )
}

fn not_kept(body: &PauseBody) -> &str {
    let why = body.why_not_kept.as_deref();
    why.unwrap_or("no node.state_dir is configured")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn body() -> PauseBody {
        PauseBody {
            addr: "10.0.0.1:4000".into(),
            paused: true,
            by: Some("10.0.0.1:4000".into()),
            since: Some("2026-11-27T09:10:00.000Z".into()),
            kept: true,
            why_not_kept: None,
            moving: vec![],
            aware: vec!["10.0.0.1:4000".into(), "10.0.0.2:4000".into()],
            unaware: vec![],
            unable: vec![],
        }
    }

    #[test]
    fn a_pause_says_how_long_it_holds_and_who_knows_it() {
        let text = said(&body(), true).unwrap();
        let expected = "moves are paused, by 10.0.0.1:4000 since 2026-11-27T09:10:00.000Z: every address stays where it is, \
                        also after a restart of this node; `les resume` ends it\nknown to 10.0.0.1:4000, 10.0.0.2:4000";
        assert_eq!(text, expected);
        let forgetful = PauseBody {
            kept: false,
            ..body()
        };
        let text = said(&forgetful, true).unwrap();
        assert!(text.contains("until all nodes were restarted"), "{text}");
    }

    #[test]
    fn it_is_not_done_while_somebody_does_not_know_it() {
        let unaware = PauseBody {
            unaware: vec!["10.0.0.3:4000".into()],
            unable: vec!["10.0.0.4:4000".into()],
            ..body()
        };
        let text = said(&unaware, true).unwrap_err();
        assert!(
            text.contains("NOT YET known to 10.0.0.3:4000:")
                && text.contains("reference nodes 10.0.0.4:4000:"),
            "{text}"
        );
        let unable = PauseBody {
            unaware: vec![],
            ..unaware
        };
        assert!(said(&unable, true).is_ok(), "no further try would help");
        assert!(said(&body(), false).is_err(), "not what was ordered");
    }

    #[test]
    fn a_resumption_that_a_restart_undoes_is_not_done_and_a_move_under_way_is_said() {
        let forgotten = PauseBody {
            paused: false,
            kept: false,
            why_not_kept: Some("node.state_dir could not be written".into()),
            ..body()
        };
        let text = said(&forgotten, false).unwrap_err();
        assert!(
            text.contains("NOT KEPT: node.state_dir could not be written"),
            "{text}"
        );
        let moving = PauseBody {
            moving: vec!["203.0.113.7 by 10.0.0.2:4000".into()],
            ..body()
        };
        let text = said(&moving, true).unwrap();
        assert!(
            text.contains("the move of 203.0.113.7 by 10.0.0.2:4000"),
            "{text}"
        );
    }

    #[test]
    fn a_resumption_names_nobody_who_paused() {
        let resumed = PauseBody {
            paused: false,
            by: None,
            since: None,
            ..body()
        };
        assert_eq!(
            said(&resumed, false).unwrap(),
            "moves are not paused: the leader moves each address where it should be\nknown to 10.0.0.1:4000, 10.0.0.2:4000"
        );
    }
}
