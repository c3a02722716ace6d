//! The file that keeps a node drained over a restart.

use std::io;
use std::path::{Path, PathBuf};

use super::state_file::StateFile;

const NAME: &str = "drained";
/// For whoever finds it. What counts is that it is there.
const TEXT: &str = "While this file is here the node never leads. `les undrain` removes it.\n";

/// The mark, if there is a directory that keeps state.
#[derive(Clone, Debug)]
pub struct DrainMark(StateFile);

impl DrainMark {
    /// The mark in `state_dir`.
    #[must_use]
    pub fn new(state_dir: Option<&Path>) -> Self {
        Self(StateFile::new(state_dir, NAME))
    }

    /// Whether a restart finds the mark again.
    #[must_use]
    pub const fn is_kept(&self) -> bool {
        self.0.is_kept()
    }

    /// Where it is.
    #[must_use]
    pub fn path(&self) -> PathBuf {
        self.0.path()
    }

    /// Whether it was set, in this life or an earlier one. Reads the disk.
    ///
    /// # Errors
    /// The directory cannot be read: whether the node may lead is not known.
    pub fn is_set(&self) -> io::Result<bool> {
        self.0.exists()
    }

    /// Sets or removes it; nothing to do without a directory. Waits for the disk.
    ///
    /// # Errors
    /// The disk is full, or the directory cannot be written.
    pub fn set(&self, drained: bool) -> io::Result<()> {
        if drained {
            self.0.write(TEXT)
        } else {
            self.0.remove()
        }
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn outlives_the_process_and_says_when_it_cannot() {
        let dir = std::env::temp_dir().join(format!("les-drained-{:016x}", fastrand::u64(..)));
        fs::create_dir(&dir).unwrap();
        let mark = || DrainMark::new(Some(&dir));
        assert!(!mark().is_set().unwrap());
        mark().set(true).unwrap();
        mark().set(true).unwrap();
        assert!(mark().is_set().unwrap());
        mark().set(false).unwrap();
        mark().set(false).unwrap();
        assert!(!mark().is_set().unwrap());
        fs::remove_dir_all(&dir).unwrap();
        assert!(mark().set(true).is_err());
        let nowhere = DrainMark::new(None);
        nowhere.set(true).unwrap();
        assert!(!nowhere.is_set().unwrap() && !nowhere.is_kept());
    }
}
