//! A fake Keystone: tokens for credentials, and the catalogue. The bodies are those of the real one (tests/openstack).

use std::sync::{Arc, Mutex, PoisonError};

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use les_provider::memory::{Asked, Refusal};
use les_provider::{ErrorKind, Operation};
use serde_json::{Value, json};

use super::super::refused::{self, Wording};
use super::super::stage::{fixture, header};
use super::fake::OpenStack;

pub(super) const ID: &str = "81bef3dd7a0d4a1080159cf9efce48a4";
pub(super) const SECRET: &str = "Ua1w4G5PsbfGnoG2Sfe-5ecre7";
pub(super) const USER: &str = "les";
pub(super) const PASSWORD: &str = "pa55w0rd-5ecre7";
pub(super) const PROJECT: &str = "8734711524874c1680df4e703d2bdbf2";

/// When the fixture's token was issued; it is good for an hour from then.
const ISSUED: &str = "Mon, 23 Nov 2026 17:33:02 GMT";

/// What is in all tokens, to be searched for in texts.
pub(super) const TOKEN: &str = "gAAAAABr5ecre7-";

/// The tokens that have been given, and what they are good for.
#[derive(Clone, Default)]
pub(super) struct Tokens {
    shared: Arc<Mutex<Given>>,
}

#[derive(Default)]
struct Given {
    count: usize,
    revoked: usize,
}

impl Tokens {
    fn with<R>(&self, work: impl FnOnce(&mut Given) -> R) -> R {
        work(&mut self.shared.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn give(&self) -> String {
        self.with(|given| {
            given.count += 1;
            format!("{TOKEN}{}", given.count)
        })
    }

    /// Every token so far is refused from now on.
    pub(super) fn revoke(&self) {
        self.with(|given| given.revoked = given.count);
    }

    /// The request bears a token that is good.
    pub(super) fn admit(&self, headers: &HeaderMap) -> bool {
        let number = header(headers, "x-auth-token").and_then(|text| text.strip_prefix(TOKEN));
        let number = number.and_then(|text| text.parse::<usize>().ok());
        number.is_some_and(|number| {
            self.with(|given| number > given.revoked && number <= given.count)
        })
    }
}

/// What the fake's Keystone answers, beyond the usual.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Catalogue {
    /// Neutron in one region.
    OneRegion,
    /// Neutron in two.
    TwoRegions,
    /// No Neutron.
    NoNetwork,
}

/// How Keystone words its refusals.
pub(super) struct Keystone;

type Refused = refused::Refused<Keystone>;

impl Refused {
    fn recorded(status: StatusCode, file: &str, kind: ErrorKind) -> Self {
        Self::new(status, fixture(&format!("openstack/{file}")), kind)
    }

    fn malformed() -> Self {
        let message = "Expecting to find identity in auth.";
        let body = json!({"error": {"code": 400, "message": message, "title": "Bad Request"}});
        Self::new(StatusCode::BAD_REQUEST, body, ErrorKind::Misconfigured)
    }
}

impl Wording for Keystone {
    fn refusal(_: Refusal) -> Refused {
        Refused::malformed()
    }
    fn denied() -> Refused {
        let kind = ErrorKind::Denied;
        Refused::recorded(StatusCode::UNAUTHORIZED, "wrong_secret.json", kind)
    }
    fn by_fault(kind: ErrorKind) -> Refused {
        Refused::new(StatusCode::SERVICE_UNAVAILABLE, Value::Null, kind)
    }
    /// It never says how long to wait.
    fn headers(_: ErrorKind) -> Vec<(&'static str, String)> {
        Vec::new()
    }
}

/// The two bodies that are answered with a token, to the letter.
fn admit(body: &Value) -> Result<(), Refused> {
    let identity = &body["auth"]["identity"];
    let by_credential = |id: &Value, secret: &Value| {
        json!({"auth": {"identity": {
            "methods": ["application_credential"],
            "application_credential": {"id": id, "secret": secret},
        }}})
    };
    let credential = &identity["application_credential"];
    if *body == by_credential(&credential["id"], &credential["secret"]) {
        if credential["id"] != ID {
            let file = "unknown_credential.json";
            return Err(Refused::recorded(
                StatusCode::NOT_FOUND,
                file,
                ErrorKind::Denied,
            ));
        }
        return (credential["secret"] == SECRET)
            .then_some(())
            .ok_or_else(Keystone::denied);
    }
    let password = &identity["password"]["user"]["password"];
    let scopes = [
        json!({"project": {"id": PROJECT}}),
        json!({"project": {"name": "web", "domain": {"name": "Default"}}}),
    ];
    let by_password = |scope: &Value| {
        json!({"auth": {
            "identity": {
                "methods": ["password"],
                "password": {"user": {"name": USER, "password": password, "domain": {"name": "Default"}}},
            },
            "scope": scope,
        }})
    };
    if !scopes.iter().any(|scope| *body == by_password(scope)) {
        return Err(Refused::malformed());
    }
    (*password == PASSWORD)
        .then_some(())
        .ok_or_else(Keystone::denied)
}

/// `POST /v3/auth/tokens`
pub(super) async fn issue(
    State(openstack): State<OpenStack>,
    Json(body): Json<Value>,
) -> Result<Response, Refused> {
    let asked = Asked {
        operation: Operation::Token,
        address: None,
        target: None,
        admitted: true,
    };
    let work = async |_, _| -> Result<Response, Refused> {
        admit(&body)?;
        let mut answer = fixture("openstack/token.json");
        answer["token"]["expires_at"] = openstack.expires_at.into();
        answer["token"]["catalog"] = openstack.catalogue();
        let headers = [
            ("x-subject-token", openstack.tokens.give()),
            ("date", ISSUED.to_owned()),
        ];
        Ok((StatusCode::CREATED, headers, Json(answer)).into_response())
    };
    openstack.cloud.receive(asked, work).await
}

impl OpenStack {
    /// The endpoint that a test uses is the first region's public one. The others lead nowhere.
    fn catalogue(&self) -> Value {
        let mut catalogue = fixture("openstack/token.json")["token"]["catalog"].clone();
        let services = catalogue.as_array_mut().expect("a list");
        let network = services
            .iter_mut()
            .find(|service| service["type"] == "network");
        let endpoints = network.expect("Neutron")["endpoints"].as_array_mut();
        let endpoints = endpoints.expect("a list");
        for endpoint in endpoints.iter_mut() {
            let place = if endpoint["interface"] == "public" {
                "network/"
            } else {
                "internal"
            };
            endpoint["url"] = format!("{}/{place}", self.base()).into();
        }
        let mut elsewhere = endpoints[0].clone();
        elsewhere["region"] = "RegionTwo".into();
        elsewhere["region_id"] = "RegionTwo".into();
        elsewhere["url"] = format!("{}/elsewhere", self.base()).into();
        match self.catalogue {
            Catalogue::OneRegion => (),
            Catalogue::TwoRegions => endpoints.push(elsewhere),
            Catalogue::NoNetwork => services.retain(|service| service["type"] != "network"),
        }
        catalogue
    }
}
