//! Which interface and private address a machine offers.

use std::time::Duration;

use les_provider::{ErrorKind, Provider as _};
use les_provider_aws::{AwsProvider, Options};

use crate::stage::{Stage, on_stage, options, refused, target};

#[test]
fn it_is_the_primary_interface_unless_another_one_is_chosen() {
    on_stage(async |stage: Stage| {
        let me = &stage.me;
        assert_eq!(stage.provider.target().await.unwrap(), target(me));
        assert!(stage.front.asked().is_empty(), "no permission is needed");
        stage
            .metadata
            .attach("eni-0beef", &["10.9.0.4", "10.9.0.5"]);
        let chosen = async |written, settings: &[(&str, &str)]| {
            stage.with(written, settings).target().await.map(|t| t.0)
        };
        let second = chosen(None, &[("device_index", "1")]).await;
        assert_eq!(second.unwrap(), "eni-0beef/10.9.0.4");
        let secondary = chosen(None, &[("private_address", "10.9.0.5")]).await;
        assert_eq!(secondary.unwrap(), "eni-0beef/10.9.0.5");
        let both = chosen(
            None,
            &[("device_index", "1"), ("private_address", "10.9.0.5")],
        )
        .await;
        assert_eq!(both.unwrap(), "eni-0beef/10.9.0.5");
        let written = chosen(Some(&me.interface), &[]).await;
        assert_eq!(
            written.unwrap(),
            me.target(),
            "EC2 knows its primary address"
        );
        let whole = chosen(Some("eni-0feed/10.0.0.9"), &[]).await;
        assert_eq!(whole.unwrap(), "eni-0feed/10.0.0.9");
    });
}

#[test]
fn a_choice_that_is_not_there_is_told_with_what_is() {
    on_stage(async |stage: Stage| {
        let told = stage.with(None, &[("device_index", "3")]).target().await;
        refused(told, ErrorKind::Misconfigured, &["device index 3", "has 0"]);
        let told = stage
            .with(None, &[("private_address", "10.1.2.3")])
            .target()
            .await;
        refused(
            told,
            ErrorKind::Misconfigured,
            &["10.1.2.3", &stage.me.private],
        );
        let both = [("device_index", "0"), ("private_address", "10.1.2.3")];
        let told = stage.with(None, &both).target().await;
        refused(
            told,
            ErrorKind::Misconfigured,
            &[&stage.me.interface, "10.1.2.3"],
        );
        let told = stage
            .with(Some("eni-00000000000000000"), &[])
            .target()
            .await;
        refused(told, ErrorKind::NotFound, &["eni-00000000000000000"]);
    });
}

#[test]
fn off_ec2_it_is_said_what_to_do() {
    on_stage(async |stage: Stage| {
        let closed = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let nobody = format!("http://{}", closed.local_addr().unwrap());
        drop(closed);
        let options = Options {
            metadata_base: Some(nobody),
            call_timeout: Duration::from_secs(20),
            ..options(&stage.front, &stage.metadata)
        };
        let provider = AwsProvider::new(options).unwrap();
        let told = provider.target().await;
        refused(
            told,
            ErrorKind::Transient,
            &["provider.target", "metadata service"],
        );
        let told = provider.observe(&stage.address()).await;
        refused(told, ErrorKind::Transient, &["provider.options.region"]);
    });
}

#[test]
fn a_person_is_told_who_the_machine_is() {
    on_stage(async |stage: Stage| {
        let told = stage.provider.introduce().await.unwrap();
        let me = &stage.me;
        for (name, value) in [
            ("region", "us-east-1"),
            ("instance", &*me.instance),
            ("interface", &me.interface),
            ("private", &me.private),
            ("account", "123456789012"),
        ] {
            let value = value.to_owned();
            assert!(told.contains(&(name, value)), "{name}: {told:?}");
        }
    });
}
