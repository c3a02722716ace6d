//! What the command line and the node say to each other of pauses.

use serde::{Deserialize, Serialize};

/// The answer to `POST /admin/pause` and `POST /admin/resume`. Nodes are named by the addresses that they advertise.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PauseBody {
    /// This node.
    pub addr: String,
    /// Whether moves are paused now, as this node knows it.
    pub paused: bool,
    /// Who was told to pause them; `null` if they are not paused.
    pub by: Option<String>,
    /// Since when, as `2026-11-27T09:10:00.000Z`; `null` if they are not paused.
    pub since: Option<String>,
    /// A restart of this node does not change that.
    pub kept: bool,
    /// Why not; `null` if it does not.
    #[serde(default)]
    pub why_not_kept: Option<String>,
    /// Moves that were begun before and come to their end, as `ADDRESS by NODE`.
    #[serde(default)]
    pub moving: Vec<String>,
    /// Members that have said that they know it, this node among them.
    pub aware: Vec<String>,
    /// Members that have not said so yet.
    pub unaware: Vec<String>,
    /// Reference nodes: they do not know pauses.
    pub unable: Vec<String>,
}
