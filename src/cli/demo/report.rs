//! What the nodes and the cloud report, in the order in which it happened.

use std::time::Duration;

use les_provider::memory::What;
use serde::Deserialize;
use tokio::sync::mpsc;

/// Reports that wait to be shown. A healthy node logs some lines a minute; when this is full, nodes wait to log.
const WAITING: usize = 4096;
/// Lines of several processes do not arrive in the order in which they were written: each batch waits so long for late ones.
const LATE: Duration = Duration::from_millis(40);

/// Something that happened somewhere.
#[derive(Debug)]
pub(super) struct Report {
    /// When, since the Unix epoch: the one clock of this host that all processes share.
    pub(super) at: Duration,
    pub(super) source: Source,
}

/// Who reports, and what. Nodes are counted from 0; `life` tells a process from the ones before it at the same address.
#[derive(Debug)]
pub(super) enum Source {
    Line {
        node: usize,
        life: u32,
        text: String,
        said: Said,
    },
    /// A node closed its log: it is gone.
    Ended { node: usize, life: u32 },
    /// An entry of the cloud's own log.
    Cloud(What),
}

/// The log events of a node that the timeline is about. Addresses are written as the node names them.
#[derive(Debug, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub(super) enum Said {
    Listening {},
    Joined {
        start_time: f64,
        behind: bool,
    },
    Restamped {
        start_time: f64,
    },
    MemberJoined {
        member: String,
    },
    Suspected {
        member: String,
        evidence: String,
    },
    MemberLost {
        member: String,
        loss: String,
        was_leader: bool,
    },
    Candidate {
        waiting_for: String,
    },
    Elected {
        epoch: u64,
    },
    Following {
        leader: String,
        epoch: u64,
    },
    SteppedDown {
        why: String,
    },
    #[serde(other)]
    Other,
}

#[derive(Deserialize)]
struct LogLine {
    timestamp: String,
    #[serde(flatten)]
    said: Said,
}

/// When a line was written and what it says; `None` for what is not a log line, such as a panic's text.
pub(super) fn parse(line: &str) -> Option<(Duration, Said)> {
    let line: LogLine = serde_json::from_str(line).ok()?;
    let at = humantime::parse_rfc3339(&line.timestamp).ok()?;
    Some((at.duration_since(std::time::UNIX_EPOCH).ok()?, line.said))
}

/// All reports, merged.
#[derive(Debug)]
pub(super) struct Feed {
    receiver: mpsc::Receiver<Report>,
    held: Vec<Report>,
}

impl Feed {
    pub(super) fn new() -> (mpsc::Sender<Report>, Self) {
        let (sender, receiver) = mpsc::channel(WAITING);
        let held = Vec::new();
        (sender, Self { receiver, held })
    }

    /// Waits for reports and returns them, oldest first. Nothing is lost when this is dropped half-way.
    pub(super) async fn next_batch(&mut self) -> Vec<Report> {
        if self.held.is_empty() {
            match self.receiver.recv().await {
                Some(report) => self.held.push(report),
                None => std::future::pending().await,
            }
        }
        tokio::time::sleep(LATE).await;
        while let Ok(report) = self.receiver.try_recv() {
            self.held.push(report);
        }
        self.held.sort_by_key(|report| report.at);
        std::mem::take(&mut self.held)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_has_a_time_and_a_meaning() {
        let line = r#"{"timestamp":"1970-01-01T00:00:02.000345Z","level":"WARN","event":"member_lost","member":"127.0.0.1:1","loss":"dead","was_leader":true,"message":"m","target":"les::notices"}"#;
        let (at, said) = parse(line).unwrap();
        assert_eq!(at, Duration::from_micros(2_000_345));
        assert!(
            matches!(said, Said::MemberLost { member, was_leader: true, .. } if member == "127.0.0.1:1")
        );
    }

    #[test]
    fn other_lines_are_no_mistake() {
        let line =
            r#"{"timestamp":"1970-01-01T00:00:02Z","level":"INFO","event":"goodbye","unaware":0}"#;
        assert!(matches!(parse(line), Some((_, Said::Other))));
        assert!(parse("thread 'main' panicked").is_none());
    }
}
