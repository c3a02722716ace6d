//! What the tests of this crate share.

use std::error::Error;
use std::fmt::Write;
use std::time::Duration;

use les_provider::{AddressId, ProviderError, Target};
use les_provider_rest::{Credentials, Options, Preset, RestProvider, Timing};

/// A token in a form of its own, so that any text can be searched for it.
pub(crate) const TOKEN: &str = "dop_v1_5ecre7";

pub(crate) fn address() -> AddressId {
    AddressId("203.0.113.7".to_owned())
}

pub(crate) fn droplet(id: u64) -> Target {
    Target(id.to_string())
}

/// The built-in preset with patience for tests.
pub(crate) fn digitalocean(base_url: &str, metadata_base: &str, token: &str) -> RestProvider {
    let preset = Preset::builtin("digitalocean").expect("it is built in");
    provider(preset, base_url, metadata_base, token)
}

pub(crate) fn provider(
    preset: Preset,
    base_url: &str,
    metadata_base: &str,
    token: &str,
) -> RestProvider {
    let credentials = credentials(&preset, token);
    let options = Options {
        base_url: Some(base_url.to_owned()),
        metadata_base: Some(metadata_base.to_owned()),
        timing: quick(),
        ..Options::new(credentials)
    };
    RestProvider::new(preset, options).expect("the options fit")
}

/// An environment in which every variable for a credential holds this one.
pub(crate) fn credentials(preset: &Preset, token: &str) -> Credentials {
    let environment = |name: &str| {
        let other = name.ends_with("_FILE") || name == "CREDENTIALS_DIRECTORY";
        (!other).then(|| token.to_owned())
    };
    Credentials::lookup(preset, &environment).expect("the token is one")
}

/// Patience for tests.
pub(crate) fn quick() -> Timing {
    Timing {
        settle: Some(Duration::ZERO),
        connect_timeout: Some(Duration::from_millis(400)),
        // Long enough for loopback on a busy machine, short enough to be waited for a dozen times.
        request_timeout: Some(Duration::from_millis(700)),
        call_timeout: Some(Duration::from_millis(3_000)),
        action_interval: Some(Duration::from_millis(5)),
        action_deadline: Some(Duration::from_millis(1_000)),
    }
}

/// Everything that a log could print of an error.
pub(crate) fn shown(error: &ProviderError) -> String {
    let mut text = format!("{error} {error:?}");
    let mut source = error.source();
    while let Some(cause) = source {
        let _ = write!(text, " {cause} {cause:?}");
        source = cause.source();
    }
    text
}
