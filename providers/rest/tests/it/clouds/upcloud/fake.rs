//! A fake UpCloud, written from its API's documentation; the bodies are those that its own client library recorded.

use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::routing::get;
use axum::{Json, Router};
use les_provider::conformance::{Locking, Names};
use les_provider::memory::{Asked, Behaviour, MemoryCloud, Refusal};
use les_provider::{AddressId, ErrorKind, Operation, Target};
use serde_json::{Map, Value, json};

use super::super::refused::{self, Wording};
use super::super::stage::{Stage, Wiring, bearer, cloud, fixture, header, serve};

pub(super) const TOKEN: &str = "ucat_01DQE35ECRE7";
pub(super) const WRONG: &str = "ucat_01DQE3WR0NG";
pub(super) const USER: &str = "les";
pub(super) const PASSWORD: &str = "pa55w0rd";
/// `les:pa55w0rd` in Base64.
const BASIC: &str = "Basic bGVzOnBhNTV3MHJk";

pub(super) const IP: &str = "94.237.9.172";
/// An address of the second server that is not a floating IP.
pub(super) const NOT_FLOATING: &str = "94.237.12.73";
/// A floating IP that a load balancer has.
pub(super) const DELEGATED: &str = "94.237.9.173";
pub(super) const ME: &str = "da:45:c4:5c:21:64";
pub(super) const OTHER: &str = "da:45:c4:5c:65:6c";
/// An interface of a server in another zone, and one of a server that is being maintained.
pub(super) const ELSEWHERE: &str = "da:45:c4:5c:00:01";
pub(super) const MAINTAINED: &str = "da:45:c4:5c:00:02";

pub(super) fn mac(text: &str) -> Target {
    Target(text.to_owned())
}

/// How UpCloud words its refusals.
pub(super) struct UpCloud;

type Refused = refused::Refused<UpCloud>;
type Answer = refused::Answer<UpCloud>;

impl Refused {
    /// What is refused by its content comes as a problem (RFC 7807), everything else in the older form.
    fn saying(status: StatusCode, code: &str, message: &str, kind: ErrorKind) -> Self {
        let body = if status == StatusCode::BAD_REQUEST {
            let mut problem = fixture("upcloud/problem.json");
            let of_code = format!("https://developers.upcloud.com/1.3/errors#ERROR_{code}");
            problem["type"] = of_code.into();
            problem["title"] = message.into();
            problem
        } else {
            json!({"error": {"error_code": code, "error_message": message}})
        };
        Self::new(status, body, kind)
    }

    fn invalid() -> Self {
        Self::saying(
            StatusCode::BAD_REQUEST,
            "INVALID_REQUEST",
            "Validation error.",
            ErrorKind::Misconfigured,
        )
    }

    fn zone_mismatch() -> Self {
        Self::saying(
            StatusCode::CONFLICT,
            "ZONE_MISMATCH",
            "The zones do not match.",
            ErrorKind::Misconfigured,
        )
    }

    fn server_state_illegal() -> Self {
        Self::saying(
            StatusCode::CONFLICT,
            "SERVER_STATE_ILLEGAL",
            "The server is in the state maintenance.",
            ErrorKind::InProgress,
        )
    }
}

impl Wording for UpCloud {
    fn refusal(refusal: Refusal) -> Refused {
        let kind = refusal.kind();
        match refusal {
            Refusal::NoSuchAddress => Refused::saying(
                StatusCode::NOT_FOUND,
                "IP_ADDRESS_NOT_FOUND",
                "The IP address does not exist.",
                kind,
            ),
            Refusal::NoSuchTarget => Refused::saying(
                StatusCode::BAD_REQUEST,
                "MAC_INVALID",
                "There is no interface with this MAC address.",
                kind,
            ),
            Refusal::Locked => Refused::server_state_illegal(),
            Refusal::Changed | Refusal::TargetHasAddress | Refusal::Held => Refused::invalid(),
        }
    }
    fn denied() -> Refused {
        Refused::saying(
            StatusCode::UNAUTHORIZED,
            "AUTHENTICATION_FAILED",
            "Authentication failed using the given username and password.",
            ErrorKind::Denied,
        )
    }
    fn by_fault(kind: ErrorKind) -> Refused {
        match kind {
            ErrorKind::Throttled { .. } => Refused::saying(
                StatusCode::TOO_MANY_REQUESTS,
                "TOO_MANY_REQUESTS",
                "Too many requests.",
                kind,
            ),
            ErrorKind::InProgress => Refused::server_state_illegal(),
            _ => Refused::saying(
                StatusCode::SERVICE_UNAVAILABLE,
                "SERVICE_UNAVAILABLE",
                "The service is unavailable.",
                kind,
            ),
        }
    }
}

fn asked<'a>(
    operation: Operation,
    headers: &HeaderMap,
    address: &'a AddressId,
    target: Option<&'a Target>,
) -> Asked<'a> {
    let basic = header(headers, "authorization") == Some(BASIC);
    Asked {
        operation,
        address: Some(address),
        target,
        admitted: bearer(headers) == Some(TOKEN) || basic,
    }
}

/// A floating IP as the API shows it: without `mac` and `server` where nobody has it.
fn shown(address: &AddressId, holder: Option<Target>) -> Value {
    let mut body = match holder {
        Some(holder) => {
            let mut held = fixture("upcloud/floating_held.json");
            held["ip_address"]["mac"] = holder.0.into();
            held
        }
        None => fixture("upcloud/floating_free.json"),
    };
    body["ip_address"]["address"] = address.0.clone().into();
    if address.0 == DELEGATED {
        body["ip_address"]["is_delegated"] = "yes".into();
    }
    body
}

async fn describe(
    State(cloud): State<MemoryCloud>,
    Path(ip): Path<String>,
    headers: HeaderMap,
) -> Answer {
    let address = AddressId(ip);
    let asked = asked(Operation::Observe, &headers, &address, None);
    let work = async |_, passage| -> Answer {
        if address.0 == NOT_FLOATING {
            return Ok(Json(fixture("upcloud/not_floating.json")));
        }
        let reading = cloud.reading(&address, passage)?;
        Ok(Json(shown(&address, reading.holder)))
    };
    cloud.receive(asked, work).await
}

/// What the body asks for: exactly `{"ip_address": {"mac": text or null}}`.
fn wanted(body: &Value) -> Result<Option<Target>, Refused> {
    let only =
        |map: &Map<String, Value>, key: &str| (map.len() == 1).then(|| map.get(key).cloned());
    let inner = body.as_object().and_then(|map| only(map, "ip_address")?);
    let value = inner
        .as_ref()
        .and_then(Value::as_object)
        .and_then(|map| only(map, "mac")?);
    match value {
        Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(Target(text))),
        _ => Err(Refused::invalid()),
    }
}

async fn modify(
    State(cloud): State<MemoryCloud>,
    Path(ip): Path<String>,
    headers: HeaderMap,
    Json(body): Json<Value>,
) -> Result<(StatusCode, Json<Value>), Refused> {
    let address = AddressId(ip);
    let to = wanted(&body)?;
    let operation = if to.is_some() {
        Operation::Assign
    } else {
        Operation::Release
    };
    let asked = asked(operation, &headers, &address, to.as_ref());
    let work = async |call, passage| -> Result<(StatusCode, Json<Value>), Refused> {
        match to.as_ref().map(|to| to.0.as_str()) {
            Some(ELSEWHERE) => return Err(Refused::zone_mismatch()),
            Some(MAINTAINED) => return Err(Refused::server_state_illegal()),
            _ => (),
        }
        cloud
            .carry_out::<Refused>(call, &address, to.as_ref(), None, passage)
            .await?;
        Ok((StatusCode::ACCEPTED, Json(shown(&address, to.clone()))))
    };
    cloud.receive(asked, work).await
}

/// The machine's metadata; `several` gives it a second public IPv4 interface.
async fn metadata(Path(interfaces): Path<String>) -> Json<Value> {
    let mut body = fixture("upcloud/metadata.json");
    if interfaces == "several" {
        let all = body["network"]["interfaces"].as_array_mut();
        let mut second = fixture("upcloud/metadata.json")["network"]["interfaces"][0].clone();
        second["mac"] = OTHER.into();
        all.expect("a list").push(second);
    }
    Json(body)
}

fn router(cloud: MemoryCloud) -> Router {
    Router::new()
        .route("/1.3/ip_address/{ip}", get(describe).patch(modify))
        .route("/{interfaces}/metadata/v1.json", get(metadata))
        .with_state(cloud)
}

/// A machine of the fake.
pub(super) fn wiring<'a>(
    base_url: &'a str,
    metadata_base: &'a str,
    environment: &'a [(&'a str, &'a str)],
) -> Wiring<'a> {
    Wiring {
        preset: "upcloud",
        base_url,
        metadata_base,
        target: None,
        settings: &[],
        environment,
    }
}

/// The fake with a floating IP that nobody has, and two servers; `environment` is the provider's.
pub(super) async fn fresh(environment: &[(&str, &str)]) -> Stage {
    let address = AddressId(IP.to_owned());
    let names = Names {
        address: address.clone(),
        unknown_address: AddressId("203.0.113.99".to_owned()),
        me: mac(ME),
        other: mac(OTHER),
        unknown_target: mac("da:45:c4:5c:99:99"),
        secrets: [TOKEN, WRONG, PASSWORD].map(str::to_owned).to_vec(),
        locking: Locking::Absent,
        tells_holder_down: false,
    };
    let cloud = cloud(Behaviour::default(), &address, &[&names.me, &names.other]);
    cloud.with(|world, _| world.add_address(AddressId(DELEGATED.to_owned())));
    let base = serve(router(cloud.clone())).await;
    let (api, node) = (format!("{base}/1.3"), format!("{base}/node"));
    Stage {
        cloud,
        address,
        provider: wiring(&api, &node, environment).provider(),
        refused: wiring(&api, &node, &[("UPCLOUD_TOKEN", WRONG)]).provider(),
        names,
        base,
    }
}
