//! Files of a test.

use std::path::PathBuf;

/// A directory of a test's own, removed with it.
#[derive(Debug)]
pub(crate) struct Dir(pub(crate) PathBuf);

impl Dir {
    pub(crate) fn new() -> Self {
        let dir = std::env::temp_dir().join(format!("les-it-{:016x}", fastrand::u64(..)));
        std::fs::create_dir(&dir).unwrap();
        Self(dir)
    }

    /// Writes a file into it; returns its path.
    pub(crate) fn file(&self, name: &str, text: &str) -> String {
        let path = self.0.join(name);
        std::fs::write(&path, text).unwrap();
        path.to_str().unwrap().to_owned()
    }
}

impl Drop for Dir {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}
