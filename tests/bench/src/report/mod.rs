//! What was measured, and on what, as Markdown that a terminal shows as well.

mod machine;
mod quantile;
mod table;

use std::fmt;
use std::time::Duration;

use crate::args::{Fault, Load, Measure};
use crate::clock;
use crate::lane::Samples;
use crate::load::LOOPS;
use crate::rest::{self, AtRest};
use crate::system::Subject;
pub(crate) use machine::{description, today, version};
pub(crate) use quantile::quantile;
pub(crate) use table::Table;

/// One system, one fault, one load.
pub(crate) struct Row {
    pub(crate) subject: Subject,
    pub(crate) load: Load,
    pub(crate) fault: Fault,
    pub(crate) samples: Samples,
}

/// Everything that is known so far.
pub(crate) struct Report {
    pub(crate) rows: Vec<Row>,
    pub(crate) at_rest: Vec<(String, AtRest)>,
    left_out: Vec<String>,
    setting: String,
    versions: Vec<String>,
    began: Duration,
}

impl Report {
    pub(crate) fn new(args: &Measure) -> Self {
        Self {
            rows: Vec::new(),
            at_rest: Vec::new(),
            left_out: Vec::new(),
            setting: format!(
                "{} rounds each, {} nodes in a cluster, loop rate {} s, {LOOPS} busy loops where the CPU is busy",
                args.rounds, args.nodes, args.loop_rate
            ),
            versions: machine::versions(args),
            began: clock::now(),
        }
    }

    /// Says so at once, and in the report.
    pub(crate) fn leave_out(&mut self, what: String) {
        eprintln!("*** LEFT OUT: {what}");
        self.left_out.push(what);
    }

    fn find(&self, subject: &Subject, row: &Row) -> Option<&Row> {
        self.rows
            .iter()
            .find(|r| r.subject == *subject && r.load == row.load && r.fault == row.fault)
    }

    fn latencies(&self) -> Table {
        let mut table = Table::new(&[
            "fault",
            "CPU",
            "system",
            "moves",
            "p50 ms",
            "p99 ms",
            "max ms",
            "no move",
            "moved again",
            "astray",
            "unsettled",
        ]);
        for row in self.rows_by_fault() {
            let samples = &row.samples;
            let at = |per_mille| milliseconds(quantile(&samples.latencies, per_mille));
            table.push(vec![
                row.fault.name().to_owned(),
                row.load.name().to_owned(),
                row.subject.name(),
                samples.latencies.len().to_string(),
                at(500),
                at(990),
                at(1000),
                samples.no_move.to_string(),
                samples.moved_again.to_string(),
                samples.astray.to_string(),
                samples.unsettled.to_string(),
            ]);
        }
        table
    }

    /// Every `les` beside everything else.
    fn ratios(&self) -> Table {
        let mut table = Table::new(&["fault", "CPU", "ratio of", "to", "p50", "p99"]);
        for row in self.rows_by_fault() {
            for other in self.others() {
                if let (Subject::Les { .. }, Some(other)) = (&row.subject, self.find(&other, row)) {
                    let ratio = |per_mille| {
                        let ours = quantile(&row.samples.latencies, per_mille);
                        ratio(ours, quantile(&other.samples.latencies, per_mille))
                    };
                    table.push(vec![
                        row.fault.name().to_owned(),
                        row.load.name().to_owned(),
                        row.subject.name(),
                        other.subject.name(),
                        ratio(500),
                        ratio(990),
                    ]);
                }
            }
        }
        table
    }

    fn rest(&self) -> Table {
        let mut table = Table::new(&["system", "RSS of a node, MiB", "CPU of a node, % of a core"]);
        for (name, at_rest) in &self.at_rest {
            table.push(vec![
                name.clone(),
                format!("{:.1}", at_rest.resident_mib),
                format!("{:.2}", at_rest.cpu_per_cent),
            ]);
        }
        table
    }

    /// What is compared stands together.
    fn rows_by_fault(&self) -> Vec<&Row> {
        let mut rows: Vec<&Row> = self.rows.iter().collect();
        rows.sort_by_key(|row| (row.fault as u8, row.load as u8));
        rows
    }

    fn others(&self) -> Vec<Subject> {
        let mut others: Vec<Subject> = Vec::new();
        for row in &self.rows {
            if !matches!(row.subject, Subject::Les { .. }) && !others.contains(&row.subject) {
                others.push(row.subject.clone());
            }
        }
        others
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let minutes = (clock::now() - self.began).as_secs_f64() / 60.0;
        writeln!(f, "# What `make bench` measured\n")?;
        writeln!(
            f,
            "On {}, in {minutes:.0} minutes: {}.\n",
            today(),
            self.setting
        )?;
        for line in description().iter().chain(&self.versions) {
            writeln!(f, "- {line}")?;
        }
        for what in &self.left_out {
            writeln!(f, "- **left out**: {what}")?;
        }
        writeln!(
            f,
            "\n## From the fault until a successor acts\n\n{METHOD}\n\n{}",
            self.latencies()
        )?;
        writeln!(f, "## Ratios\n\n{}", self.ratios())?;
        let watched = rest::WATCHED.as_secs();
        writeln!(
            f,
            "## At rest\n\nOver {watched} s, on average over the nodes of a cluster; the sum over the processes of a node.\n\n{}",
            self.rest()
        )
    }
}

const METHOD: &str = "\
`kill`, `term` and `freeze` are SIGKILL, SIGTERM and SIGSTOP, counted from just before the signal; a `black hole` is DROP of everything from and to
the leader's host, counted from just before iptables was started. Each node is in a network namespace of its own, all on one bridge. What ends the measurement: the
(simulated) cloud received the call that moves the address (`les`); the notify script was started for the state MASTER, and still has to call a cloud
(keepalived); the node logged that it is in charge (the reference). All times are CLOCK_MONOTONIC of one machine. The faults come at random moments.
Where a takeover takes a large part of a second or more, several clusters are measured side by side. The bench itself, which is the cloud too, runs at nice -15: it stands for other machines.

keepalived has `nopreempt` and the priorities 200, 150 and 100, and speaks VRRP by multicast: version 2 with adverts every second (the defaults), version 3 where
they are more frequent. `no move`: nobody acted within 60 s. `moved again`: more than one move between the fault and the end of the recovery. `astray`:
after the recovery another node leads than acted last. `unsettled`: the nodes did not agree within two minutes after the recovery. A p99 of up to 100 rounds is their maximum.";

/// With one digit after the point; `-` without a value.
pub(crate) fn milliseconds(duration: Option<Duration>) -> String {
    duration.map_or_else(
        || "-".to_owned(),
        |d| format!("{:.1}", d.as_secs_f64() * 1000.0),
    )
}

/// With two significant digits, more or less.
fn ratio(ours: Option<Duration>, theirs: Option<Duration>) -> String {
    let (Some(ours), Some(theirs)) = (ours, theirs) else {
        return "-".to_owned();
    };
    let ratio = ours.as_secs_f64() / theirs.as_secs_f64().max(f64::MIN_POSITIVE);
    if ratio < 0.1 {
        format!("{ratio:.4}")
    } else {
        format!("{ratio:.2}")
    }
}
