//! The `hetzner-robot` preset against a fake Robot: the suite, and what is particular to it.

mod fake;

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use les_provider::conformance::{self, Harness, Locking, Names};
use les_provider::memory::{Behaviour, Fault, Machine};
use les_provider::{AddressId, ErrorKind, Operation, Provider, ProviderError, Target};
use les_provider_rest::{BuildError, Options, Preset, RestProvider, Timing, builtin_text};
use serde_json::json;

use super::stage::{Stage, Wiring, answering, cloud, fixture, serve};
use fake::{Fake, LOGIN, PASSWORD, USER};

const WRONG: &str = "r0b0twr0ng";

/// From the documentation's examples: a failover IP, and the main IPs of two servers.
const IP: &str = "123.123.123.123";
const ME: &str = "124.124.124.124";
const OTHER: &str = "78.46.1.93";

fn main_ip(ip: &str) -> Target {
    Target(ip.to_owned())
}

fn login(password: &str) -> [(&'static str, &str); 2] {
    [("HROBOT_USERNAME", USER), ("HROBOT_PASSWORD", password)]
}

fn wiring<'a>(base: &'a str, target: &'a str, login: &'a [(&'a str, &'a str)]) -> Wiring<'a> {
    Wiring {
        preset: "hetzner-robot",
        base_url: base,
        metadata_base: base,
        target: Some(target),
        settings: &[],
        environment: login,
    }
}

fn provider(base: &str, target: &str, password: &str) -> RestProvider {
    wiring(base, target, &login(password)).provider()
}

/// An account with two servers and a failover IP that is not routed; and how many logins it refused.
async fn counting(action_takes: Duration) -> (Stage, Arc<AtomicUsize>) {
    let names = Names {
        address: AddressId(IP.to_owned()),
        unknown_address: AddressId("123.123.123.99".to_owned()),
        me: main_ip(ME),
        other: main_ip(OTHER),
        unknown_target: main_ip("192.0.2.99"),
        secrets: vec![PASSWORD.to_owned(), LOGIN.to_owned(), WRONG.to_owned()],
        locking: Locking::Hidden,
        tells_holder_down: false,
    };
    let behaviour = Behaviour {
        action_takes,
        ..Behaviour::default()
    };
    let cloud = cloud(behaviour, &names.address, &[&names.me, &names.other]);
    let refused_logins = Arc::default();
    let base = serve(fake::router(Fake {
        cloud: cloud.clone(),
        refused_logins: Arc::clone(&refused_logins),
    }))
    .await;
    let stage = Stage {
        cloud,
        address: names.address.clone(),
        names,
        provider: provider(&base, ME, PASSWORD),
        refused: provider(&base, ME, WRONG),
        base,
    };
    (stage, refused_logins)
}

async fn fresh(action_takes: Duration) -> Stage {
    counting(action_takes).await.0
}

#[tokio::test]
async fn passes_the_suite_when_routing_takes_time() {
    conformance::run(async || fresh(Duration::from_millis(20)).await).await;
}

#[tokio::test]
async fn passes_the_suite_when_routing_is_done_at_once() {
    conformance::run(async || fresh(Duration::ZERO).await).await;
}

#[tokio::test]
async fn a_refused_login_is_never_tried_again() {
    let (stage, refused_logins) = counting(Duration::ZERO).await;
    let address = &stage.names.address;
    for _ in 0..5 {
        let error = stage.refused.observe(address).await.unwrap_err();
        assert_eq!(error.kind, ErrorKind::Denied, "{error}");
        assert!(
            stage
                .refused
                .assign(address, &main_ip(ME), None)
                .await
                .is_err()
        );
        assert!(stage.refused.release(address, &main_ip(ME)).await.is_err());
    }
    assert_eq!(
        refused_logins.load(Ordering::SeqCst),
        1,
        "three would block this machine"
    );
    stage
        .provider
        .observe(address)
        .await
        .expect("the others of this machine still get through");
}

#[tokio::test]
async fn a_mended_login_is_used_at_once() {
    let (stage, refused_logins) = counting(Duration::ZERO).await;
    let file = std::env::temp_dir().join(format!("les-robot-{}", std::process::id()));
    std::fs::write(&file, WRONG).unwrap();
    let path = file.to_str().unwrap();
    let login = [("HROBOT_USERNAME", USER), ("HROBOT_PASSWORD_FILE", path)];
    let provider = wiring(&stage.base, ME, &login).provider();
    let address = &stage.names.address;
    for _ in 0..5 {
        let error = provider.observe(address).await.unwrap_err();
        assert_eq!(error.kind, ErrorKind::Denied, "{error}");
    }
    std::fs::write(&file, format!("{PASSWORD}\n")).unwrap();
    let seen = provider.observe(address).await;
    std::fs::remove_file(&file).unwrap();
    seen.expect("the new login is good");
    assert_eq!(refused_logins.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn the_operator_is_told_which_login_is_meant_and_what_three_of_them_do() {
    let stage = fresh(Duration::ZERO).await;
    let error = stage
        .refused
        .observe(&stage.names.address)
        .await
        .unwrap_err();
    for said in ["Web service and app settings", "10 minutes"] {
        assert!(error.message.contains(said), "{error}");
    }
}

#[tokio::test]
async fn an_address_that_is_already_routed_here_is_a_success_without_a_further_call() {
    let stage = fresh(Duration::ZERO).await;
    stage.set_holder(Some(&main_ip(ME))).await;
    let address = &stage.names.address;
    stage
        .provider
        .assign(address, &main_ip(ME), None)
        .await
        .unwrap();
    assert_eq!(stage.asked(Operation::Assign), 1);
    assert_eq!(
        stage.asked(Operation::Observe),
        0,
        "readings are a hundred an hour"
    );
}

#[tokio::test]
async fn a_network_is_routed_to_the_network_of_a_server() {
    let stage = fresh(Duration::ZERO).await;
    let network = AddressId("2a01:4f8:fff1::".to_owned());
    let own = main_ip("2a01:4f8:0:5176::");
    stage.cloud.with(|world, _| {
        world.add_address(network.clone());
        world.set_machine(own.clone(), Machine::Running);
    });
    let provider = provider(&stage.base, &own.0, PASSWORD);
    provider.assign(&network, &own, None).await.unwrap();
    let seen = provider.observe(&network).await.unwrap();
    assert_eq!(seen.holder.as_ref(), Some(&own));
    provider.release(&network, &own).await.unwrap();
    let moves = stage.cloud.with(|world, _| world.moves(&network));
    assert_eq!(moves, [Some(own), None]);
}

/// The preset's own 180 s, beside a reading's patience of 0.7 s.
#[tokio::test]
async fn a_slow_routing_is_waited_for_beyond_the_timeout_of_a_reading() {
    let routing_takes = Duration::from_millis(1_500);
    let stage = fresh(routing_takes).await;
    let text = builtin_text("hetzner-robot").expect("it is built in");
    let quick = text
        .replace("connect_timeout = \"3s\"", "connect_timeout = \"400ms\"")
        .replace("request_timeout = \"10s\"", "request_timeout = \"700ms\"");
    let preset = Preset::parse("quick", &quick).unwrap();
    let provider = wiring(&stage.base, ME, &login(PASSWORD)).with_timing(preset, Timing::UNCHANGED);
    let address = &stage.names.address;
    provider.assign(address, &main_ip(ME), None).await.unwrap();
    assert_eq!(stage.holder().await, Some(main_ip(ME)));
}

#[tokio::test]
async fn a_window_of_an_hour_is_no_wait_of_an_hour() {
    let stage = fresh(Duration::ZERO).await;
    let window = Fault::Throttled {
        retry_after: Some(Duration::from_secs(3_600)),
    };
    stage.inject_times(Operation::Observe, window, 1);
    let error = stage
        .provider
        .observe(&stage.names.address)
        .await
        .unwrap_err();
    let retry_after = Some(Duration::from_secs(300));
    assert_eq!(error.kind, ErrorKind::Throttled { retry_after });
}

/// Robot does not say how many calls are left: the node counts its own.
#[tokio::test]
async fn half_of_what_robot_allows_is_left_for_takeovers() {
    let stage = fresh(Duration::ZERO).await;
    let mut readings = 0;
    while stage.provider.routine_pause() == Duration::ZERO {
        stage.provider.observe(&stage.names.address).await.unwrap();
        readings += 1;
        assert!(readings <= 50, "Robot allows 100");
    }
}

/// The codes of the documentation: status, code, on what a move ends, and what is said.
const REFUSALS: &[(u16, &str, ErrorKind, &str)] = &[
    (400, "INVALID_INPUT", ErrorKind::Misconfigured, "main IP"),
    (403, "FORBIDDEN", ErrorKind::Denied, "the cloud's words"),
    (
        404,
        "NOT_FOUND",
        ErrorKind::NotFound,
        "failover IP of this account",
    ),
    (
        404,
        "FAILOVER_NEW_SERVER_NOT_FOUND",
        ErrorKind::NotFound,
        "main IP",
    ),
    (
        409,
        "FAILOVER_LOCKED",
        ErrorKind::InProgress,
        "the cloud's words",
    ),
    (409, "CONFLICT", ErrorKind::Conflict, "the cloud's words"),
    (
        500,
        "FAILOVER_FAILED",
        ErrorKind::MaybeApplied,
        "the cloud's words",
    ),
    (
        500,
        "FAILOVER_NOT_COMPLETE",
        ErrorKind::MaybeApplied,
        "the cloud's words",
    ),
    (
        503,
        "UNAVAILABLE",
        ErrorKind::Transient,
        "the cloud's words",
    ),
];

/// What a move ends on if it is refused so; readings work, and another server has the address.
async fn refused_move(status: u16, code: &str) -> ProviderError {
    let refusal =
        json!({ "error": { "status": status, "code": code, "message": "the cloud's words" } });
    let base = answering(move |method, _| match method {
        "GET" => (200, fixture("hetzner-robot/failover.json")),
        _ => (status, refusal.clone()),
    })
    .await;
    let address = AddressId(IP.to_owned());
    let moved = provider(&base, OTHER, PASSWORD)
        .assign(&address, &main_ip(OTHER), None)
        .await;
    moved.expect_err("the move is refused")
}

#[tokio::test]
async fn every_code_tells_the_caller_what_it_may_do() {
    for (status, code, kind, said) in REFUSALS {
        let error = refused_move(*status, code).await;
        assert_eq!(error.kind, *kind, "{status} {code}: {error}");
        assert!(error.message.contains(said), "{status} {code}: {error}");
    }
}

#[tokio::test]
async fn an_answer_that_does_not_say_where_the_address_is_proves_nothing() {
    let elsewhere = fixture("hetzner-robot/failover.json");
    for odd in [
        elsewhere,
        json!({}),
        json!({ "failover": {} }),
        json!("Welcome to the hotel's network"),
    ] {
        let base = answering(move |method, _| match method {
            "GET" => (200, json!({ "failover": { "active_server_ip": OTHER } })),
            _ => (200, odd.clone()),
        })
        .await;
        let address = AddressId(IP.to_owned());
        let provider = provider(&base, OTHER, PASSWORD);
        let moved = provider
            .assign(&address, &main_ip("78.46.1.99"), None)
            .await;
        assert_eq!(moved.unwrap_err().kind, ErrorKind::MaybeApplied);
        let freed = provider.release(&address, &main_ip(OTHER)).await;
        assert_eq!(freed.unwrap_err().kind, ErrorKind::MaybeApplied);
    }
}

#[test]
fn without_a_target_it_is_told_that_one_is_needed() {
    let preset = Preset::builtin("hetzner-robot").expect("it is built in");
    let credentials = crate::support::credentials(&preset, "x");
    let error = RestProvider::new(preset, Options::new(credentials)).unwrap_err();
    assert!(matches!(error, BuildError::NoIdentity { .. }), "{error}");
}
