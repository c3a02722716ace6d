//! The rules of authorisation and of options.

use std::collections::BTreeMap;

use reqwest::Method;

use super::checker::{Checked, Checker};
use super::names::{BASE, FETCH, with_answer};
use crate::base_url;
use crate::preset::raw::{RawAuth, RawFetch, RawOption};
use crate::preset::{Auth, Fetch, Grammar, Issuer, Lifetime, OptionRule, Request, Scheme};
use crate::template::UrlTemplate;

/// Ways to be authorised, and options, that one preset may have: clouds have two or three, and a dozen.
const MAX_ENTRIES: usize = 32;

impl Checker<'_> {
    pub(super) fn options(
        &self,
        raw: BTreeMap<String, RawOption>,
    ) -> Checked<BTreeMap<String, OptionRule>> {
        self.few("option", raw.len())?;
        let options = raw.into_iter().map(|(name, option)| {
            let key = format!("option.{name}");
            self.identifier(&key, &name)?;
            let rule = self.option(&key, option)?;
            Ok((name, rule))
        });
        options.collect()
    }

    fn option(&self, key: &str, raw: RawOption) -> Checked<OptionRule> {
        let grammar = match &raw.grammar {
            Some(grammar) => self.parsed(&format!("{key}.grammar"), grammar, Grammar::parse)?,
            None => Grammar::Text,
        };
        if !raw.env.is_empty() {
            self.env_names(&format!("{key}.env"), &raw.env)?;
        }
        if let Some(default) = raw.default.as_deref().filter(|d| !grammar.accepts(d)) {
            return Err(self.fault(&format!("{key}.default"), default, grammar.rule()));
        }
        Ok(OptionRule {
            required: raw.required.unwrap_or(raw.default.is_none()),
            about: raw.about,
            env: raw.env,
            default: raw.default,
            grammar,
        })
    }

    pub(super) fn auths(
        &self,
        raw: Vec<RawAuth>,
        options: &BTreeMap<String, OptionRule>,
    ) -> Checked<Vec<Auth>> {
        self.few("auth", raw.len())?;
        if raw.is_empty() {
            return Err(self.missing("auth", "expected one or more ways to be authorised"));
        }
        let only = raw.len() == 1;
        let auths = raw.into_iter().enumerate().map(|(index, auth)| {
            let at = if only {
                "auth".to_owned()
            } else {
                format!("auth[{index}]")
            };
            self.auth(&at, auth, options)
        });
        auths.collect()
    }

    fn auth(
        &self,
        at: &str,
        raw: RawAuth,
        options: &BTreeMap<String, OptionRule>,
    ) -> Checked<Auth> {
        let scheme = match (raw.kind.as_str(), &raw.header) {
            ("bearer", None) => Scheme::Bearer,
            ("basic", None) => Scheme::Basic,
            ("header", Some(name)) => Scheme::Header(self.header(&format!("{at}.header"), name)?),
            ("header", None) => {
                let rule = "expected the name of the header that carries the token";
                return Err(self.missing(&format!("{at}.header"), rule));
            }
            ("bearer" | "basic", Some(name)) => {
                let rule = "only kind = \"header\" has it";
                return Err(self.fault(&format!("{at}.header"), name, rule));
            }
            (other, _) => {
                let rule = "expected bearer, header or basic";
                return Err(self.fault(&format!("{at}.kind"), other, rule));
            }
        };
        let fetch = raw
            .fetch
            .map(|fetch| {
                let check = self.knowing("credentials", raw.credentials.keys());
                check.fetch(&format!("{at}.fetch"), fetch, options)
            })
            .transpose()?;
        self.credentials(at, &scheme, fetch.as_ref(), &raw.credentials)?;
        Ok(Auth {
            scheme,
            credentials: raw.credentials,
            fetch: fetch.map(Box::new),
        })
    }

    fn credentials(
        &self,
        at: &str,
        scheme: &Scheme,
        fetch: Option<&Fetch>,
        raw: &BTreeMap<String, Vec<String>>,
    ) -> Checked<()> {
        for (name, variables) in raw {
            let key = format!("{at}.credentials.{name}");
            self.identifier(&key, name)?;
            self.env_names(&key, variables)?;
        }
        let expected = Auth::sent_as_they_are(scheme);
        let mut sorted = expected.to_vec();
        sorted.sort_unstable();
        if fetch.is_none() && !raw.keys().eq(sorted.iter()) {
            let names: Vec<&str> = raw.keys().map(String::as_str).collect();
            let rule = format!("expected exactly {}", expected.join(" and "));
            return Err(self.fault(&format!("{at}.credentials"), &names.join(", "), rule));
        }
        if fetch.is_some() && *scheme == Scheme::Basic {
            let rule = "a token that is fetched is sent as bearer or in a header";
            return Err(self.fault(&format!("{at}.kind"), "basic", rule));
        }
        Ok(())
    }

    fn fetch(
        &self,
        at: &str,
        raw: RawFetch,
        options: &BTreeMap<String, OptionRule>,
    ) -> Checked<Fetch> {
        let key = |key: &str| format!("{at}.{key}");
        let answer = with_answer(&["options"]);
        let lifetime = match (raw.expires_at, raw.expires_in) {
            (None, None) => None,
            (Some(at), None) => Some(Lifetime::Until(self.expression(
                &key("expires_at"),
                &at,
                &answer,
            )?)),
            (None, Some(after)) => Some(Lifetime::For(self.expression(
                &key("expires_in"),
                &after,
                &answer,
            )?)),
            (Some(_), Some(after)) => {
                let rule = "a token has either `expires_at` or `expires_in`";
                return Err(self.fault(&key("expires_in"), &after, rule));
            }
        };
        let method = match raw.method.as_deref() {
            None | Some("POST") => Method::POST,
            Some("GET") => Method::GET,
            Some("PUT") => Method::PUT,
            Some(other) => {
                return Err(self.fault(&key("method"), other, "expected POST, GET or PUT"));
            }
        };
        Ok(Fetch {
            issuer: self.issuer(at, raw.base_url, raw.base_option, raw.on, options)?,
            request: Request {
                method,
                path: self.path(&key("path"), &raw.path, FETCH)?,
                headers: self.headers(&key("headers"), &raw.headers, FETCH)?,
                body: self.body(at, raw.json.as_deref(), raw.form.as_deref(), FETCH)?,
                timeout: None,
            },
            token: self.expression(&key("token"), &raw.token, &answer)?,
            lifetime,
            api_base_url: self.optional(
                &key("api_base_url"),
                raw.api_base_url.as_deref(),
                &answer,
            )?,
        })
    }

    fn issuer(
        &self,
        at: &str,
        base_url: Option<String>,
        base_option: Option<String>,
        on: Option<String>,
        options: &BTreeMap<String, OptionRule>,
    ) -> Checked<Issuer> {
        match (base_url, base_option, on) {
            (Some(url), None, None) => Ok(Issuer::At(self.base(&format!("{at}.base_url"), &url)?)),
            (None, Some(option), None) => match options.get(&option) {
                Some(rule) if rule.grammar == Grammar::Url => Ok(Issuer::Option(option)),
                Some(_) | None => {
                    let rule = "expected the name of an option whose grammar is url";
                    Err(self.fault(&format!("{at}.base_option"), &option, rule))
                }
            },
            (None, None, Some(on)) if on == "metadata" => Ok(Issuer::Metadata),
            (None, None, Some(on)) => {
                Err(self.fault(&format!("{at}.on"), &on, "expected metadata"))
            }
            _ => {
                let rule = "expected exactly one of base_url, base_option and on";
                Err(self.missing(&format!("{at}.base_url"), rule))
            }
        }
    }

    /// A base URL, in which options may stand.
    pub(super) fn base(&self, key: &str, text: &str) -> Checked<UrlTemplate> {
        let shown = base_url::without_user(text);
        let template =
            UrlTemplate::parse(text, BASE).map_err(|rule| self.fault(key, &shown, rule))?;
        self.known_members(key, &shown, template.members())?;
        if template.is_literal() {
            self.url(key, text)?;
        }
        Ok(template)
    }

    fn few(&self, key: &str, count: usize) -> Checked<()> {
        if count > MAX_ENTRIES {
            Err(self.fault(key, &count.to_string(), format!("{MAX_ENTRIES} at most")))
        } else {
            Ok(())
        }
    }
}
