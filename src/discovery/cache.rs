//! What was found, kept in `state_dir`: a node that restarts while DNS or the cloud is down still finds its siblings.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::{self, Read as _};
use std::path::PathBuf;

use les_core::{Addr, MAX_SEEDS};
use serde::{Deserialize, Serialize};

use crate::identity::write_atomically;

const NAME: &str = "discovered.json";
/// Eight sources of 256 of the longest addresses are half of that.
const MAX_BYTES: u64 = 1024 * 1024;

/// Source, as it is written in the configuration, to who was found.
pub(super) type Found = BTreeMap<String, BTreeSet<Addr>>;

#[derive(Debug, Serialize, Deserialize)]
struct Body {
    found: BTreeMap<String, Vec<String>>,
}

/// The file.
#[derive(Clone, Debug)]
pub(super) struct Cache {
    dir: PathBuf,
}

impl Cache {
    pub(super) const fn new(dir: PathBuf) -> Self {
        Self { dir }
    }

    /// What an earlier life found; nothing if there was none, or if the file is damaged.
    pub(super) fn load(&self) -> Found {
        match self.read() {
            Ok(found) => found,
            Err(error) if error.kind() == io::ErrorKind::NotFound => Found::new(),
            Err(error) => {
                let path = self.dir.join(NAME);
                tracing::warn!(event = "discovery_cache", path = %path.display(), "what was discovered before is ignored: {error}");
                Found::new()
            }
        }
    }

    fn read(&self) -> io::Result<Found> {
        let file = File::open(self.dir.join(NAME))?;
        let mut text = String::new();
        if file.take(MAX_BYTES + 1).read_to_string(&mut text)? as u64 > MAX_BYTES {
            return Err(io::Error::other("the file is too long"));
        }
        let body: Body = serde_json::from_str(&text)?;
        let addrs = |written: Vec<String>| {
            let parsed = written.iter().take(MAX_SEEDS).map(|addr| addr.parse());
            let parsed: Result<BTreeSet<Addr>, _> = parsed.collect();
            parsed.map_err(io::Error::other)
        };
        let found = body.found.into_iter();
        found
            .map(|(source, written)| Ok((source, addrs(written)?)))
            .collect()
    }

    /// Keeps what was found. Waits for the disk.
    ///
    /// # Errors
    /// The file cannot be written.
    pub(super) fn store(&self, found: &Found) -> io::Result<()> {
        let written = |addrs: &BTreeSet<Addr>| addrs.iter().map(ToString::to_string).collect();
        let found = found.iter().map(|(s, addrs)| (s.clone(), written(addrs)));
        let body = Body {
            found: found.collect(),
        };
        write_atomically(&self.dir, NAME, &serde_json::to_string(&body)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_found_outlives_the_process_and_damage_is_ignored() {
        let dir = std::env::temp_dir().join(format!("les-discovered-{:016x}", fastrand::u64(..)));
        std::fs::create_dir(&dir).unwrap();
        let cache = Cache::new(dir.clone());
        assert_eq!(cache.load(), Found::new(), "nothing was kept yet");
        let addrs = ["10.0.0.1:4000", "[2001:db8::1]:4000"];
        let addrs = addrs.iter().map(|addr| addr.parse().unwrap()).collect();
        let found = Found::from([("dns:les.test".to_owned(), addrs)]);
        cache.store(&found).unwrap();
        assert_eq!(cache.load(), found);
        let huge = format!("{{\"found\": {{}}}}{}", " ".repeat(2_000_000));
        for damaged in [
            "",
            "{",
            "[]",
            "{\"found\": {\"dns:a\": [\"no port\"]}}",
            &huge,
        ] {
            std::fs::write(dir.join(NAME), damaged).unwrap();
            assert_eq!(cache.load(), Found::new(), "{:.40}", damaged);
        }
        std::fs::remove_dir_all(dir).unwrap();
    }
}
