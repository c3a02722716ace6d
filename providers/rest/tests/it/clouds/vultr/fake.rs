//! A fake Vultr, written from its API's documentation; the bodies are those of its own client library.

use std::time::Duration;

use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::routing::{get, post};
use axum::{Json, Router};
use les_provider::conformance::{Locking, Names};
use les_provider::memory::{Asked, Behaviour, Landing, MemoryCloud, Refusal};
use les_provider::{AddressId, ErrorKind, Operation, Target};
use les_provider_rest::{Preset, RestProvider};
use serde::Deserialize;
use serde_json::{Value, json};

use super::super::refused::{self, Wording};
use super::super::stage::{Stage, Wiring, bearer, cloud, fixture, serve};
use super::super::two_calls::{Moment, Rival, TwoCalls};

pub(super) const KEY: &str = "VULTRKEY5ECRE7";
const WRONG: &str = "VULTRKEYWR0NG";
pub(super) const ID: &str = "6a31648d-ebfa-4d43-9a00-9c9f0e5048f5";
pub(super) const IP: &str = "203.0.113.7";
pub(super) const ME: &str = "2b9bf5fb-1644-4e0a-b706-1116ab64d783";
pub(super) const OTHER: &str = "14b3e7d6-ffb5-4994-8502-57fcd9db3b33";
pub(super) const RIVAL: &str = "4f0f12e5-1f84-404f-aa84-85f431ea5ec2";

pub(super) fn target(id: &str) -> Target {
    Target(id.to_owned())
}

#[derive(Clone)]
struct Vultr {
    cloud: MemoryCloud,
    rival: Rival,
    /// Reserved IPs on a page of the list.
    per_page: usize,
    /// Where all instances are; the reserved IP is in `ewr`.
    region: &'static str,
}

impl Vultr {
    fn asked<'a>(
        operation: Operation,
        headers: &HeaderMap,
        address: Option<&'a AddressId>,
        target: Option<&'a Target>,
    ) -> Asked<'a> {
        Asked {
            operation,
            address,
            target,
            admitted: bearer(headers) == Some(KEY),
        }
    }

    /// Vultr answers before a write is over; a write that fails there is refused here.
    async fn write(
        &self,
        asked: Asked<'_>,
        address: &AddressId,
        to: Option<&Target>,
    ) -> Result<StatusCode, Refused> {
        self.cloud
            .receive(asked, async |call, passage| {
                if passage.landing == Landing::Failed {
                    self.cloud
                        .carry_out::<Refused>(call, address, to, None, passage)
                        .await?;
                } else {
                    self.cloud.accept(call, address, to, None, passage).await?;
                }
                Ok(StatusCode::NO_CONTENT)
            })
            .await
    }
}

type Refused = refused::Refused<Vultr>;
type Answer = refused::Answer<Vultr>;

impl Refused {
    /// `{error, status}`, as every refusal of this API.
    fn saying(status: StatusCode, text: &str, kind: ErrorKind) -> Self {
        let body = json!({ "error": text, "status": status.as_u16() });
        Self::new(status, body, kind)
    }
}

impl Wording for Vultr {
    fn refusal(refusal: Refusal) -> Refused {
        let (status, text) = match refusal {
            Refusal::NoSuchAddress => (StatusCode::NOT_FOUND, "Invalid reserved-ip ID"),
            Refusal::NoSuchTarget => (StatusCode::NOT_FOUND, "Invalid instance ID"),
            Refusal::Locked | Refusal::Held | Refusal::Changed | Refusal::TargetHasAddress => (
                StatusCode::BAD_REQUEST,
                "Floating IPv4 address is already attached to another server",
            ),
        };
        Refused::saying(status, text, refusal.kind())
    }
    fn denied() -> Refused {
        let text = "Invalid API token.";
        Refused::saying(StatusCode::UNAUTHORIZED, text, ErrorKind::Denied)
    }
    fn by_fault(kind: ErrorKind) -> Refused {
        match kind {
            ErrorKind::Throttled { .. } => {
                Refused::saying(StatusCode::TOO_MANY_REQUESTS, "Rate limit exceeded", kind)
            }
            ErrorKind::InProgress => Refusal::Locked.into(),
            _ => Refused::saying(StatusCode::SERVICE_UNAVAILABLE, "Unavailable", kind),
        }
    }
}

fn router(vultr: Vultr) -> Router {
    Router::new()
        .route("/v2/reserved-ips", get(list))
        .route("/v2/reserved-ips/{id}", get(describe))
        .route("/v2/reserved-ips/{id}/attach", post(attach))
        .route("/v2/reserved-ips/{id}/detach", post(detach))
        .route("/v2/instances/{id}", get(instance))
        .route(
            "/metadata/v1.json",
            get(async || Json(json!({"instance-v2-id": ME, "instanceid": "42872224"}))),
        )
        .with_state(vultr)
}

#[derive(Deserialize)]
struct Page {
    per_page: usize,
    cursor: Option<String>,
}

/// Other reserved IPs first, ours on the last page.
async fn list(State(vultr): State<Vultr>, Query(page): Query<Page>, headers: HeaderMap) -> Answer {
    assert_eq!(page.per_page, 500);
    let asked = Vultr::asked(Operation::Locate, &headers, None, None);
    let work = async |_, _| -> Answer {
        let example = &fixture("vultr/reserved_ips.json")["reserved_ips"][0];
        let all: Vec<Value> = (0..3)
            .map(|number| {
                let mut one = example.clone();
                if number == 2 {
                    one["id"] = ID.into();
                    one["subnet"] = IP.into();
                } else {
                    one["id"] = format!("00000000-0000-4000-8000-00000000000{number}").into();
                    one["subnet"] = format!("198.51.100.{number}").into();
                }
                one
            })
            .collect();
        let start = page.cursor.as_deref().map_or(0, |cursor| {
            let position = cursor.strip_prefix("bmV4dF9f");
            position
                .and_then(|at| at.parse().ok())
                .expect("a cursor of ours")
        });
        let end = (start + vultr.per_page).min(all.len());
        let next = if end < all.len() {
            format!("bmV4dF9f{end}")
        } else {
            String::new()
        };
        let meta = json!({"total": all.len(), "links": {"next": next, "prev": ""}});
        Ok(Json(json!({"reserved_ips": all[start..end], "meta": meta})))
    };
    vultr.cloud.receive(asked, work).await
}

async fn describe(
    State(vultr): State<Vultr>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Answer {
    let address = AddressId(id);
    let asked = Vultr::asked(Operation::Observe, &headers, Some(&address), None);
    let work = async |_, passage| -> Answer {
        let reading = vultr.cloud.reading(&address, passage)?;
        let mut body = fixture("vultr/reserved_ip_free.json");
        body["reserved_ip"]["id"] = address.0.clone().into();
        body["reserved_ip"]["subnet"] = IP.into();
        if let Some(holder) = reading.holder {
            body["reserved_ip"]["instance_id"] = holder.0.into();
        }
        Ok(Json(body))
    };
    vultr.cloud.receive(asked, work).await
}

async fn attach(
    State(vultr): State<Vultr>,
    Path(id): Path<String>,
    headers: HeaderMap,
    Json(wanted): Json<Value>,
) -> Result<StatusCode, Refused> {
    let Some(to) = wanted["instance_id"].as_str().map(target) else {
        let text = "instance_id must be a string";
        let status = StatusCode::BAD_REQUEST;
        return Err(Refused::saying(status, text, ErrorKind::Misconfigured));
    };
    let address = AddressId(id);
    let asked = Vultr::asked(Operation::Assign, &headers, Some(&address), Some(&to));
    vultr.write(asked, &address, Some(&to)).await
}

async fn detach(
    State(vultr): State<Vultr>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Result<StatusCode, Refused> {
    let address = AddressId(id);
    let asked = Vultr::asked(Operation::Release, &headers, Some(&address), None);
    let answer = vultr.write(asked, &address, None).await;
    vultr.rival.at(Moment::Detached);
    answer
}

async fn instance(
    State(vultr): State<Vultr>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Answer {
    let target = Target(id);
    let asked = Vultr::asked(Operation::Target, &headers, None, Some(&target));
    let work = async |_, _| -> Answer {
        let known = vultr.cloud.with(|world, _| world.machine(&target));
        known.ok_or(Refusal::NoSuchTarget)?;
        let mut body = fixture("vultr/instance.json");
        body["instance"]["id"] = target.0.clone().into();
        body["instance"]["region"] = vultr.region.into();
        vultr.rival.at(Moment::TargetRead);
        Ok(Json(body))
    };
    vultr.cloud.receive(asked, work).await
}

/// How a fresh fake differs from the usual one.
pub(super) struct Setting {
    pub(super) action_takes: Duration,
    pub(super) rival: Option<Moment>,
    /// As the operator configures it.
    pub(super) address: &'static str,
    pub(super) per_page: usize,
    /// Where all instances are; the reserved IP is in `ewr`.
    pub(super) region: &'static str,
}

pub(super) const USUAL: Setting = Setting {
    action_takes: Duration::ZERO,
    rival: None,
    address: IP,
    per_page: 500,
    region: "ewr",
};

pub(super) async fn fresh(setting: Setting) -> TwoCalls {
    let address = AddressId(ID.to_owned());
    let names = Names {
        address: AddressId(setting.address.to_owned()),
        unknown_address: AddressId("203.0.113.99".to_owned()),
        me: target(ME),
        other: target(OTHER),
        unknown_target: target("00000000-0000-4000-8000-000000000099"),
        secrets: vec![KEY.to_owned(), WRONG.to_owned()],
        locking: Locking::Absent,
        tells_holder_down: false,
    };
    let behaviour = Behaviour {
        action_takes: setting.action_takes,
        moves_in_one_call: false,
        ..Behaviour::default()
    };
    let cloud = cloud(behaviour, &address, &[&names.me, &names.other]);
    let vultr = Vultr {
        cloud: cloud.clone(),
        rival: Rival::new(&cloud, &address, target(RIVAL), setting.rival),
        per_page: setting.per_page,
        region: setting.region,
    };
    let base = serve(router(vultr)).await;
    TwoCalls(Stage {
        cloud,
        address,
        provider: provider_of(&base, KEY),
        refused: provider_of(&base, WRONG),
        names,
        base,
    })
}

fn provider_of(base: &str, key: &str) -> RestProvider {
    with_preset(base, key, Preset::builtin("vultr").expect("it is built in"))
}

/// A provider of a preset's text on this fake.
pub(super) fn with_preset(base: &str, key: &str, preset: Preset) -> RestProvider {
    let wiring = Wiring {
        preset: "vultr",
        base_url: &format!("{base}/v2"),
        metadata_base: &format!("{base}/metadata"),
        target: None,
        settings: &[],
        environment: &[("VULTR_API_KEY", key)],
    };
    wiring.with_preset(preset)
}
