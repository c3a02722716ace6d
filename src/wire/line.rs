//! The lines of `GET /watch` (NDJSON): a whole state document, or a beat.

use std::time::Duration;

use les_core::{Beat, StateDoc};
use serde::{Deserialize, Serialize};

use super::state::{BadDocument, StateBody, micros, millis, parse_state};

/// One line of a stream.
#[derive(Clone, Debug, PartialEq)]
pub enum Line {
    /// The same as the body of `GET /state`: the first line, and one at every change.
    Document(Box<StateDoc>),
    /// Nothing has changed.
    Beat(Beat),
}

/// What tells a beat from a document, of which everything is skipped.
#[derive(Serialize, Deserialize)]
struct LineBody {
    beat: Option<BeatBody>,
}

#[derive(Serialize, Deserialize)]
struct BeatBody {
    leader_heard_ms: Option<u64>,
    #[serde(default)]
    made_us: u64,
}

/// A document as a line, with its end.
///
/// # Errors
/// None that is known: every key is text.
pub fn document_line(doc: &StateDoc) -> serde_json::Result<String> {
    serde_json::to_string(&StateBody::from(doc)).map(|json| json + "\n")
}

/// A beat as a line, with its end.
///
/// # Errors
/// None that is known.
pub fn beat_line(beat: Beat) -> serde_json::Result<String> {
    let beat = BeatBody {
        leader_heard_ms: beat.leader_heard.map(millis),
        made_us: micros(beat.made),
    };
    serde_json::to_string(&LineBody { beat: Some(beat) }).map(|json| json + "\n")
}

/// Reads one line that a peer sent, without its end or with it. Keys that are not known are ignored.
///
/// # Errors
/// It is neither a beat nor a valid document; the first rule that it breaks.
pub fn parse_line(line: &[u8]) -> Result<Line, BadDocument> {
    let read: LineBody = serde_json::from_slice(line).map_err(BadDocument::Json)?;
    match read.beat {
        Some(beat) => Ok(Line::Beat(Beat {
            leader_heard: beat.leader_heard_ms.map(Duration::from_millis),
            made: Duration::from_micros(beat.made_us),
        })),
        None => parse_state(line).map(|doc| Line::Document(Box::new(doc))),
    }
}

#[cfg(test)]
#[path = "line_test.rs"]
mod tests;
