//! The members of a cluster as a table.

use crate::cli::paint::Paint;
use crate::cli::read::{LostPart, MemberPart, StatusPage, age, wrap};

const HEAD: [&str; 6] = ["", "member", "role", "state", "heard", "evidence"];
/// Between columns.
const GAP: usize = 2;

/// The most senior first, as the node lists them; then who is gone.
pub(super) fn table(page: &StatusPage, paint: Paint, width: usize) -> String {
    let members = page.members.iter().enumerate();
    let rows: Vec<[String; 6]> = members
        .map(|(index, member)| row(index, member, page.leader.as_deref()))
        .collect();
    let widths: [usize; 6] = std::array::from_fn(|column| {
        let cells = rows.iter().map(|row| row[column].chars().count());
        cells.max().unwrap_or_default().max(HEAD[column].len())
    });
    let head = HEAD.map(str::to_owned);
    let mut text = line(&head, &widths, width, |_, cell| cell.to_owned());
    for (row, member) in rows.iter().zip(&page.members) {
        text += &line(row, &widths, width, |column, cell| match column {
            2 if member.role == "leader" => paint.bold(cell),
            3 if member.state != "ok" => paint.alarm(cell),
            _ => cell.to_owned(),
        });
    }
    text + &page.lost.iter().map(lost).collect::<String>()
}

fn row(index: usize, member: &MemberPart, leader: Option<&str>) -> [String; 6] {
    let seniority = member.seniority.unwrap_or(index as u64 + 1);
    let heard = match member.heard_ms {
        Some(_) if member.me => "-".to_owned(),
        Some(ms) => age(ms),
        None => "-".to_owned(),
    };
    [
        seniority.to_string(),
        member.addr.clone(),
        member.role.clone(),
        member.state.clone(),
        heard,
        evidence(member, leader),
    ]
}

/// How it is known, and what else is to be known of it.
fn evidence(member: &MemberPart, leader: Option<&str>) -> String {
    let mut parts = vec![match &member.evidence {
        _ if member.me => "the node that was asked".to_owned(),
        Some(evidence) => evidence.clone(),
        None => "none".to_owned(),
    }];
    if member.reference {
        parts.push("a reference node".to_owned());
    }
    if member.eligible == Some(false) && leader != Some(&member.addr) {
        parts.push("may not lead".to_owned());
    }
    parts.join("; ")
}

/// The last column is as wide as the screen lets it be, and goes on below.
fn line(
    cells: &[String; 6],
    widths: &[usize; 6],
    width: usize,
    paint: impl Fn(usize, &str) -> String,
) -> String {
    let before: usize = widths[..5].iter().map(|width| width + GAP).sum();
    let mut text = String::new();
    for (column, cell) in cells[..5].iter().enumerate() {
        // Padded before it is painted: codes have no width.
        text += &paint(column, &format!("{cell:<width$}", width = widths[column]));
        text += &" ".repeat(GAP);
    }
    text += &paint(5, &wrap(&cells[5], width, before));
    text.trim_end().to_owned() + "\n"
}

fn lost(lost: &LostPart) -> String {
    let ago = lost
        .ago_ms
        .map_or(String::new(), |ms| format!(", {} ago", age(ms)));
    let how = if lost.loss.is_empty() {
        String::new()
    } else {
        format!(" ({})", lost.loss)
    };
    format!("lost: {}{how}{ago}\n", lost.addr)
}
