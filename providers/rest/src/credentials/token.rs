//! A token that is fetched, and how long it is good.

use std::time::{Duration, SystemTime};

use les_provider::Secret;
use minijinja::Value;
use reqwest::Url;
use tokio::time::Instant;

use crate::base_url;
use crate::clock;
use crate::preset::{Fetch, Lifetime};
use crate::template::scalar;
use crate::wire::Answered;

/// A token is renewed so long before it expires, or a tenth of its life if that is less: a takeover must not begin with a fetch.
const MARGIN: Duration = Duration::from_secs(60);

/// After a renewal that failed, the token in use is not renewed for so long: an issuer that is down must not slow down every call.
const PAUSE: Duration = Duration::from_secs(10);

/// A longer life is not believed, so that additions cannot overflow; the token is then fetched once a year.
const LONGEST_LIFE: Duration = Duration::from_secs(365 * 24 * 3_600);

/// A token in use.
pub(super) struct Token {
    pub(super) value: Secret,
    /// Where the API is, if it was told with the token.
    pub(super) base: Option<Url>,
    /// From then on a new one is fetched; from `expires` on this one is not used.
    renew: Option<Instant>,
    expires: Option<Instant>,
    /// Of which credentials.
    pub(super) generation: u64,
}

impl Token {
    /// Takes a token from its issuer's answer.
    ///
    /// # Errors
    /// What is missing or wrong, for a person; never with the answer's text.
    pub(super) fn read(
        fetch: &Fetch,
        answered: &Answered,
        names: &Value,
        generation: u64,
    ) -> Result<Self, String> {
        let context = answered.context(names);
        let value = fetch
            .token
            .value(&context)
            .ok()
            .and_then(|value| scalar(&value))
            .filter(|token| !token.is_empty() && token.bytes().all(|b| b.is_ascii_graphic()));
        let value = value.ok_or("it has no token where auth.fetch.token says")?;
        let base = match &fetch.api_base_url {
            None => None,
            Some(expression) => Some(api_base(expression.value(&context).ok())?),
        };
        let life = match &fetch.lifetime {
            None => None,
            Some(lifetime) => Some(life(lifetime, answered, &context)?),
        };
        let now = clock::now();
        Ok(Self {
            value: Secret::new(value),
            base,
            renew: life.map(|life| now + (life - MARGIN.min(life / 10))),
            expires: life.map(|life| now + life),
            generation,
        })
    }

    pub(super) fn is_fresh(&self) -> bool {
        self.renew.is_none_or(|renew| clock::now() < renew)
    }

    /// It could not be renewed.
    pub(super) fn put_off_renewal(&mut self) {
        self.renew = Some(clock::now() + PAUSE);
    }

    pub(super) fn is_valid(&self) -> bool {
        self.expires.is_none_or(|expires| clock::now() < expires)
    }
}

fn api_base(value: Option<Value>) -> Result<Url, String> {
    let text = value.and_then(|value| scalar(&value)).ok_or(
        "it has no address of the API where auth.fetch.api_base_url says (is the region right?)",
    )?;
    let url = base_url::parse(&text).map_err(|rule| {
        format!(
            "the address of the API, {:?}, {rule}",
            base_url::without_user(&text)
        )
    })?;
    if base_url::may_see_credentials(&url) {
        Ok(url)
    } else {
        Err(format!(
            "the address of the API, {url}, is not https://: the token would be readable on its way"
        ))
    }
}

fn life(lifetime: &Lifetime, answered: &Answered, context: &Value) -> Result<Duration, String> {
    let number = |value: &Value| f64::try_from(value.clone()).ok();
    let found = match lifetime {
        Lifetime::For(expression) => {
            let seconds = expression.value(context).ok().as_ref().and_then(number);
            seconds.and_then(|seconds| Duration::try_from_secs_f64(seconds).ok())
        }
        Lifetime::Until(expression) => {
            let value = expression.value(context).ok();
            let then = value.as_ref().and_then(moment);
            let sent = answered.sent.unwrap_or_else(clock::wall);
            then.map(|then| then.duration_since(sent).unwrap_or_default())
        }
    };
    found
        .map(|life| life.min(LONGEST_LIFE))
        .ok_or_else(|| "it does not say when the token expires where auth.fetch says".to_owned())
}

/// RFC 3339, or Unix time in seconds.
fn moment(value: &Value) -> Option<SystemTime> {
    if let Some(text) = value.as_str() {
        return humantime::parse_rfc3339(text)
            .or_else(|_| humantime::parse_rfc3339_weak(text))
            .ok();
    }
    let seconds = Duration::try_from_secs_f64(f64::try_from(value.clone()).ok()?).ok()?;
    SystemTime::UNIX_EPOCH.checked_add(seconds)
}
