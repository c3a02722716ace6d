//! `les events`: what happened, as one node saw it.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::Write as _;
use std::process::ExitCode;

use clap::Args;
use les::words::chain;
use serde_json::Value;

use super::read::{self, EventPart, EventsPage, PlaceArgs, seconds};

/// The phases of a takeover, in order. A newer node may have more.
const PHASES: [&str; 4] = ["detect", "elect", "move", "confirm"];

/// Show what happened.
#[derive(Debug, Args)]
pub(super) struct EventsArgs {
    /// How many of the latest, 1 to 1000
    #[arg(long, value_name = "N", default_value_t = 200, value_parser = clap::value_parser!(u16).range(1..=1000))]
    limit: u16,
    /// Print each event as a line of JSON
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    place: PlaceArgs,
}

pub(super) fn run(args: &EventsArgs) -> anyhow::Result<ExitCode> {
    let path = format!("/events?limit={}", args.limit);
    read::run(&args.place, async |reader| {
        let page = match reader.page::<EventsPage>(&path).await {
            Ok(page) => page,
            Err(unread) => {
                eprintln!("les: {}", chain(&unread));
                return Ok(ExitCode::FAILURE);
            }
        };
        let text = if args.json {
            ndjson(&page.json)?
        } else {
            page.body.events.iter().map(line).collect()
        };
        std::io::stdout().write_all(text.as_bytes())?;
        if !page.body.kept && !args.json {
            eprintln!("les: the node forgets them when it ends: it has no node.state_dir");
        }
        Ok(ExitCode::SUCCESS)
    })
}

/// Whatever the node says of each event, also what this version does not know.
fn ndjson(page: &str) -> serde_json::Result<String> {
    let page: Value = serde_json::from_str(page)?;
    let mut lines = String::new();
    for event in page["events"].as_array().into_iter().flatten() {
        lines += &serde_json::to_string(event)?;
        lines.push('\n');
    }
    Ok(lines)
}

fn line(event: &EventPart) -> String {
    let EventPart {
        at,
        event,
        text,
        cause,
        phases,
    } = event;
    let phases = phases.as_ref().map(phases_of).unwrap_or_default();
    // Some sentences end with it.
    let is_said = |cause: &&String| text.contains(&format!("({cause})"));
    let unsaid = cause.iter().filter(|cause| !is_said(cause));
    let mut remarks: Vec<String> = unsaid.cloned().collect();
    remarks.extend(Some(phases).filter(|phases| !phases.is_empty()));
    let mut line = format!("{at}  {event:<16}  {}", text.replace('\n', " "));
    if !remarks.is_empty() {
        // A string takes whatever is written.
        let _ = write!(line, " [{}]", remarks.join("; "));
    }
    line + "\n"
}

fn phases_of(phases: &BTreeMap<String, Option<f64>>) -> String {
    let known = PHASES.iter().copied();
    let unknown = phases.keys().map(String::as_str);
    let names = known.chain(unknown.filter(|name| !PHASES.contains(name)));
    let each = names.filter_map(|name| {
        let took = (*phases.get(name)?)?;
        Some(format!("{name} {}", seconds(took)))
    });
    each.collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: &str = r#"{"kept":true,"events":[
        {"at":"2026-11-27T09:18:27.075Z","event":"member_lost","text":"10.0.0.1:4000 is gone","address":null,"cause":"dead","phases":null},
        {"at":"2026-11-27T09:18:27.123Z","event":"took_over","text":"203.0.113.7 is here","address":"203.0.113.7","cause":"dead",
         "phases":{"detect":0.0031,"elect":0.0012,"move":1.0411,"confirm":null,"later":0.1}},
        {"at":"2026-11-27T09:18:27.124Z","event":"stream_ended","text":"the stream of 10.0.0.1:4000 ended (closed)","cause":"closed"},
        {"at":"2026-11-27T09:20:00.000Z","event":"paused","text":"moves are paused","newer":7}]}"#;

    #[test]
    fn each_is_a_line_with_its_cause_and_its_phases_in_order() {
        let page: EventsPage = serde_json::from_str(PAGE).unwrap();
        let lines: String = page.events.iter().map(line).collect();
        let expected = "\
2026-11-27T09:18:27.075Z  member_lost       10.0.0.1:4000 is gone [dead]
2026-11-27T09:18:27.123Z  took_over         203.0.113.7 is here [dead; detect 3.1 ms, elect 1.2 ms, move 1.04 s, later 100.0 ms]
2026-11-27T09:18:27.124Z  stream_ended      the stream of 10.0.0.1:4000 ended (closed)
2026-11-27T09:20:00.000Z  paused            moves are paused
";
        assert_eq!(lines, expected);
    }

    #[test]
    fn as_json_each_is_a_line_with_all_that_the_node_said() {
        let lines = ndjson(PAGE).unwrap();
        assert_eq!(lines.lines().count(), 4);
        let last: Value = serde_json::from_str(lines.lines().last().unwrap()).unwrap();
        assert_eq!(
            (&last["event"], &last["newer"]),
            (&"paused".into(), &7.into())
        );
    }
}
