//! The file that keeps the operators' latest wish about moves over a restart.

use std::io;
use std::path::Path;

use les_core::Pause;

use super::state_file::StateFile;
use crate::wire::WishBody;

const NAME: &str = "pause";

/// The mark, if there is a directory that keeps state.
#[derive(Clone, Debug)]
pub struct PauseMark(StateFile);

impl PauseMark {
    /// The mark in `state_dir`.
    #[must_use]
    pub fn new(state_dir: Option<&Path>) -> Self {
        Self(StateFile::new(state_dir, NAME))
    }

    /// Whether a restart finds it again.
    #[must_use]
    pub const fn is_kept(&self) -> bool {
        self.0.is_kept()
    }

    /// What an earlier life had heard of; `None` if nothing. Reads the disk.
    ///
    /// # Errors
    /// The file cannot be read, or is damaged.
    pub fn read(&self) -> io::Result<Option<Pause>> {
        let Some(text) = self.0.read()? else {
            return Ok(None);
        };
        let body: WishBody = serde_json::from_slice(&text)?;
        Pause::try_from(body).map(Some).map_err(io::Error::other)
    }

    /// Keeps it; nothing to do without a directory. Waits for the disk.
    ///
    /// # Errors
    /// The disk is full, or the directory cannot be written.
    pub fn write(&self, pause: &Pause) -> io::Result<()> {
        let text = serde_json::to_string(&WishBody::from(pause))? + "\n";
        self.0.write(&text)
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

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
