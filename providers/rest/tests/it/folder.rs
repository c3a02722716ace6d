//! A folder of a test's own, gone with the test.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

/// The folder.
pub(crate) struct Folder(PathBuf);

impl Folder {
    pub(crate) fn new() -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        let path = std::env::temp_dir().join(format!("les-rest-{}-{number}", std::process::id()));
        std::fs::create_dir_all(&path).expect("it can be made");
        Self(path)
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    /// The folder itself, for an environment variable.
    pub(crate) fn text(&self) -> &str {
        self.0.to_str().expect("UTF-8")
    }

    /// Writes a file; its path, for an environment variable.
    pub(crate) fn write(&self, name: &str, text: impl AsRef<[u8]>) -> String {
        std::fs::write(self.path(name), text).expect("it can be written");
        self.path(name).display().to_string()
    }

    /// Puts another file in the place of this one, as tools that rotate credentials do.
    pub(crate) fn replace(&self, name: &str, text: &str) {
        let new = self.path("new");
        std::fs::write(&new, text).expect("it can be written");
        std::fs::rename(new, self.path(name)).expect("it can be replaced");
    }
}

impl AsRef<Path> for Folder {
    fn as_ref(&self) -> &Path {
        &self.0
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}
