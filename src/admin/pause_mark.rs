//! The file that keeps the operators' latest wish about moves over a restart.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use les_core::Pause;

use crate::identity::write_atomically;
use crate::wire::WishBody;

const NAME: &str = "pause";

/// The mark, if there is a directory that keeps state.
#[derive(Clone, Debug)]
pub struct PauseMark {
    dir: Option<PathBuf>,
}

impl PauseMark {
    /// The mark in `state_dir`.
    #[must_use]
    pub fn new(state_dir: Option<&Path>) -> Self {
        Self {
            dir: state_dir.map(Path::to_owned),
        }
    }

    /// Whether a restart finds it again.
    #[must_use]
    pub const fn is_kept(&self) -> bool {
        self.dir.is_some()
    }

    /// What an earlier life had heard of; `None` if nothing. Reads the disk.
    ///
    /// # Errors
    /// The file cannot be read, or is damaged.
    pub fn read(&self) -> io::Result<Option<Pause>> {
        let Some(dir) = &self.dir else {
            return Ok(None);
        };
        let text = match fs::read(dir.join(NAME)) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            read => read?,
        };
        let body: WishBody = serde_json::from_slice(&text)?;
        Pause::try_from(body).map(Some).map_err(io::Error::other)
    }

    /// Keeps it; nothing to do without a directory. Waits for the disk.
    ///
    /// # Errors
    /// The disk is full, or the directory cannot be written.
    pub fn write(&self, pause: &Pause) -> io::Result<()> {
        let Some(dir) = &self.dir else {
            return Ok(());
        };
        let text = serde_json::to_string(&WishBody::from(pause))? + "\n";
        write_atomically(dir, NAME, &text)
    }
}

#[cfg(test)]
mod tests {
    use les_core::Wall;

    use super::*;

    #[test]
    fn outlives_the_process_and_says_when_it_cannot() {
        let dir = std::env::temp_dir().join(format!("les-pause-{:016x}", fastrand::u64(..)));
        fs::create_dir(&dir).unwrap();
        let mark = PauseMark::new(Some(&dir));
        assert_eq!(mark.read().unwrap(), None);
        let pause = Pause {
            serial: 3,
            paused: true,
            by: "10.0.0.1:4000".parse().unwrap(),
            at: Wall(1_700_000_000_000_000),
        };
        mark.write(&pause).unwrap();
        assert_eq!(mark.read().unwrap(), Some(pause.clone()));
        fs::write(dir.join(NAME), "{}").unwrap();
        assert!(mark.read().is_err());
        fs::remove_dir_all(&dir).unwrap();
        assert!(mark.write(&pause).is_err());
        let nowhere = PauseMark::new(None);
        nowhere.write(&pause).unwrap();
        assert!(nowhere.read().unwrap().is_none() && !nowhere.is_kept());
    }
}
