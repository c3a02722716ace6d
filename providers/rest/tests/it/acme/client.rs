//! Providers that speak with a fake, and what a person is told by them.

use std::collections::BTreeMap;
use std::error::Error;
use std::path::PathBuf;

use les_provider::{AddressId, Observation, Target};
use les_provider_rest::{
    BuildError, Credentials, Options, Preset, RestProvider, Settings, Timing, Trace,
};

use super::{Acme, preset};

/// A token in a form of its own, so that any text can be searched for it.
pub(crate) const TOKEN: &str = "acme-5ecre7-token";

pub(crate) fn address() -> AddressId {
    AddressId("ip1".to_owned())
}

pub(crate) fn machine(name: &str) -> Target {
    Target(name.to_owned())
}

/// A reading that licenses a move.
pub(crate) fn seen(holder: Option<&str>) -> Observation {
    Observation {
        holder: holder.map(machine),
        ..Observation::default()
    }
}

/// Everything that a log could print of an error.
pub(crate) fn chain(error: &dyn Error) -> String {
    let each = std::iter::successors(Some(error), |error| (*error).source());
    each.map(|error| format!("{error}; {error:?}; ")).collect()
}

/// A provider in the making. The environment is this one alone, never the test's own.
#[derive(Clone)]
pub(crate) struct Client {
    pub(crate) preset: Preset,
    pub(crate) base_url: Option<String>,
    pub(crate) metadata_base: Option<String>,
    pub(crate) target: Option<String>,
    pub(crate) environment: Vec<(String, String)>,
    pub(crate) settings: BTreeMap<String, String>,
    pub(crate) ca_file: Option<PathBuf>,
    pub(crate) trace: Option<Trace>,
}

impl Client {
    /// For the preset with some parts replaced.
    pub(crate) fn new(acme: &Acme, changes: &[(&str, &str)]) -> Self {
        Self {
            preset: preset(changes),
            base_url: Some(acme.server.base()),
            metadata_base: Some(acme.server.base()),
            target: None,
            environment: vec![("ACME_TOKEN".to_owned(), TOKEN.to_owned())],
            settings: BTreeMap::new(),
            ca_file: None,
            trace: None,
        }
    }

    /// In this environment.
    pub(crate) fn given(mut self, environment: &[(&str, &str)]) -> Self {
        let pairs = environment.iter();
        self.environment = pairs
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect();
        self
    }

    /// With this option set.
    pub(crate) fn set(mut self, option: &str, value: &str) -> Self {
        self.settings.insert(option.to_owned(), value.to_owned());
        self
    }

    pub(crate) fn build(self) -> Result<RestProvider, BuildError> {
        let lookup = |wanted: &str| {
            let given = self.environment.iter().find(|(name, _)| name == wanted);
            given.map(|(_, value)| value.clone())
        };
        let credentials = Credentials::lookup(&self.preset, &lookup)?;
        let options = Options {
            base_url: self.base_url.clone(),
            metadata_base: self.metadata_base.clone(),
            target: self.target.clone(),
            settings: Settings::lookup(&self.preset, &self.settings, &lookup)?,
            ca_file: self.ca_file.clone(),
            credentials,
            trace: self.trace.clone(),
            timing: Timing::UNCHANGED,
        };
        RestProvider::new(self.preset, options)
    }

    pub(crate) fn provider(self) -> RestProvider {
        self.build().expect("it fits")
    }
}
