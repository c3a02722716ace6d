//! One file in `state_dir`, which a restart finds again; without the directory there is none, and nothing to do.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::identity::write_atomically;

/// The file.
#[derive(Clone, Debug)]
pub(super) struct StateFile {
    dir: Option<PathBuf>,
    name: &'static str,
}

impl StateFile {
    pub(super) fn new(state_dir: Option<&Path>, name: &'static str) -> Self {
        Self {
            dir: state_dir.map(Path::to_owned),
            name,
        }
    }

    pub(super) const fn is_kept(&self) -> bool {
        self.dir.is_some()
    }

    pub(super) fn path(&self) -> PathBuf {
        self.dir.as_deref().unwrap_or(Path::new("")).join(self.name)
    }

    /// Whether it is there, whatever is in it. Waits for the disk.
    pub(super) fn exists(&self) -> io::Result<bool> {
        match &self.dir {
            Some(_) => self.path().try_exists(),
            None => Ok(false),
        }
    }

    /// What is in it; `None` if it is not there. Waits for the disk.
    pub(super) fn read(&self) -> io::Result<Option<Vec<u8>>> {
        if !self.is_kept() {
            return Ok(None);
        }
        match fs::read(self.path()) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            read => read.map(Some),
        }
    }

    /// Writes all of it, whatever was there before. Waits for the disk.
    pub(super) fn write(&self, text: &str) -> io::Result<()> {
        match &self.dir {
            Some(dir) => write_atomically(dir, self.name, text),
            None => Ok(()),
        }
    }

    /// No error if it is not there. Waits for the disk.
    pub(super) fn remove(&self) -> io::Result<()> {
        let Some(dir) = &self.dir else {
            return Ok(());
        };
        match fs::remove_file(self.path()) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
            Err(error) => Err(error),
            Ok(()) => fs::File::open(dir)?.sync_all(),
        }
    }
}
