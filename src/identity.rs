//! Who this node is: its id, kept in `state_dir`, and the incarnation of this process.

use std::fs::{self, DirBuilder, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::Path;

use les_core::{Incarnation, NodeId};

/// 128 random bits from the operating system. No seeded generator: two machines cloned from one image must not draw the same.
fn random() -> io::Result<u128> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes).map_err(io::Error::other)?;
    Ok(u128::from_le_bytes(bytes))
}

/// The incarnation of this process.
///
/// # Errors
/// The operating system has no entropy to give.
pub fn incarnation() -> io::Result<Incarnation> {
    random().map(Incarnation)
}

/// The id of this installation: the one that `state_dir` keeps, or a new one.
///
/// A disk that is full or read-only is said and borne: another id in each life is harmless, and a node that does not run is not.
///
/// # Errors
/// The directory or the file in it cannot be used for another reason. A node that was told to keep its id must not come up as another one each time.
pub fn node_id(state_dir: Option<&Path>) -> io::Result<NodeId> {
    let Some(dir) = state_dir else {
        return random().map(NodeId);
    };
    match kept_id(dir) {
        Err(error) if takes_nothing(&error) => {
            tracing::warn!(
                event = "id_not_kept",
                dir = %dir.display(),
                "this node's id is a new one and cannot be kept in {}: {error}",
                dir.display()
            );
            random().map(NodeId)
        }
        found => found,
    }
}

/// The disk is at fault, and not whoever configured it.
fn takes_nothing(error: &io::Error) -> bool {
    use io::ErrorKind::{QuotaExceeded, ReadOnlyFilesystem, StorageFull};
    matches!(
        error.kind(),
        StorageFull | QuotaExceeded | ReadOnlyFilesystem
    )
}

fn kept_id(dir: &Path) -> io::Result<NodeId> {
    DirBuilder::new().recursive(true).mode(0o700).create(dir)?;
    let path = dir.join("id");
    match fs::read_to_string(&path) {
        Ok(text) => text.trim().parse().map_err(|error| {
            io::Error::new(
                io::ErrorKind::InvalidData,
                format!("{}: {error}", path.display()),
            )
        }),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            let id = random().map(NodeId)?;
            write_atomically(dir, "id", &format!("{id}\n"))?;
            Ok(id)
        }
        Err(error) => Err(error),
    }
}

/// Whole or not at all, also when the power fails half-way.
pub(crate) fn write_atomically(dir: &Path, name: &str, text: &str) -> io::Result<()> {
    let temporary = dir.join(format!(".{name}.new"));
    let mut file = OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(&temporary)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()?;
    fs::rename(&temporary, dir.join(name))?;
    fs::File::open(dir)?.sync_all()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_outlives_its_process_and_damage_is_reported() {
        let dir = std::env::temp_dir().join(format!("les-id-{:016x}", fastrand::u64(..)));
        let first = node_id(Some(&dir)).unwrap();
        assert_eq!(node_id(Some(&dir)).unwrap(), first);
        assert_ne!(node_id(None).unwrap(), first);
        fs::write(dir.join("id"), "not an id").unwrap();
        assert_eq!(
            node_id(Some(&dir)).unwrap_err().kind(),
            io::ErrorKind::InvalidData
        );
        fs::remove_dir_all(&dir).unwrap();
        fs::write(&dir, "a file").unwrap();
        assert!(node_id(Some(&dir)).is_err());
        fs::remove_file(dir).unwrap();
    }
}
