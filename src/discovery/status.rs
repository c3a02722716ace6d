//! What `/diag/` shows of a source.

use les_core::{Addr, Time};

/// One source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SourceStatus {
    /// As it is written in the configuration.
    pub source: String,
    /// Who counts as found.
    pub found: Vec<Addr>,
    /// The source does not say so now: it is kept from before.
    pub kept: bool,
    /// When the source answered last, in this life.
    pub answered: Option<Time>,
    /// The last time that it could not be asked. It stays after an answer: its age tells.
    pub last_error: Option<SourceError>,
}

/// A source that could not be asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SourceError {
    /// Why, with its causes.
    pub message: String,
    /// When.
    pub at: Time,
}
