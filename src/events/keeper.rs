//! Keeps the history on the disk: one event a line, in two files, the older half of which is dropped when the newer one is full.
//!
//! The disk is written by a thread of its own: one that hangs holds up nothing else, and events that find no room in its queue are counted as lost.

use std::fs::{self, File, OpenOptions};
use std::io::{self, BufRead as _, BufReader, Write as _};
use std::os::unix::fs::{FileExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::{self, Receiver, SyncSender};
use std::time::Duration;

use tokio::sync::oneshot;

use super::Event;
use crate::wire::EventBody;

const LATEST: &str = "events.ndjson";
const OLDER: &str = "events.1.ndjson";
/// Bytes of the newer file: a thousand events and more.
const MAX_BYTES: u64 = 512 * 1024;
/// Events that wait for the disk: some seconds of the worst cluster.
const QUEUE: usize = 256;
/// At the end of the process.
const PATIENCE: Duration = Duration::from_secs(1);

/// Something for the thread to do.
enum Job {
    Keep(Arc<Event>),
    Tell(oneshot::Sender<()>),
}

/// The hand-over to the thread.
#[derive(Debug)]
pub(super) struct Keeper {
    jobs: SyncSender<Job>,
    outcome: Arc<Outcome>,
}

/// What became of it.
#[derive(Debug, Default)]
struct Outcome {
    fails: AtomicBool,
    lost: AtomicU64,
}

impl Keeper {
    /// `None` if the system starts no thread: then nothing is kept.
    pub(super) fn start(dir: &Path) -> Option<Self> {
        let (jobs, queue) = mpsc::sync_channel(QUEUE);
        let outcome = Arc::new(Outcome::default());
        let writer = Writer {
            dir: dir.to_owned(),
            file: None,
            outcome: Arc::clone(&outcome),
        };
        let thread = std::thread::Builder::new().name("events".to_owned());
        match thread.spawn(move || writer.run(&queue)) {
            Ok(_) => Some(Self { jobs, outcome }),
            Err(error) => {
                tracing::warn!(
                    event = "events_not_kept",
                    "the history is in memory only: {error}"
                );
                None
            }
        }
    }

    pub(super) fn keep(&self, event: &Arc<Event>) {
        if self.jobs.try_send(Job::Keep(Arc::clone(event))).is_err() {
            self.outcome.lost.fetch_add(1, Ordering::Relaxed);
            // A disk that hangs; what is written next says that it is well again.
            self.outcome.fails.store(true, Ordering::Relaxed);
        }
    }

    pub(super) fn keeps(&self) -> bool {
        !self.outcome.fails.load(Ordering::Relaxed)
    }

    pub(super) fn lost(&self) -> u64 {
        self.outcome.lost.load(Ordering::Relaxed)
    }

    pub(super) async fn settle(&self) {
        let (tell, told) = oneshot::channel();
        if self.jobs.try_send(Job::Tell(tell)).is_ok() {
            // A disk that hangs does not hold up the end of the process.
            let _ = tokio::time::timeout(PATIENCE, told).await;
        }
    }
}

/// The thread's side.
struct Writer {
    dir: PathBuf,
    file: Option<(File, u64)>,
    outcome: Arc<Outcome>,
}

impl Writer {
    /// Until the last sender is gone.
    fn run(mut self, queue: &Receiver<Job>) {
        while let Ok(job) = queue.recv() {
            match job {
                Job::Keep(event) => self.keep(&event),
                // Whoever asked may have lost patience.
                Job::Tell(tell) => drop(tell.send(())),
            }
        }
    }

    fn keep(&mut self, event: &Event) {
        let outcome = self.write(event);
        let failed = outcome.is_err();
        let failed_before = self.outcome.fails.swap(failed, Ordering::Relaxed);
        match outcome {
            Ok(()) if failed_before => {
                tracing::info!(event = "events_kept", "the history is kept again");
            }
            Ok(()) => {}
            Err(error) => {
                self.file = None;
                self.outcome.lost.fetch_add(1, Ordering::Relaxed);
                if !failed_before {
                    let dir = self.dir.display();
                    tracing::warn!(
                        event = "events_not_kept",
                        "events cannot be written to {dir}, and are in memory only until they can: {error}"
                    );
                }
            }
        }
    }

    fn write(&mut self, event: &Event) -> io::Result<()> {
        let mut line = serde_json::to_string(&EventBody::from(event))?;
        line.push('\n');
        let (file, length) = match &mut self.file {
            Some(open) if open.1 < MAX_BYTES => open,
            _ => self.file.insert(open(&self.dir)?),
        };
        // A line that does not fit whole is taken back, or the next one would go on in its middle.
        if let Err(error) = file.write_all(line.as_bytes()) {
            // What is wrong with the disk is said already.
            let _ = file.set_len(*length);
            return Err(error);
        }
        *length += line.len() as u64;
        file.sync_data()
    }
}

/// The newer file, which becomes the older one if it is full.
fn open(dir: &Path) -> io::Result<(File, u64)> {
    let path = dir.join(LATEST);
    if fs::metadata(&path).is_ok_and(|file| file.len() >= MAX_BYTES) {
        fs::rename(&path, dir.join(OLDER))?;
    }
    let mut options = OpenOptions::new();
    options.read(true).append(true).create(true).mode(0o600);
    let mut file = options.open(&path)?;
    let length = file.metadata()?.len();
    let mut last = [b'\n'];
    if length > 0 {
        file.read_exact_at(&mut last, length - 1)?;
    }
    // Power failed in the middle of a line: the next one is one of its own.
    if last != [b'\n'] {
        file.write_all(b"\n")?;
    }
    Ok((file, length + u64::from(last != [b'\n'])))
}

/// The latest events that earlier lives kept, oldest first. A line that is none is left out.
pub(super) fn read(dir: &Path, most: usize) -> Vec<Event> {
    let mut events: Vec<Event> = [OLDER, LATEST]
        .iter()
        .flat_map(|name| read_file(&dir.join(name)))
        .collect();
    events.drain(..events.len().saturating_sub(most));
    events
}

fn read_file(path: &Path) -> Vec<Event> {
    // None there: nothing was kept.
    let Ok(file) = File::open(path) else {
        return Vec::new();
    };
    let lines = BufReader::new(io::Read::take(file, 2 * MAX_BYTES)).split(b'\n');
    let parsed = lines.map_while(Result::ok).filter_map(|line| {
        let body: EventBody = serde_json::from_slice(&line).ok()?;
        Event::try_from(body).ok()
    });
    parsed.collect()
}
