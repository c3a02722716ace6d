//! From credentials to what a request carries, and what a refusal changes about that.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use les_provider::{ErrorKind, Operation, Secret};
use minijinja::{Value, context};
use reqwest::Url;
use reqwest::header::{AUTHORIZATION, HeaderName, HeaderValue};
use tokio::sync::MutexGuard;
use tokio::time::Instant;

use super::Credentials;
use super::token::Token;
use crate::base_url;
use crate::build_error::BuildError;
use crate::clock;
use crate::failure::{CallError, failed};
use crate::preset::{Auth, Fetch, Issuer, Preset, Scheme};
use crate::settings::Settings;
use crate::wire::{Via, Wire};

/// So long after they were accepted, credentials are taken to be good still: a password can be changed at any time.
const ACCEPTED_FOR: Duration = Duration::from_secs(60);

/// Who may do what: the credentials, and the token that they gave.
pub(crate) struct Authority {
    auth: Auth,
    /// Where tokens are given.
    issuer: Option<(Url, Via)>,
    held: Mutex<Held>,
    /// Where a refused login has a price: one request at a time until these credentials have been accepted, so that several calls at once
    /// do not send several refused logins.
    first: tokio::sync::Mutex<()>,
    /// One fetch at a time; the others wait for its token.
    token: tokio::sync::Mutex<Option<Token>>,
}

struct Held {
    credentials: Credentials,
    /// Rises with every change of the credentials.
    generation: u64,
    /// These were refused, and until then they are not sent again.
    refused: Option<(u64, Instant)>,
    /// The generation that was accepted last, and when.
    accepted: Option<(u64, Instant)>,
}

impl Held {
    /// What basic authentication makes of a user and a password.
    fn basic(&self) -> Option<Secret> {
        let part = |name: &str| Some(self.credentials.parts.get(name)?.value.expose());
        let pair = format!("{}:{}", part("user")?, part("password")?);
        Some(Secret::new(BASE64_STANDARD.encode(pair)))
    }

    /// To be masked, with what is made of them.
    fn secrets(&self) -> impl Iterator<Item = Secret> {
        let values = self.credentials.values();
        values.map(|(_, secret)| secret.clone()).chain(self.basic())
    }
}

/// What one request carries.
pub(crate) struct Grant {
    pub(crate) header: (HeaderName, HeaderValue),
    /// Where the API is, if that was told with the token.
    pub(crate) base: Option<Url>,
    generation: u64,
}

impl Authority {
    pub(crate) fn new(
        preset: &Preset,
        settings: &Settings,
        metadata_base: Option<&Url>,
        credentials: Credentials,
        wire: &Wire,
    ) -> Result<Self, BuildError> {
        let auth = preset.auth[credentials.auth].clone();
        let issuer = match &auth.fetch {
            None => None,
            Some(fetch) => Some(issuer(preset, fetch, settings, metadata_base)?),
        };
        let held = Held {
            credentials,
            generation: 0,
            refused: None,
            accepted: None,
        };
        held.secrets().for_each(|secret| wire.secrets.add(&secret));
        Ok(Self {
            auth,
            issuer,
            held: Mutex::new(held),
            first: tokio::sync::Mutex::default(),
            token: tokio::sync::Mutex::default(),
        })
    }

    /// To be held over a request and its answer; `None`: requests may overlap. It is waited for as long as a request may take: a write that
    /// blocks for minutes is no login that is in doubt.
    pub(crate) async fn turn(&self, wire: &Wire) -> Option<MutexGuard<'_, ()>> {
        let limits = &wire.preset.limits;
        limits.hold_after_refused_login?;
        if self.is_accepted() {
            return None;
        }
        let turn = tokio::time::timeout(limits.request_timeout, self.first.lock()).await;
        turn.ok().filter(|_| !self.is_accepted())
    }

    /// These credentials were accepted a moment ago.
    fn is_accepted(&self) -> bool {
        self.with(|held| {
            let fresh = |at: Instant| clock::now().duration_since(at) < ACCEPTED_FOR;
            held.accepted
                .is_some_and(|(generation, at)| generation == held.generation && fresh(at))
        })
    }

    /// The cloud accepted this grant.
    pub(crate) fn accepted(&self, grant: &Grant) {
        self.with(|held| held.accepted = Some((grant.generation, clock::now())));
    }

    /// What a request carries now.
    pub(crate) async fn grant(
        &self,
        wire: &Wire,
        operation: Operation,
    ) -> Result<Grant, CallError> {
        self.refresh(wire, false);
        let Some(fetch) = &self.auth.fetch else {
            self.check_hold(operation)?;
            let (header, generation) = self.with(|held| (self.header_of(held), held.generation));
            return Ok(Grant {
                header: header.ok_or_else(|| unsendable(operation))?,
                base: None,
                generation,
            });
        };
        let mut token = self.token.lock().await;
        let generation = self.with(|held| held.generation);
        let usable =
            |token: &Option<Token>| token.as_ref().is_some_and(|t| t.generation == generation);
        if !usable(&token) || !token.as_ref().is_some_and(Token::is_fresh) {
            match self.fetch(wire, fetch).await {
                Ok(new) => *token = Some(new),
                // The old one does for now: what cannot be renewed at this moment is not lost yet.
                Err(error) => match token.as_mut().filter(|old| old.generation == generation) {
                    Some(old) if old.is_valid() => {
                        old.put_off_renewal();
                        tracing::warn!(
                            event = "token_not_renewed",
                            "the token in use is kept: {}",
                            error.error
                        );
                    }
                    Some(_) | None => return Err(error),
                },
            }
        }
        let token = token.as_ref().ok_or_else(|| unsendable(operation))?;
        Ok(Grant {
            header: self
                .token_header(&token.value)
                .ok_or_else(|| unsendable(operation))?,
            base: token.base.clone(),
            generation: token.generation,
        })
    }

    /// The cloud refused this grant. Whether there is anything new to try.
    pub(crate) async fn refused(&self, wire: &Wire, grant: &Grant) -> bool {
        let mut token = self.token.lock().await;
        let changed =
            self.refresh(wire, true) || self.with(|held| held.generation != grant.generation);
        if self.auth.fetch.is_some() {
            // Whoever was refused first has fetched a new one already, unless it is this very one.
            let header = token
                .as_ref()
                .and_then(|token| self.token_header(&token.value));
            if header.is_some_and(|(_, value)| value == grant.header.1) {
                *token = None;
            }
            return true;
        }
        if !changed {
            self.hold(wire, grant.generation);
        }
        changed
    }

    /// For a person: what to do about a refusal.
    pub(crate) fn advice(&self) -> String {
        self.with(|held| {
            let variables = held.credentials.variables();
            if held.credentials.are_in_files() {
                format!("the credentials are those of {variables}; a changed file is read without a restart (systemd copies those of LoadCredential when the service starts)")
            } else {
                let files = variables.replace(" and ", "_FILE and ");
                format!("the credentials are those of {variables}; a changed variable needs a restart, a file ({files}_FILE) does not")
            }
        })
    }

    async fn fetch(&self, wire: &Wire, fetch: &Fetch) -> Result<Token, CallError> {
        self.check_hold(Operation::Token)?;
        let is_refused = |fetched: &Result<Token, CallError>| {
            fetched
                .as_ref()
                .is_err_and(|error| error.status == Some(401))
        };
        let generation = || self.with(|held| held.generation);
        let mut sent = generation();
        let mut fetched = self.fetch_once(wire, fetch).await;
        // Another call may have read a changed file meanwhile.
        if is_refused(&fetched) && (self.refresh(wire, true) || generation() != sent) {
            sent = generation();
            fetched = self.fetch_once(wire, fetch).await;
        }
        let refused = is_refused(&fetched);
        if refused {
            self.hold(wire, sent);
        }
        fetched.map_err(|mut error| {
            let message = &error.error.message;
            error.error.message = if refused {
                format!("no token: {message}; {}", self.advice())
            } else {
                format!("no token: {message}")
            };
            error
        })
    }

    async fn fetch_once(&self, wire: &Wire, fetch: &Fetch) -> Result<Token, CallError> {
        let (credentials, generation) = self.with(|held| {
            let values = held.credentials.values();
            let exposed = values.map(|(name, secret)| (name, secret.expose()));
            (Value::from_pairs(exposed), held.generation)
        });
        let Some((base, via)) = &self.issuer else {
            return Err(unsendable(Operation::Token));
        };
        let names = context! { credentials => credentials, ..wire.names() };
        let request = wire.build(Operation::Token, base, &fetch.request, &names)?;
        let answered = wire
            .send(Operation::Token, request, &wire.names(), *via, true)
            .await?;
        let token =
            Token::read(fetch, &answered, &wire.names(), generation).map_err(|problem| {
                let message = format!(
                    "the answer of {base} is not of the form that the preset expects: {problem}"
                );
                CallError::from(failed(Operation::Token, ErrorKind::Misconfigured, message))
            })?;
        wire.secrets.add(&token.value);
        // Many tokens must not crowd them out.
        self.with(|held| held.secrets().for_each(|secret| wire.secrets.add(&secret)));
        Ok(token)
    }

    /// Reads files that have changed. Whether a credential is another one now.
    fn refresh(&self, wire: &Wire, refused: bool) -> bool {
        self.with(|held| {
            let changed = held.credentials.refresh(refused);
            if changed {
                held.generation += 1;
                held.refused = None;
                held.secrets().for_each(|secret| wire.secrets.add(&secret));
                tracing::info!(
                    event = "credentials_changed",
                    "new credentials are in use: {} changed",
                    held.credentials.variables()
                );
            }
            changed
        })
    }

    /// These credentials are not sent for a while.
    fn hold(&self, wire: &Wire, generation: u64) {
        let Some(pause) = wire.preset.limits.hold_after_refused_login else {
            return;
        };
        self.with(|held| held.refused = Some((generation, clock::now() + pause)));
    }

    fn check_hold(&self, operation: Operation) -> Result<(), CallError> {
        self.with(|held| {
            let until = held.refused.filter(|(generation, _)| *generation == held.generation);
            let left = until.and_then(|(_, until)| until.checked_duration_since(clock::now()));
            match left.filter(|left| !left.is_zero()) {
                None => Ok(()),
                Some(left) => {
                    let message = format!(
                        "the credentials of {} were refused, and this cloud locks out who repeats that: they are not sent for another {} s, unless they change",
                        held.credentials.variables(),
                        left.as_secs() + 1
                    );
                    Err(failed(operation, ErrorKind::Denied, message).into())
                }
            }
        })
    }

    fn header_of(&self, held: &Held) -> Option<(HeaderName, HeaderValue)> {
        match self.auth.scheme {
            Scheme::Bearer | Scheme::Header(_) => {
                self.token_header(&held.credentials.parts.get("token")?.value)
            }
            Scheme::Basic => sensitive(AUTHORIZATION, &format!("Basic {}", held.basic()?.expose())),
        }
    }

    fn token_header(&self, token: &Secret) -> Option<(HeaderName, HeaderValue)> {
        match &self.auth.scheme {
            Scheme::Header(name) => sensitive(name.clone(), token.expose()),
            Scheme::Bearer | Scheme::Basic => {
                sensitive(AUTHORIZATION, &format!("Bearer {}", token.expose()))
            }
        }
    }

    fn with<T>(&self, look: impl FnOnce(&mut Held) -> T) -> T {
        look(&mut self.held.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

fn sensitive(name: HeaderName, text: &str) -> Option<(HeaderName, HeaderValue)> {
    let mut value = HeaderValue::try_from(text).ok()?;
    value.set_sensitive(true);
    Some((name, value))
}

fn unsendable(operation: Operation) -> CallError {
    let message = "the credentials cannot be sent: are they one line of ASCII characters?";
    failed(operation, ErrorKind::Misconfigured, message.to_owned()).into()
}

fn issuer(
    preset: &Preset,
    fetch: &Fetch,
    settings: &Settings,
    metadata_base: Option<&Url>,
) -> Result<(Url, Via), BuildError> {
    let (key, text) = match &fetch.issuer {
        Issuer::Metadata => {
            let base = metadata_base.ok_or_else(|| BuildError::NoIdentity {
                preset: preset.name.clone(),
            })?;
            return Ok((base.clone(), Via::Metadata));
        }
        Issuer::At(template) => (
            "auth.fetch.base_url".to_owned(),
            base_url::render(template, settings)?.to_string(),
        ),
        Issuer::Option(name) => (
            format!("options.{name}"),
            settings.get(name).unwrap_or_default().to_owned(),
        ),
    };
    let url = base_url::parse(&text).map_err(|rule| BuildError::Url {
        key: "auth.fetch.base_url",
        value: base_url::without_user(&text),
        rule,
    })?;
    if base_url::may_see_credentials(&url) {
        Ok((url, Via::Cloud))
    } else {
        Err(BuildError::Insecure { key, value: text })
    }
}
