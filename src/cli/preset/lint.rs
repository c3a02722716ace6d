//! `les preset lint`: what a preset says, as it was understood.

use std::process::ExitCode;

use humantime::format_duration;
use les::words::chain;
use les_provider_rest::{CredentialsSummary, OptionSummary, Summary};

use super::list::variables;
use super::{line, print, wrong};
use crate::providers;

pub(super) fn run(kind: &str) -> anyhow::Result<ExitCode> {
    match providers::find(kind) {
        Ok(preset) => {
            print(&line("preset", format_args!("{}: valid", preset.name())))?;
            for line in understood(&preset.summary()) {
                print(&line)?;
            }
            Ok(ExitCode::SUCCESS)
        }
        Err(error) => Ok(wrong(chain(&error))),
    }
}

fn understood(summary: &Summary) -> Vec<String> {
    let told_with_token = "told with the token";
    let mut lines = vec![line(
        "api",
        summary.base_url.as_deref().unwrap_or(told_with_token),
    )];
    lines.extend(
        summary
            .credentials
            .iter()
            .map(|way| line("credentials", credentials(way))),
    );
    lines.extend(summary.options.iter().map(|o| line("option", option(o))));
    let by_id = "; its id at the cloud is looked up once";
    let located = if summary.locates { by_id } else { "" };
    lines.push(line(
        "address",
        format_args!("{}{located}", summary.address),
    ));
    lines.push(line(
        "target",
        format_args!("{}; {}", summary.target, identity(summary)),
    ));
    lines.push(line("a reading", reading(summary)));
    lines.push(line("a move", moving(summary)));
    lines.push(line(
        "freeing",
        if summary.releases {
            "yes"
        } else {
            "no: there is no [unassign]"
        },
    ));
    lines.push(line(
        "longest call",
        format_args!(
            "{}; readings may be old for {} after a move",
            format_duration(summary.call_timeout),
            format_duration(summary.settle)
        ),
    ));
    let unlimited = || "no limit is known: routine readings never wait".to_owned();
    let limited = |calls: u32| format!("{calls} an hour, of which half are kept for takeovers");
    lines.push(line(
        "calls",
        summary.calls_per_hour.map_or_else(unlimited, limited),
    ));
    if let Some(selector) = &summary.selector {
        lines.push(line("discovery", format_args!("by {selector}")));
    }
    lines
}

fn credentials(way: &CredentialsSummary) -> String {
    let carried = &way.carried;
    match &way.issuer {
        None => format!("{}, sent as {carried}", variables(way)),
        Some(issuer) => format!(
            "{}, for a token from {issuer}, sent as {carried}",
            variables(way)
        ),
    }
}

fn option(option: &OptionSummary) -> String {
    let mut parts = vec![format!("{}: {}", option.name, option.about)];
    parts.extend(option.rule.map(str::to_owned));
    if !option.env.is_empty() {
        parts.push(format!("also from {}", option.env.join(" or ")));
    }
    parts.push(match &option.default {
        Some(default) => format!("default {default:?}"),
        None if option.required => "required".to_owned(),
        None => "optional".to_owned(),
    });
    parts.join("; ")
}

fn identity(summary: &Summary) -> String {
    match &summary.metadata_base {
        Some(base) => format!("found out at {}", base.as_str().trim_end_matches('/')),
        None => "must be configured: there is no [identity]".to_owned(),
    }
}

fn reading(summary: &Summary) -> String {
    match summary.tells.as_slice() {
        [] => "tells the holder only".to_owned(),
        tells => format!("tells the holder, {}", tells.join(", ")),
    }
}

fn moving(summary: &Summary) -> String {
    let calls = if summary.moves_in_one_call {
        "in one call, from whoever holds the address"
    } else {
        "in several calls: the address is free in between"
    };
    let job = if summary.follows_jobs {
        "; its job is followed"
    } else {
        ""
    };
    let longest = format_duration(summary.longest_move);
    format!("{calls}{job}; {longest} at most")
}
