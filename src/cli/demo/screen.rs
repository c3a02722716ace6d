//! The timeline on standard output: for a person, or one JSON object per entry.

use std::io::{self, IsTerminal as _, Write as _};
use std::time::Duration;

use serde::Serialize;

use super::happening::{Happening, Subject};
use super::layout;
use super::takeover::milliseconds;
use crate::cli::paint::Paint;

/// Where the timeline is written.
#[derive(Debug)]
pub(super) struct Screen {
    form: Form,
    began: Duration,
}

#[derive(Clone, Copy, Debug)]
enum Form {
    Human(Paint),
    Json,
}

#[derive(Serialize)]
struct JsonEntry<'a> {
    at_ms: f64,
    #[serde(flatten)]
    happening: &'a Happening,
}

impl Screen {
    /// `began` is the moment from which the entries' times count.
    pub(super) fn new(json: bool, began: Duration) -> Self {
        let form = if json {
            Form::Json
        } else {
            Form::Human(Paint::for_terminal(io::stdout().is_terminal()))
        };
        Self { form, began }
    }

    /// Writes one entry.
    pub(super) fn show(&self, at: Duration, happening: &Happening) -> io::Result<()> {
        let mut out = io::stdout().lock();
        match self.form {
            Form::Json => {
                let at_ms = milliseconds(self.began, at);
                serde_json::to_writer(&mut out, &JsonEntry { at_ms, happening })?;
                writeln!(out)?;
            }
            Form::Human(paint) => out.write_all(self.text(paint, at, happening).as_bytes())?,
        }
        out.flush()
    }

    fn text(&self, paint: Paint, at: Duration, happening: &Happening) -> String {
        match happening {
            Happening::Began {
                nodes,
                address,
                cloud,
                action_takes_ms,
                loop_rate_s,
            } => {
                let title =
                    format!("les demo: {nodes} nodes and a simulated cloud, all on this machine");
                let terms = layout::terms(*cloud, address, *action_takes_ms, *loop_rate_s);
                format!("{}\n{terms}", paint.bold(&title))
            }
            Happening::Part { title } => format!("\n{}\n", paint.bold(title)),
            Happening::Measured { timings } => layout::timings(timings),
            Happening::Summary(summary) => layout::summary(summary),
            Happening::Playground { nodes } => layout::playground(nodes),
            Happening::Failed { reason, logs } => {
                let title = format!("The demo failed: {reason}");
                format!("\n{}\n{}", paint.alarm(&title), layout::logs(logs))
            }
            _ => self.line(paint, at, happening),
        }
    }

    fn line(&self, paint: Paint, at: Duration, happening: &Happening) -> String {
        let seconds = at.as_secs_f64() - self.began.as_secs_f64();
        let subject = match happening.subject() {
            Subject::Node(name) => paint.node(name.0, &format!("{name:<8}")),
            Subject::Cloud => paint.cloud(&format!("{:<8}", "cloud")),
            Subject::Demo => paint.bold(&format!("{:<8}", "demo")),
        };
        let text = happening.to_string();
        let text = match happening {
            Happening::Elected { .. } | Happening::Moved { .. } => paint.bold(&text),
            Happening::Killed { .. } | Happening::Gone { .. } => paint.alarm(&text),
            _ => text,
        };
        format!("{seconds:>9.3} s  {subject}{text}\n")
    }
}
