//! What was measured, as Markdown that a terminal shows as well.

use std::fmt;

use super::lag::Lags;
use super::volley::Volley;
use crate::args::Serve;
use crate::report::{Table, description, milliseconds, quantile, today, version};

/// One path, or none.
pub(crate) struct Row {
    pub(crate) path: Option<String>,
    pub(crate) volley: Volley,
    /// Of the leader, meanwhile.
    pub(crate) lags: Lags,
    /// Of the leader, of one core.
    pub(crate) cpu_per_cent: f64,
    /// Of the leader, at the end.
    pub(crate) resident_mib: f64,
}

/// Everything.
pub(crate) struct Report {
    pub(crate) rows: Vec<Row>,
    pub(crate) still_leads: bool,
    setting: String,
    version: Option<String>,
}

impl Report {
    pub(crate) fn new(args: &Serve) -> Self {
        let place = if args.inside {
            "each in a network namespace of its own"
        } else {
            "all on loopback"
        };
        Self {
            rows: Vec::new(),
            still_leads: true,
            setting: format!(
                "{} requests a second for {} s to the leader of {} nodes, {place}",
                args.rate, args.seconds, args.nodes
            ),
            version: version(&args.les),
        }
    }

    fn answers(&self) -> Table {
        let mut table = Table::new(&[
            "asked for",
            "answered",
            "failed",
            "p50 ms",
            "p99 ms",
            "p99.9 ms",
            "max ms",
            "bytes",
            "sent late, p99 ms",
        ]);
        let asked = self
            .rows
            .iter()
            .filter_map(|row| Some((row.path.as_ref()?, &row.volley)));
        for (path, volley) in asked {
            let answered = volley.latencies.len();
            let at = |per_mille| milliseconds(quantile(&volley.latencies, per_mille));
            table.push(vec![
                path.clone(),
                answered.to_string(),
                volley.failed.to_string(),
                at(500),
                at(990),
                at(999),
                at(1000),
                volley.bytes.checked_div(answered).unwrap_or(0).to_string(),
                milliseconds(quantile(&volley.lateness, 990)),
            ]);
        }
        table
    }

    fn leader(&self) -> Table {
        let mut table = Table::new(&[
            "asked for",
            "turns of the loop",
            "lag p50, ms at most",
            "p99",
            "max",
            "CPU, % of a core",
            "RSS, MiB",
        ]);
        for row in &self.rows {
            let at = |per_mille| {
                let bound = row.lags.at_most_ms(per_mille);
                bound.map_or_else(|| "-".to_owned(), |bound| bound.to_string())
            };
            table.push(vec![
                row.path.clone().unwrap_or_else(|| "nothing".to_owned()),
                row.lags.count().to_string(),
                at(500),
                at(990),
                at(1000),
                format!("{:.1}", row.cpu_per_cent),
                format!("{:.1}", row.resident_mib),
            ]);
        }
        table
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "# What `les-bench serve` measured\n")?;
        writeln!(f, "On {}: {}.\n", today(), self.setting)?;
        for line in description().iter().chain(&self.version) {
            writeln!(f, "- {line}")?;
        }
        let lead = if self.still_leads {
            "It led before and after."
        } else {
            "**It does not lead any more.**"
        };
        writeln!(f, "\n## Answers\n\n{METHOD}\n\n{}", self.answers())?;
        writeln!(
            f,
            "## The leader meanwhile\n\n{lead} {LAG}\n\n{}",
            self.leader()
        )
    }
}

const METHOD: &str = "\
Each request has a connection of its own, which the server closes. They are sent at a steady rate, whatever becomes of those before. A latency is counted from the
moment at which the request was to be sent until the connection was closed; how late the bench itself was is a part of it, and shown. All of it is on one machine, which the
bench and the other nodes share.";
const LAG: &str = "\
The lag is how much later than it asked for the loop that elects was woken, by the histogram in `/metrics`: the upper bounds of its buckets. A millisecond is the
resolution of its timers.";
