//! The `openstack` preset: the suite, and what is particular to Keystone and Neutron. Against the real ones: `tests/openstack`.

mod fake;
mod keystone;
mod neutron;

use les_provider::conformance::{self, Harness};
use les_provider::{AddressId, ErrorKind, Operation, Provider, ProviderError};
use serde_json::json;

use super::stage::{Wiring, answering};

use self::fake::{FIP, IP, ME, NETWORKS, OTHER, Setting, USUAL, fresh, port};
use self::keystone::{Catalogue, ID, PASSWORD, PROJECT, USER};
use self::neutron::{SECOND_ADDRESS, TAKEN, WITH_TWO_ADDRESSES, WITHOUT_ROUTER};

const BY_PASSWORD: &[(&str, &str)] = &[("OS_USERNAME", USER), ("OS_PASSWORD", PASSWORD)];

async fn refusal(setting: &Setting) -> ProviderError {
    let (_, stage) = fresh(setting).await;
    let observed = stage.provider.observe(&stage.names.address).await;
    observed.expect_err("it is refused")
}

#[tokio::test]
async fn passes_the_suite_with_an_application_credential() {
    conformance::run(async || fresh(&USUAL).await.1).await;
}

#[tokio::test]
async fn passes_the_suite_with_a_password_and_an_address_given_as_ip() {
    let setting = Setting {
        address: IP,
        environment: BY_PASSWORD,
        options: &[("project_id", PROJECT)],
        ..USUAL
    };
    conformance::run(async || fresh(&setting).await.1).await;
}

#[tokio::test]
async fn keystone_is_found_with_and_without_the_version_and_the_project_by_name() {
    for version in ["", "/", "/v3", "/v3/"] {
        let setting = Setting {
            version,
            environment: BY_PASSWORD,
            options: &[("project_name", "web")],
            ..USUAL
        };
        let (_, stage) = fresh(&setting).await;
        let seen = stage.provider.observe(&stage.names.address).await;
        assert_eq!(seen.expect(version).holder, None);
    }
}

#[tokio::test]
async fn an_answer_that_is_not_neutrons_is_no_move() {
    let (_, stage) = fresh(&USUAL).await;
    let between = answering(|method, path| match method {
        "GET" if path.contains("/floatingips/") => (200, json!({"floatingip": {"port_id": ME}})),
        "GET" => (200, json!({"floatingips": [{"id": FIP}]})),
        _ => (200, json!({"please": "log in"})),
    })
    .await;
    let wiring = Wiring {
        preset: "openstack",
        base_url: &between,
        metadata_base: &between,
        target: Some(ME),
        settings: &[("auth_url", &format!("{}/identity", stage.base))],
        environment: USUAL.environment,
    };
    let (address, me) = (AddressId(FIP.to_owned()), port(ME));
    let provider = wiring.provider();
    for ended in [
        provider.assign(&address, &me, None).await,
        provider.release(&address, &me).await,
    ] {
        let error = ended.unwrap_err();
        assert_eq!(error.kind, ErrorKind::MaybeApplied, "{error}");
    }
}

#[tokio::test]
async fn one_token_serves_many_calls_and_a_revoked_one_is_renewed() {
    let (openstack, stage) = fresh(&USUAL).await;
    let address = &stage.names.address;
    for _ in 0..3 {
        stage.provider.observe(address).await.unwrap();
    }
    assert_eq!(stage.asked(Operation::Token), 1);
    openstack.tokens.revoke();
    stage
        .provider
        .assign(address, &port(ME), None)
        .await
        .unwrap();
    assert_eq!(stage.asked(Operation::Token), 2);
    assert_eq!(stage.moves(), [Some(port(ME))]);
}

#[tokio::test]
async fn a_token_at_the_end_of_its_life_is_renewed_before_it_is_refused() {
    let setting = Setting {
        expires_at: "2026-11-23T17:33:02.000000Z",
        ..USUAL
    };
    let (_, stage) = fresh(&setting).await;
    let address = &stage.names.address;
    stage.provider.observe(address).await.unwrap();
    let before = stage.asked(Operation::Token);
    stage.provider.observe(address).await.unwrap();
    assert!(stage.asked(Operation::Token) > before);
}

#[tokio::test]
async fn neutron_is_where_the_catalogue_says_for_the_region() {
    let told = refusal(&Setting {
        catalogue: Catalogue::TwoRegions,
        ..USUAL
    });
    let error = told.await;
    assert_eq!(error.kind, ErrorKind::Misconfigured, "{error}");
    assert!(error.message.contains("OS_REGION_NAME"), "{error}");

    let setting = Setting {
        catalogue: Catalogue::TwoRegions,
        options: &[("region", "RegionOne")],
        ..USUAL
    };
    let (_, stage) = fresh(&setting).await;
    stage.provider.observe(&stage.names.address).await.unwrap();

    for options in [&[("region", "RegionNine")], &[("interface", "admin")]] {
        let error = refusal(&Setting { options, ..USUAL }).await;
        assert_eq!(error.kind, ErrorKind::Misconfigured, "{error}");
        assert!(error.message.contains("OS_REGION_NAME"), "{error}");
    }
    let catalogue = Catalogue::NoNetwork;
    let error = refusal(&Setting { catalogue, ..USUAL }).await;
    assert_eq!(error.kind, ErrorKind::Misconfigured, "{error}");
}

#[tokio::test]
async fn refused_credentials_are_told_with_what_to_do() {
    const UNKNOWN: &[(&str, &str)] = &[
        (
            "OS_APPLICATION_CREDENTIAL_ID",
            "81bef3dd7a0d4a1080159cf9efce48a5",
        ),
        ("OS_APPLICATION_CREDENTIAL_SECRET", "of no credential"),
    ];
    const WRONG: &[(&str, &str)] = &[
        ("OS_APPLICATION_CREDENTIAL_ID", ID),
        ("OS_APPLICATION_CREDENTIAL_SECRET", "wrong"),
    ];
    // Keystone answers the first with 404.
    for (environment, hint) in [
        (UNKNOWN, "was the credential deleted"),
        (WRONG, "not expired"),
    ] {
        let error = refusal(&Setting {
            environment,
            ..USUAL
        })
        .await;
        assert_eq!(error.kind, ErrorKind::Denied, "{error}");
        assert!(error.message.contains(hint), "{error}");
    }
}

#[tokio::test]
async fn access_rules_that_allow_no_write_are_told() {
    let (_, stage) = fresh(&Setting {
        read_only: true,
        ..USUAL
    })
    .await;
    let address = &stage.names.address;
    stage
        .provider
        .observe(address)
        .await
        .expect("reading is allowed");
    let moved = stage.provider.assign(address, &port(ME), None).await;
    let error = moved.unwrap_err();
    assert_eq!(error.kind, ErrorKind::Denied, "{error}");
    assert!(error.message.contains("access rules"), "{error}");
    assert_eq!(stage.holder().await, None);
}

#[tokio::test]
async fn a_write_names_the_revision_that_it_goes_by() {
    let (openstack, stage) = fresh(&USUAL).await;
    let address = &stage.names.address;
    let seen = stage.provider.observe(address).await.unwrap();
    stage
        .provider
        .assign(address, &port(ME), Some(&seen))
        .await
        .unwrap();
    assert_eq!(
        openstack.conditions(),
        [Some("revision_number=0".to_owned())]
    );

    stage.set_holder(Some(&port(OTHER))).await;
    let moved = stage.provider.assign(address, &port(ME), Some(&seen)).await;
    let error = moved.unwrap_err();
    assert_eq!(error.kind, ErrorKind::Conflict, "{error}");
    assert!(error.message.contains("revision"), "{error}");
    assert_eq!(stage.holder().await, Some(port(OTHER)));

    stage
        .provider
        .assign(address, &port(ME), None)
        .await
        .unwrap();
    assert_eq!(
        openstack.conditions().last(),
        Some(&None),
        "a blind takeover goes by nothing"
    );
}

#[tokio::test]
async fn a_neutron_without_revisions_is_written_without_a_condition() {
    let (openstack, stage) = fresh(&Setting {
        without_revisions: true,
        ..USUAL
    })
    .await;
    let address = &stage.names.address;
    let seen = stage.provider.observe(address).await.unwrap();
    assert_eq!(seen.version, None);
    stage
        .provider
        .assign(address, &port(ME), Some(&seen))
        .await
        .unwrap();
    stage.provider.release(address, &port(ME)).await.unwrap();
    assert_eq!(openstack.conditions(), [None, None]);
    assert_eq!(stage.moves(), [Some(port(ME)), None]);
}

#[tokio::test]
async fn a_machine_with_several_ports_is_told_and_can_choose_one() {
    let networks = &NETWORKS;
    let (_, stage) = fresh(&Setting { networks, ..USUAL }).await;
    let error = stage.provider.target().await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::Misconfigured, "{error}");
    assert!(
        error.message.contains("provider.options.network"),
        "{error}"
    );

    let options = &[("network", NETWORKS[0])];
    let (_, stage) = fresh(&Setting {
        networks,
        options,
        ..USUAL
    })
    .await;
    assert_eq!(stage.provider.target().await.unwrap(), port(ME));

    let options = &[("network", "2d991c5b-a91a-4ba7-91e4-5bd10e457f99")];
    let (_, stage) = fresh(&Setting {
        networks,
        options,
        ..USUAL
    })
    .await;
    let error = stage.provider.target().await.unwrap_err();
    assert!(error.message.contains("no port of this server"), "{error}");
}

#[tokio::test]
async fn refusals_of_neutron_are_told_by_their_type() {
    let (_, stage) = fresh(&USUAL).await;
    let cases = [
        (TAKEN, ErrorKind::Conflict, "another floating IP"),
        (WITHOUT_ROUTER, ErrorKind::Misconfigured, "no router"),
        (
            WITH_TWO_ADDRESSES,
            ErrorKind::Misconfigured,
            "provider.options.fixed_ip",
        ),
    ];
    for (to, kind, hint) in cases {
        let moved = stage
            .provider
            .assign(&stage.names.address, &port(to), None)
            .await;
        let error = moved.unwrap_err();
        assert_eq!(error.kind, kind, "{error}");
        assert!(error.message.contains(hint), "{error}");
    }
    assert_eq!(stage.moves(), []);
}

#[tokio::test]
async fn a_port_with_several_addresses_can_be_given_with_one() {
    let options = &[("fixed_ip", SECOND_ADDRESS)];
    let (_, stage) = fresh(&Setting { options, ..USUAL }).await;
    let to = port(WITH_TWO_ADDRESSES);
    let address = &stage.names.address;
    stage.provider.assign(address, &to, None).await.unwrap();
    assert_eq!(stage.holder().await, Some(to));
}

#[tokio::test]
async fn an_address_given_as_ip_is_looked_up_once() {
    let (_, stage) = fresh(&Setting {
        address: IP,
        ..USUAL
    })
    .await;
    for _ in 0..3 {
        stage.provider.observe(&stage.names.address).await.unwrap();
    }
    assert_eq!(stage.asked(Operation::Locate), 1);
    // The same address by its other name.
    let seen = stage.provider.observe(&AddressId(FIP.to_owned())).await;
    assert_eq!(seen.unwrap().holder, None);
}
