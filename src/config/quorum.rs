//! `node.role`, `node.preference`, `election.mode`, `election.voters`: who leads, and who must agree to it.

use std::collections::BTreeSet;

use les_core::{Addr, ElectionConfig, MAX_VOTERS, Mode};

use super::error::{ConfigError, Rule};
use super::limits;
use super::raw::{RawConfig, RawElection, Scalar};
use super::validate::Check;
use super::{ProviderConfig, ProviderKind};

const MODE: &str = "election.mode";
const VOTERS: &str = "election.voters";
const ROLE: &str = "node.role";

impl Check<'_> {
    /// Adds to `election` what says who must agree. Voters are seeds too: a list that nobody can reach is no quorum.
    pub(super) fn agreement(
        &self,
        raw: &RawConfig,
        provider: &ProviderConfig,
        election: &mut ElectionConfig,
    ) -> Result<(), ConfigError> {
        election.witness = self.witness(raw.node.role.as_ref(), provider)?;
        election.mode = self.mode(&raw.election)?;
        if let Mode::Quorum(voters) = &election.mode {
            let known: BTreeSet<Addr> = election.seeds.iter().cloned().collect();
            election.seeds.extend(voters.difference(&known).cloned());
        }
        let preference = raw.node.preference.as_ref();
        election.preference = self.count("node.preference", preference, 0, limits::PREFERENCE)?;
        let hold = raw.election.preference_hold.as_ref();
        let default = election.preference_hold;
        let bounds = limits::PREFERENCE_HOLD;
        election.preference_hold =
            self.duration("election.preference_hold", hold, default, bounds)?;
        let on_lone_silence = raw.election.on_lone_silence.as_ref();
        election.acts_on_lone_silence = self.value(
            "election.on_lone_silence",
            on_lone_silence,
            election.acts_on_lone_silence,
            |v| match v {
                "act" => Ok(true),
                "wait" => Ok(false),
                _ => Err(Rule::NotAChoice {
                    allowed: limits::ON_LONE_SILENCE,
                }),
            },
        )?;
        Ok(())
    }

    fn witness(
        &self,
        raw: Option<&Scalar>,
        provider: &ProviderConfig,
    ) -> Result<bool, ConfigError> {
        self.value(ROLE, raw, false, |v| match v {
            "member" => Ok(false),
            "witness" if provider.kind != ProviderKind::None => Err(Rule::WitnessWithProvider),
            "witness" => Ok(true),
            _ => Err(Rule::NotAChoice {
                allowed: limits::ROLES,
            }),
        })
    }

    fn mode(&self, raw: &RawElection) -> Result<Mode, ConfigError> {
        let quorum = self.value(MODE, raw.mode.as_ref(), false, |v| match v {
            "open" => Ok(false),
            "quorum" => Ok(true),
            _ => Err(Rule::NotAChoice {
                allowed: limits::MODES,
            }),
        })?;
        let voters: BTreeSet<Addr> = self
            .addrs(VOTERS, raw.voters.as_ref())?
            .into_iter()
            .collect();
        if voters.len() > usize::try_from(MAX_VOTERS).unwrap_or(usize::MAX) {
            let max = usize::try_from(MAX_VOTERS).unwrap_or(usize::MAX);
            let written = format!("{} voters", voters.len());
            return Err(self.invalid(VOTERS, &written, Rule::TooMany { max }));
        }
        match (quorum, voters.is_empty()) {
            (true, true) => Err(self.invalid(MODE, "\"quorum\"", Rule::QuorumWithoutVoters)),
            (true, false) => Ok(Mode::Quorum(voters)),
            (false, true) => Ok(Mode::Open),
            (false, false) => {
                let written = format!("{} voters", voters.len());
                Err(self.invalid(VOTERS, &written, Rule::VotersWithoutQuorum))
            }
        }
    }
}
