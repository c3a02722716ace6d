//! One `les run` process.

use std::io;
use std::process::{ExitStatus, Stdio};

use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::{Child, ChildStderr, Command};
use tokio::sync::mpsc;

use super::clock::DemoClock;
use super::report::{Report, Said, Source, parse};

/// A running node. It ends with its owner, however that ends: killed when this is dropped; if the owner is killed itself, by the end
/// of its standard input (`--exit-with-stdin`); and if it is stopped then (kill -STOP), by the SIGHUP that the system sends to
/// stopped processes whose group lost its parent. For the last, and so that Ctrl-C reaches the demo only, it has a group of its own.
#[derive(Debug)]
pub(super) struct Process {
    child: Child,
    pub(super) pid: u32,
}

/// Whose reports these are.
#[derive(Clone, Copy, Debug)]
pub(super) struct Life {
    pub(super) node: usize,
    pub(super) life: u32,
}

impl Process {
    /// Starts `command`; every line of its log becomes a report.
    pub(super) fn spawn(
        command: &mut Command,
        whose: Life,
        clock: DemoClock,
        reports: mpsc::Sender<Report>,
    ) -> io::Result<Self> {
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .process_group(0)
            .kill_on_drop(true)
            .spawn()?;
        let gone = || io::Error::other("the process was gone at once");
        let pid = child.id().ok_or_else(gone)?;
        let log = child.stderr.take().ok_or_else(gone)?;
        tokio::spawn(forward_log(log, whose, clock, reports));
        Ok(Self { child, pid })
    }

    /// SIGKILL, without waiting.
    pub(super) fn start_kill(&mut self) {
        // An error means that it is gone already.
        let _ = self.child.start_kill();
    }

    /// Waits until it is gone, and says how it ended.
    pub(super) async fn wait(mut self) -> io::Result<ExitStatus> {
        self.child.wait().await
    }
}

async fn forward_log(
    log: ChildStderr,
    Life { node, life }: Life,
    clock: DemoClock,
    reports: mpsc::Sender<Report>,
) {
    let mut lines = BufReader::new(log).lines();
    while let Ok(Some(text)) = lines.next_line().await {
        let (at, said) = parse(&text).unwrap_or_else(|| (clock.now(), Said::Other));
        let source = Source::Line {
            node,
            life,
            text,
            said,
        };
        if reports.send(Report { at, source }).await.is_err() {
            return;
        }
    }
    let ended = Report {
        at: clock.now(),
        source: Source::Ended { node, life },
    };
    // Nobody listens: the demo is over.
    let _ = reports.send(ended).await;
}
