//! The `openstack` preset against the real Keystone and Neutron (tests/openstack), with their own databases and no agents: everything
//! that an API call changes is real, and what agents would do on hosts does not happen.

mod services;

use axum::routing::get;
use axum::{Json, Router};
use les_provider::{AddressId, ErrorKind, Observation, Provider, ProviderError, Target};
use les_provider_rest::RestProvider;
use serde_json::json;
use tokio::net::TcpListener;

use self::services::with_services;

fn refused<T: std::fmt::Debug>(result: Result<T, ProviderError>, kind: ErrorKind, hint: &str) {
    let error = result.expect_err(hint);
    assert_eq!(error.kind, kind, "{error}");
    assert!(error.message.contains(hint), "{error}");
}

async fn observe(provider: &RestProvider, address: &AddressId) -> Observation {
    provider.observe(address).await.expect("a reading")
}

#[test]
fn an_address_is_taken_moved_and_freed() {
    with_services(async |services| {
        let (address, me, other) = (
            services.address(),
            services.port("me"),
            services.port("other"),
        );
        let provider = services.usual_provider();
        let mut versions = Vec::new();
        for to in [&me, &other, &me] {
            let seen = observe(&provider, &address).await;
            versions.push(seen.version.clone().expect("Neutron counts revisions"));
            provider
                .assign(&address, to, Some(&seen))
                .await
                .expect("it moves");
            assert_eq!(services.order("holder").as_ref(), Some(to));
            let after = observe(&provider, &address).await;
            assert_eq!((after.holder.as_ref(), after.busy), (Some(to), false));
        }
        versions.sort();
        versions.dedup();
        assert_eq!(
            versions.len(),
            3,
            "each move has a revision of its own: {versions:?}"
        );

        provider
            .release(&address, &other)
            .await
            .expect("it has nothing");
        assert_eq!(services.order("holder"), Some(me.clone()));
        for _ in 0..2 {
            provider.release(&address, &me).await.expect("it is freed");
            assert_eq!(services.order("holder"), None);
        }
    });
}

#[test]
fn a_write_by_an_old_reading_is_a_conflict() {
    with_services(async |services| {
        let (address, me) = (services.address(), services.port("me"));
        let provider = services.usual_provider();
        let seen = observe(&provider, &address).await;
        let rival = services.order("give other");
        let moved = provider.assign(&address, &me, Some(&seen)).await;
        refused(moved, ErrorKind::Conflict, "current revision");
        assert_eq!(services.order("holder"), rival, "Neutron refused it");
        provider
            .assign(&address, &me, None)
            .await
            .expect("a blind takeover");
        assert_eq!(services.order("holder"), Some(me));
    });
}

#[test]
fn the_target_is_the_port_of_this_server() {
    with_services(async |services| {
        let document = json!({"uuid": services.text("/me/server")});
        let metadata = get(async move || Json(document.clone()));
        let router = Router::new().route("/openstack/latest/meta_data.json", metadata);
        let listener = TcpListener::bind("127.0.0.1:0")
            .await
            .expect("a port is free");
        let base = format!("http://{}", listener.local_addr().expect("it is bound"));
        tokio::spawn(axum::serve(listener, router).into_future());

        let credential = || services.credential("application_credential");
        let network = services.text("/network");
        let options: [&[(&str, &str)]; 2] = [&[], &[("network", &network)]];
        for options in options {
            let provider = services.provider_on(&base, credential(), options);
            assert_eq!(
                provider.target().await.expect("a port"),
                services.port("me")
            );
        }
        let elsewhere = [("network", "00000000-0000-4000-8000-000000000099")];
        let provider = services.provider_on(&base, credential(), &elsewhere);
        let told = provider.target().await;
        refused(told, ErrorKind::Misconfigured, "no port of this server");
    });
}

#[test]
fn a_user_with_a_password_reaches_an_address_by_its_ip() {
    with_services(async |services| {
        let environment = vec![
            ("OS_USERNAME", services.text("/user/name")),
            ("OS_PASSWORD", services.text("/user/password")),
            ("OS_PROJECT_NAME", "web".to_owned()),
            ("OS_REGION_NAME", services.text("/region")),
        ];
        let provider = services.provider(environment, &[]);
        let address = AddressId(services.text("/floating_ip/floating_ip_address"));
        let me = services.port("me");
        provider
            .assign(&address, &me, None)
            .await
            .expect("it moves");
        assert_eq!(services.order("holder"), Some(me));
    });
}

#[test]
fn a_token_that_is_refused_is_renewed() {
    with_services(async |services| {
        let (address, me) = (services.address(), services.port("me"));
        let provider = services.usual_provider();
        observe(&provider, &address).await;
        services.order("revoke");
        provider
            .assign(&address, &me, None)
            .await
            .expect("with another token");
        assert_eq!(services.order("holder"), Some(me));
    });
}

#[test]
fn credentials_that_are_wrong_deleted_or_too_narrow_are_told() {
    with_services(async |services| {
        let (address, me) = (services.address(), services.port("me"));
        let mut wrong = services.credential("application_credential");
        wrong[1].1 = "wrong".to_owned();
        let provider = services.provider(wrong, &[]);
        refused(
            provider.observe(&address).await,
            ErrorKind::Denied,
            "not expired",
        );

        let provider = services.provider(services.credential("doomed_credential"), &[]);
        observe(&provider, &address).await;
        services.order("delete doomed_credential");
        let told = provider.assign(&address, &me, None).await;
        refused(told, ErrorKind::Denied, "was the credential deleted");

        let provider = services.provider(services.credential("read_only_credential"), &[]);
        observe(&provider, &address).await;
        let told = provider.assign(&address, &me, None).await;
        refused(told, ErrorKind::Denied, "access rules");
        assert_eq!(services.order("holder"), None);
    });
}

#[test]
fn what_does_not_exist_is_told() {
    with_services(async |services| {
        let provider = services.usual_provider();
        let nothing = "00000000-0000-4000-8000-000000000099";
        for name in [nothing, "203.0.113.254"] {
            let told = provider.observe(&AddressId(name.to_owned())).await;
            assert_eq!(told.expect_err(name).kind, ErrorKind::NotFound);
        }
        let (address, nowhere) = (services.address(), Target(nothing.to_owned()));
        let told = provider.assign(&address, &nowhere, None).await;
        refused(told, ErrorKind::NotFound, "no port of this project");
        assert_eq!(services.order("holder"), None);

        let environment = services.credential("application_credential");
        let provider = services.provider(environment, &[("region", "RegionNine")]);
        let told = provider.observe(&address).await;
        refused(told, ErrorKind::Misconfigured, "OS_REGION_NAME");
    });
}

#[test]
fn a_port_that_bears_another_floating_ip_is_refused() {
    with_services(async |services| {
        let me = services.order("give me").expect("it was given");
        let another = AddressId(services.text("/another/id"));
        let provider = services.usual_provider();
        let told = provider.assign(&another, &me, None).await;
        refused(told, ErrorKind::Conflict, "another floating IP");
        assert_eq!(observe(&provider, &another).await.holder, None);
    });
}

#[test]
fn a_port_with_two_addresses_takes_the_one_that_is_chosen() {
    with_services(async |services| {
        let (address, port) = (services.address(), services.port("two_addresses"));
        let told = services
            .usual_provider()
            .assign(&address, &port, None)
            .await;
        refused(told, ErrorKind::Misconfigured, "provider.options.fixed_ip");
        let chosen = services.text("/two_addresses/addresses/1");
        let environment = services.credential("application_credential");
        let provider = services.provider(environment, &[("fixed_ip", &chosen)]);
        provider
            .assign(&address, &port, None)
            .await
            .expect("it moves");
        assert_eq!(services.order("holder"), Some(port));
    });
}

#[test]
fn machines_are_found_by_the_tag_of_their_ports() {
    with_services(async |services| {
        let provider = services.usual_provider();
        let mut found = provider.discover("les").await.expect("a list");
        found.sort();
        let mut tagged = ["/me/ip", "/other/ip"].map(|pointer| {
            let ip = services.text(pointer);
            ip.parse::<std::net::IpAddr>().expect(pointer)
        });
        tagged.sort();
        assert_eq!(found, tagged);
        let none = provider.discover("nothing").await.expect("a list");
        assert!(none.is_empty(), "{none:?}");
    });
}
