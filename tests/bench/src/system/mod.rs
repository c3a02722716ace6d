//! What is measured: how its nodes are started, who leads, and when a successor acted.

mod keepalived;
mod les;
mod reference;

use std::path::PathBuf;
use std::time::Duration;

use anyhow::Result;
use tokio::process::Command;

use crate::args::{Fault, Measure};
use crate::node::Node;
use crate::site::Site;
use keepalived::Keepalived;
use les::Les;
use reference::Reference;

pub(crate) use keepalived::{PROGRAM as KEEPALIVED, note, version as keepalived_version};

/// Which system, in which setting.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Subject {
    Les {
        profile: String,
    },
    Keepalived {
        /// Between two adverts.
        advert: Duration,
    },
    Reference,
}

/// A node has done what makes the address its own: the cloud received its call, its script was started, or it said so in its log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Act {
    pub(crate) at: Duration,
    pub(crate) node: usize,
}

/// One cluster's side of what is measured.
pub(crate) enum System {
    Les(Les),
    Keepalived(Keepalived),
    Reference(Reference),
}

impl Subject {
    pub(crate) fn name(&self) -> String {
        match self {
            Self::Les { profile } => format!("les {profile}"),
            Self::Keepalived { advert } => format!("keepalived {} s", advert.as_secs_f64()),
            Self::Reference => "reference".to_owned(),
        }
    }

    /// What is measured at the same time, in clusters of their own: what takes so long that some milliseconds more do not matter.
    pub(crate) fn side_by_side(&self, faults: &[Fault]) -> Vec<Vec<Fault>> {
        let (slow, quick): (Vec<Fault>, Vec<Fault>) = faults
            .iter()
            .partition(|fault| self.takes_seconds() || fault.is_silent());
        let alone = quick.into_iter().map(|fault| vec![fault]);
        alone
            .chain([slow])
            .filter(|some| !some.is_empty())
            .collect()
    }

    /// So many clusters share the rounds of one fault.
    pub(crate) fn clusters(&self) -> usize {
        match self {
            Self::Les { .. } => 1,
            Self::Keepalived { .. } if self.takes_seconds() => 3,
            Self::Keepalived { .. } => 1,
            // It needs half a minute for each round.
            Self::Reference => 4,
        }
    }

    fn takes_seconds(&self) -> bool {
        match self {
            Self::Les { .. } => false,
            Self::Keepalived { advert } => *advert >= Duration::from_secs(1),
            Self::Reference => true,
        }
    }
}

impl System {
    /// `directory` is for files of this cluster alone.
    pub(crate) async fn open(
        subject: &Subject,
        args: &Measure,
        site: &Site,
        directory: PathBuf,
    ) -> Result<Self> {
        std::fs::create_dir_all(&directory)?;
        Ok(match subject {
            Subject::Les { profile } => {
                Self::Les(Les::open(args, profile, site, &directory).await?)
            }
            Subject::Keepalived { advert } => {
                Self::Keepalived(Keepalived::open(*advert, site, directory)?)
            }
            Subject::Reference => Self::Reference(Reference::open(args)?),
        })
    }

    /// What starts a node; where its output goes is set already, unless the system reads it.
    pub(crate) fn command(&mut self, site: &Site, node: usize) -> Result<Command> {
        match self {
            Self::Les(les) => Ok(les.command(site, node)),
            Self::Keepalived(keepalived) => keepalived.command(site, node),
            Self::Reference(reference) => Ok(reference.command(site, node)),
        }
    }

    /// A node was started.
    pub(crate) fn started(&mut self, number: usize, node: &mut Node) {
        if let Self::Reference(reference) = self {
            reference.started(number, node);
        }
    }

    /// Who leads now, as far as every node agrees; each is asked.
    pub(crate) async fn leader(&self, site: &Site) -> Option<usize> {
        match self {
            Self::Les(les) => les.leader(site).await,
            Self::Keepalived(keepalived) => keepalived.leader(),
            Self::Reference(_) => reference::leader(site).await,
        }
    }

    /// All acts at or after this time, oldest first.
    pub(crate) fn acts(&self, since: Duration) -> Vec<Act> {
        let mut acts = match self {
            Self::Les(les) => les.acts(),
            Self::Keepalived(keepalived) => keepalived.acts(),
            Self::Reference(reference) => reference.acts(),
        };
        acts.retain(|act| act.at >= since);
        acts
    }

    /// Its longest rhythm: agreement that has lasted so long stays, and a fault may come at any moment of it.
    pub(crate) fn rhythm(&self) -> Duration {
        match self {
            Self::Les(_) => Duration::from_secs(1),
            Self::Keepalived(keepalived) => keepalived.rhythm(),
            Self::Reference(reference) => reference.rhythm(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_slow_is_measured_side_by_side() {
        let faults = [Fault::Kill, Fault::Freeze, Fault::Term, Fault::BlackHole];
        let les = Subject::Les {
            profile: "default".to_owned(),
        };
        let silent = vec![Fault::Freeze, Fault::BlackHole];
        let expected = [vec![Fault::Kill], vec![Fault::Term], silent];
        assert_eq!(les.side_by_side(&faults), expected);
        assert_eq!(Subject::Reference.side_by_side(&faults), [faults.to_vec()]);
        assert!(les.side_by_side(&[]).is_empty());
    }
}
