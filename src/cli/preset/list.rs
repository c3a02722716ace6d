//! `les preset list`: which presets there are.

use std::process::ExitCode;

use les_provider_rest::{CredentialsSummary, Preset, Summary, builtin_names};

use super::print;

const HEAD: [&str; 4] = ["preset", "a move", "calls an hour", "credentials"];

pub(super) fn run() -> anyhow::Result<ExitCode> {
    let mut rows = vec![HEAD.map(str::to_owned)];
    for name in builtin_names() {
        let summary = Preset::builtin(name)?.summary();
        rows.extend(rows_of(name, &summary));
    }
    let width = |column: usize| rows.iter().map(|row| row[column].chars().count()).max();
    let widths: Vec<usize> = (0..HEAD.len())
        .map(|column| width(column).unwrap_or_default())
        .collect();
    for row in &rows {
        let cells = row.iter().zip(&widths);
        let cells: Vec<String> = cells
            .map(|(cell, width)| format!("{cell:<width$}"))
            .collect();
        print(cells.join("  ").trim_end())?;
    }
    Ok(ExitCode::SUCCESS)
}

/// The first row says everything; every further way to be authorised has one of its own.
fn rows_of(name: &str, summary: &Summary) -> Vec<[String; 4]> {
    let moves = if summary.moves_in_one_call {
        "in one call"
    } else {
        "in several"
    };
    let calls = summary
        .calls_per_hour
        .map_or("not known".to_owned(), |n| n.to_string());
    let mut ways = summary.credentials.iter().map(variables);
    let first = ways.next().unwrap_or_default();
    let mut rows = vec![[name.to_owned(), moves.to_owned(), calls, first]];
    rows.extend(ways.map(|way| {
        [
            String::new(),
            String::new(),
            String::new(),
            format!("or {way}"),
        ]
    }));
    rows
}

/// The environment variables of one way to be authorised: of each credential the first, and what serves instead.
pub(super) fn variables(way: &CredentialsSummary) -> String {
    let each = way.variables.iter().map(|names| match names.as_slice() {
        [first, others @ ..] if !others.is_empty() => format!("{first} (or {})", others.join(", ")),
        names => names.join(", "),
    });
    each.collect::<Vec<_>>().join(" and ")
}
