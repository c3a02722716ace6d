//! How a node that crashes again and again is slowed down: the longer it goes on, the longer the pause before it joins again.
//!
//! One crash costs no pause, and moves an address once: who restarts is the least senior. But where a poisoned configuration or request kills
//! whoever leads, each restart would take the address from the next victim for a moment. systemd can lengthen its pauses since version 254
//! only, which Debian 12, Ubuntu 22.04 and Amazon Linux 2023 do not have. So each life leaves a mark in `state_dir` that a clean end removes.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::identity::write_atomically;

const NAME: &str = "crashes";
/// After the second crash in a row.
const FIRST_PAUSE: Duration = Duration::from_secs(5);
/// After many. A machine that comes back by itself is worth more than a rarer move.
const LONGEST_PAUSE: Duration = Duration::from_secs(120);
/// A life of this length was no crash loop: the count begins anew.
pub const STEADY: Duration = Duration::from_secs(600);

/// The mark of this life.
#[derive(Debug)]
pub struct LifeMark {
    dir: PathBuf,
    crashes: u32,
}

impl LifeMark {
    /// Reads what earlier lives left.
    #[must_use]
    pub fn read(state_dir: &Path) -> Self {
        let dir = state_dir.to_owned();
        let crashes = match fs::read_to_string(dir.join(NAME)) {
            // What is damaged was written by a life that did not end well.
            Ok(text) => text.trim().parse::<u32>().unwrap_or(0).saturating_add(1),
            Err(_) => 0,
        };
        Self { dir, crashes }
    }

    /// This life begins: without a clean end it counts as a crash. A disk that cannot be written is said, and then nothing is counted: it
    /// must not keep a node from running. Waits for the disk.
    pub fn begin(&self) {
        self.write(self.crashes);
    }

    /// How many lives in a row, up to now, ended without saying goodbye.
    #[must_use]
    pub const fn crashes(&self) -> u32 {
        self.crashes
    }

    /// How long to wait before this life begins.
    #[must_use]
    pub fn pause(&self) -> Duration {
        pause_after(self.crashes)
    }

    /// This life has lasted [`STEADY`].
    pub fn is_steady(&self) {
        self.write(0);
    }

    /// This life ends well, or an operator has ended the row of those that did not.
    pub fn remove(&self) {
        match fs::remove_file(self.dir.join(NAME)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                tracing::warn!(
                    event = "life_mark",
                    "this end will look like a crash to the next start: {error}"
                );
            }
            Ok(()) | Err(_) => {}
        }
    }

    fn write(&self, crashes: u32) {
        if let Err(error) = write_atomically(&self.dir, NAME, &format!("{crashes}\n")) {
            tracing::warn!(
                event = "life_mark",
                dir = %self.dir.display(),
                "crashes cannot be counted in {}: {error}",
                self.dir.display()
            );
        }
    }
}

/// None after the first crash, then 5 s, and twice as long after each further one, up to two minutes.
fn pause_after(crashes: u32) -> Duration {
    match crashes.checked_sub(2) {
        None => Duration::ZERO,
        Some(doublings) => FIRST_PAUSE
            .saturating_mul(2_u32.saturating_pow(doublings))
            .min(LONGEST_PAUSE),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_with_crashes_in_a_row_and_are_bounded() {
        let seconds: Vec<u64> = (0..9).map(|n| pause_after(n).as_secs()).collect();
        assert_eq!(seconds, [0, 0, 5, 10, 20, 40, 80, 120, 120]);
        assert_eq!(pause_after(u32::MAX), LONGEST_PAUSE);
    }

    #[test]
    fn a_crash_is_counted_and_a_clean_end_or_a_long_life_is_not() {
        let dir = std::env::temp_dir().join(format!("les-life-{:016x}", fastrand::u64(..)));
        fs::create_dir(&dir).unwrap();
        let live = || {
            let mark = LifeMark::read(&dir);
            mark.begin();
            mark
        };
        assert_eq!(live().crashes(), 0);
        assert_eq!(live().crashes(), 1);
        let third = live();
        assert_eq!((third.crashes(), third.pause()), (2, FIRST_PAUSE));
        third.is_steady();
        assert_eq!(live().crashes(), 1, "it crashed after a long life");
        assert_eq!(LifeMark::read(&dir).crashes(), 2, "looking counts nothing");
        live().remove();
        assert_eq!(live().crashes(), 0);
        fs::write(dir.join(NAME), "not a number").unwrap();
        assert_eq!(live().crashes(), 1);
        fs::remove_dir_all(&dir).unwrap();
        assert_eq!(
            live().crashes(),
            0,
            "nothing can be kept, and nothing fails"
        );
    }
}
