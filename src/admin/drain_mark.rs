//! The file that keeps a node drained over a restart.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::identity::write_atomically;

const NAME: &str = "drained";
/// For whoever finds it. What counts is that it is there.
const TEXT: &str = "While this file is here the node never leads. `les undrain` removes it.\n";

/// The mark, if there is a directory that keeps state.
#[derive(Clone, Debug)]
pub struct DrainMark {
    dir: Option<PathBuf>,
}

impl DrainMark {
    /// The mark in `state_dir`.
    #[must_use]
    pub fn new(state_dir: Option<&Path>) -> Self {
        Self {
            dir: state_dir.map(Path::to_owned),
        }
    }

    /// Whether a restart finds the mark again.
    #[must_use]
    pub const fn is_kept(&self) -> bool {
        self.dir.is_some()
    }

    /// Where it is.
    #[must_use]
    pub fn path(&self) -> PathBuf {
        self.dir.as_deref().unwrap_or(Path::new("")).join(NAME)
    }

    /// Whether it was set, in this life or an earlier one. Reads the disk.
    ///
    /// # Errors
    /// The directory cannot be read: whether the node may lead is not known.
    pub fn is_set(&self) -> io::Result<bool> {
        match &self.dir {
            Some(_) => self.path().try_exists(),
            None => Ok(false),
        }
    }

    /// Sets or removes it; nothing to do without a directory. Waits for the disk.
    ///
    /// # Errors
    /// The disk is full, or the directory cannot be written.
    pub fn set(&self, drained: bool) -> io::Result<()> {
        let Some(dir) = &self.dir else {
            return Ok(());
        };
        if drained {
            return write_atomically(dir, NAME, TEXT);
        }
        match fs::remove_file(self.path()) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
            Err(error) => Err(error),
            Ok(()) => fs::File::open(dir)?.sync_all(),
        }
    }
}

#[cfg(test)]
mod tests {
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
