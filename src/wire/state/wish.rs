//! `pause`: the operators' latest wish about moves, in the state document and in `state_dir`.

use les_core::{Pause, Wall};
use serde::{Deserialize, Serialize};

use super::BadDocument;

/// The wish.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct WishBody {
    serial: u64,
    paused: bool,
    by: String,
    at_us: u64,
}

impl From<&Pause> for WishBody {
    fn from(pause: &Pause) -> Self {
        Self {
            serial: pause.serial,
            paused: pause.paused,
            by: pause.by.to_string(),
            at_us: pause.at.0,
        }
    }
}

impl TryFrom<WishBody> for Pause {
    type Error = BadDocument;

    fn try_from(body: WishBody) -> Result<Self, BadDocument> {
        let bad = || BadDocument::ExtValue("pause");
        if body.serial > Self::MAX_SERIAL {
            return Err(bad());
        }
        Ok(Self {
            serial: body.serial,
            paused: body.paused,
            by: body.by.parse().map_err(|_| bad())?,
            at: Wall(body.at_us),
        })
    }
}
