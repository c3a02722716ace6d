//! Providers that talk to Prism, and presets that break a description.

use std::time::Duration;

use les_provider::{ProviderError, Target};
use les_provider_rest::{Credentials, Options, Preset, RestProvider, Settings, Timing};

/// A credential of no account, in a form that every preset accepts.
const SECRET: &str = "of_no_account";

/// For answers of a server that does nothing.
const QUICK: Timing = Timing {
    settle: Some(Duration::from_millis(1)),
    action_interval: Some(Duration::from_millis(1)),
    ..Timing::UNCHANGED
};

pub(crate) fn target(id: &str) -> Target {
    Target(id.to_owned())
}

/// An environment in which every variable for a credential holds one of no account.
fn credentials(preset: &Preset) -> Credentials {
    let environment = |name: &str| {
        let other = name.ends_with("_FILE") || name == "CREDENTIALS_DIRECTORY";
        (!other).then(|| SECRET.to_owned())
    };
    Credentials::lookup(preset, &environment).expect("credentials")
}

/// A provider that talks to Prism, from a preset's text; this machine is `target`.
pub(crate) fn provider(base: &str, preset: &str, target: &str) -> RestProvider {
    configured_provider(base, preset, target, &[], QUICK)
}

/// The same with `provider.options` and other times.
pub(crate) fn configured_provider(
    base: &str,
    preset: &str,
    target: &str,
    configured: &[(&str, &str)],
    timing: Timing,
) -> RestProvider {
    let preset = Preset::parse("the preset under test", preset).expect("a preset");
    let configured = configured
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
        .collect();
    let options = Options {
        base_url: Some(base.to_owned()),
        target: Some(target.to_owned()),
        settings: Settings::lookup(&preset, &configured, &|_| None).expect("settings"),
        timing,
        ..Options::new(credentials(&preset))
    };
    RestProvider::new(preset, options).expect("a provider")
}

/// A preset with one text in it replaced, which must be there.
pub(crate) fn mutated(preset: &str, from: &str, to: &str) -> String {
    let mutated = preset.replacen(from, to, 1);
    assert_ne!(mutated, preset, "the preset has no {from:?}");
    mutated
}

/// What a mutation is, a text of the preset, and what it is replaced with.
pub(crate) type Mutation = (&'static str, &'static str, &'static str);

/// The oracle can say no: a call by each mutation of the preset ends in a refusal.
pub(crate) async fn assert_each_refused(
    preset: &str,
    mutations: &[Mutation],
    call: impl AsyncFn(&str) -> Result<(), ProviderError>,
    is_refusal: impl Fn(&ProviderError) -> bool,
) {
    for (what, from, to) in mutations {
        let error = call(&mutated(preset, from, to)).await.expect_err(what);
        assert!(is_refusal(&error), "{what}: {:?}: {error}", error.kind);
    }
}
