//! What a preset asks of its user and what it does, for a person: for `les preset list` and `lint`.

use std::time::Duration;

use reqwest::Url;

use super::auth::{Auth, Issuer, Scheme};
use super::procedure::{Deed, Procedure};
use super::{Describe, Grammar, OptionRule, Preset};

/// A preset in a few lines.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Summary {
    /// Where the API is, as a template over the options; `None`: told with the token.
    pub base_url: Option<String>,
    /// The ways to be authorised; the first whose credentials are all given is used.
    pub credentials: Vec<CredentialsSummary>,
    /// What a user may set, by name.
    pub options: Vec<OptionSummary>,
    /// What an address must look like.
    pub address: String,
    /// What a target must look like.
    pub target: String,
    /// An address is looked up first: the cloud has ids of its own for them.
    pub locates: bool,
    /// The metadata service that tells a machine who it is; `None`: `provider.target` must be configured.
    pub metadata_base: Option<Url>,
    /// What a reading tells beside the holder.
    pub tells: Vec<&'static str>,
    /// The assignment takes the address from its present holder.
    pub moves_in_one_call: bool,
    /// Steps of an assignment, waits among them.
    pub assign_steps: usize,
    /// The address can be freed.
    pub releases: bool,
    /// Writes are jobs that are followed to their end.
    pub follows_jobs: bool,
    /// How long an assignment takes at most by its own timeouts and deadlines.
    pub longest_move: Duration,
    /// When any call is given up.
    pub call_timeout: Duration,
    /// How long after an assignment readings may still be old.
    pub settle: Duration,
    /// How many requests an hour the cloud allows one token, where that is known.
    pub calls_per_hour: Option<u32>,
    /// What a selector is where the cloud can list machines.
    pub selector: Option<String>,
}

/// One way to be authorised.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CredentialsSummary {
    /// The environment variables of each credential; of one list the first that is given is used.
    pub variables: Vec<Vec<String>>,
    /// How a request carries them, or the token that is fetched with them.
    pub carried: String,
    /// Who gives the token; `None`: the credentials are sent as they are.
    pub issuer: Option<String>,
}

/// One option.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OptionSummary {
    /// `provider.options.NAME`
    pub name: String,
    /// What it is.
    pub about: String,
    /// The environment variables that are looked at where it is not configured.
    pub env: Vec<String>,
    /// Its value where nobody sets it.
    pub default: Option<String>,
    /// It must be set: it has no default.
    pub required: bool,
    /// What its value must look like; `None`: any text.
    pub rule: Option<&'static str>,
}

impl Preset {
    /// What the preset asks of its user and what it does.
    #[must_use]
    pub fn summary(&self) -> Summary {
        let job = self.action.as_ref().filter(|_| any_job(&self.assign));
        Summary {
            base_url: self.base_url.as_ref().map(|url| url.source().to_owned()),
            credentials: self.auth.iter().map(credentials).collect(),
            options: self.options.iter().map(option).collect(),
            address: self.address.rules(),
            target: self.target.rules(),
            locates: self.locate.is_some(),
            metadata_base: self.identity.as_ref().map(|i| i.metadata_base.clone()),
            tells: tells(&self.describe),
            moves_in_one_call: self.limits.moves_in_one_call,
            assign_steps: self.assign.0.len(),
            releases: self.unassign.is_some(),
            follows_jobs: job.is_some(),
            longest_move: self.longest(&self.assign),
            call_timeout: self.limits.call_timeout,
            settle: self.limits.settle,
            calls_per_hour: self.limits.calls_per_hour,
            selector: self.selector().map(str::to_owned),
        }
    }
}

fn any_job(assign: &Procedure) -> bool {
    let mut steps = assign.0.iter();
    steps.any(|step| matches!(&step.deed, Deed::Ask(ask) if ask.action))
}

fn tells(describe: &Describe) -> Vec<&'static str> {
    let told = [
        ("busy", describe.busy.is_some()),
        ("version", describe.version.is_some()),
        ("holder_down", describe.holder_down.is_some()),
    ];
    let told = told.into_iter().filter(|(_, told)| *told);
    told.map(|(name, _)| name).collect()
}

fn credentials(auth: &Auth) -> CredentialsSummary {
    let carried = match &auth.scheme {
        Scheme::Bearer => "Authorization: Bearer".to_owned(),
        Scheme::Header(name) => format!("the header {name}"),
        Scheme::Basic => "Authorization: Basic".to_owned(),
    };
    let issuer = auth.fetch.as_ref().map(|fetch| match &fetch.issuer {
        Issuer::At(url) => url.source().to_owned(),
        Issuer::Option(name) => format!("options.{name}"),
        Issuer::Metadata => "the metadata service".to_owned(),
    });
    CredentialsSummary {
        variables: auth.credentials.values().cloned().collect(),
        carried,
        issuer,
    }
}

fn option((name, rule): (&String, &OptionRule)) -> OptionSummary {
    OptionSummary {
        name: name.clone(),
        about: rule.about.clone(),
        env: rule.env.clone(),
        default: rule.default.clone(),
        required: rule.required && rule.default.is_none(),
        rule: (rule.grammar != Grammar::Text).then(|| rule.grammar.rule()),
    }
}
