//! Elastic IPs: how they are named, and how they move.

use std::time::Duration;

use les_moto::Fault;
use les_provider::{AddressId, ErrorKind, Provider as _};

use crate::stage::{Stage, on_stage, refused, target};

#[test]
fn it_is_found_by_itself_and_by_a_tag() {
    on_stage(async |stage: Stage| {
        let value = &stage.ip.allocation;
        let of = [
            ("ResourceId.1", &**value),
            ("Tag.1.Key", "les"),
            ("Tag.1.Value", value),
        ];
        stage.hand.call("CreateTags", &of).await;
        stage.hand.associate(&stage.ip, &stage.other).await;
        for name in [stage.ip.public.clone(), format!("tag:les={value}")] {
            let address = AddressId(name);
            let seen = stage.observe(&address).await;
            assert_eq!(seen.holder, Some(target(&stage.other)), "{address}");
            stage
                .provider
                .take_over(&address, &target(&stage.me), &seen)
                .await
                .unwrap();
            let held = stage.hand.holder(&stage.ip).await;
            assert_eq!(held.as_ref(), Some(&stage.me.interface));
            stage.hand.associate(&stage.ip, &stage.other).await;
        }
        let nobody = AddressId("tag:les=nobody".into());
        let told = stage.provider.observe(&nobody).await;
        refused(told, ErrorKind::NotFound, &["les=nobody", "us-east-1"]);
    });
}

#[test]
fn a_tag_of_two_is_refused() {
    on_stage(async |stage: Stage| {
        let second = stage.hand.allocate().await;
        let value = &stage.ip.allocation;
        for ip in [&stage.ip, &second] {
            let of = [
                ("ResourceId.1", &*ip.allocation),
                ("Tag.1.Key", "two"),
                ("Tag.1.Value", value),
            ];
            stage.hand.call("CreateTags", &of).await;
        }
        let address = AddressId(format!("tag:two={value}"));
        let told = stage.provider.observe(&address).await;
        refused(told, ErrorKind::Misconfigured, &["2 Elastic IPs"]);
    });
}

#[test]
fn a_takeover_is_one_call_and_a_repair_a_compare_and_set() {
    on_stage(async |stage: Stage| {
        let (address, me) = (stage.address(), target(&stage.me));
        stage.hand.associate(&stage.ip, &stage.other).await;
        let seen = stage.observe(&address).await;
        stage
            .provider
            .take_over(&address, &me, &seen)
            .await
            .unwrap();
        assert_eq!(stage.writes(), (0, 1), "a licensed takeover");

        stage.hand.associate(&stage.ip, &stage.other).await;
        let seen = stage.observe(&address).await;
        stage
            .provider
            .assign(&address, &me, Some(&seen))
            .await
            .unwrap();
        assert_eq!(stage.writes(), (1, 2), "a repair");
        let held = stage.hand.holder(&stage.ip).await;
        assert_eq!(held.as_ref(), Some(&stage.me.interface));
    });
}

#[test]
fn nothing_is_written_where_the_address_is_here() {
    on_stage(async |stage: Stage| {
        let (address, me) = (stage.address(), target(&stage.me));
        stage.hand.associate(&stage.ip, &stage.me).await;
        let before = stage.hand.association(&stage.ip).await;
        let seen = stage.observe(&address).await;
        stage
            .provider
            .assign(&address, &me, Some(&seen))
            .await
            .unwrap();
        stage
            .provider
            .take_over(&address, &me, &seen)
            .await
            .unwrap();
        assert_eq!(stage.writes(), (0, 0));
        assert_eq!(stage.hand.association(&stage.ip).await, before);
    });
}

#[test]
fn a_rival_that_comes_between_the_two_calls_keeps_it() {
    on_stage(async |stage: Stage| {
        let (address, me) = (stage.address(), target(&stage.me));
        let rival = stage.hand.run_instance(&[]).await;
        stage.hand.associate(&stage.ip, &stage.other).await;
        let seen = stage.observe(&address).await;
        // The second call waits until the rival has come.
        stage.front.set("AssociateAddress", Some(Fault::Held));
        let repair = stage.provider.assign(&address, &me, Some(&seen));
        let rivals = async {
            while stage.front.count("AssociateAddress") == 0 {
                tokio::task::yield_now().await;
            }
            stage.hand.associate(&stage.ip, &rival).await;
            stage.front.set("AssociateAddress", None);
        };
        let rivals = async {
            let came = tokio::time::timeout(Duration::from_secs(3), rivals);
            came.await.expect("the second call");
        };
        let (told, ()) = tokio::join!(repair, rivals);
        refused(told, ErrorKind::Conflict, &["Resource.AlreadyAssociated"]);
        let held = stage.hand.holder(&stage.ip).await;
        assert_eq!(held.as_ref(), Some(&rival.interface));
    });
}

#[test]
fn a_free_address_that_somebody_takes_meanwhile_is_theirs() {
    on_stage(async |stage: Stage| {
        let address = stage.address();
        let seen = stage.observe(&address).await;
        assert_eq!(seen.holder, None);
        stage.hand.associate(&stage.ip, &stage.other).await;
        let told = stage
            .provider
            .assign(&address, &target(&stage.me), Some(&seen))
            .await;
        refused(told, ErrorKind::Conflict, &["Resource.AlreadyAssociated"]);
        let held = stage.hand.holder(&stage.ip).await;
        assert_eq!(held.as_ref(), Some(&stage.other.interface));
    });
}

#[test]
fn half_a_compare_and_set_is_ambiguous() {
    on_stage(async |stage: Stage| {
        let (address, me) = (stage.address(), target(&stage.me));
        stage.hand.associate(&stage.ip, &stage.other).await;
        let seen = stage.observe(&address).await;
        let fault = Fault::Refused(503, "Unavailable", "Try again.");
        stage.front.inject("AssociateAddress", fault);
        let told = stage.provider.assign(&address, &me, Some(&seen)).await;
        refused(
            told,
            ErrorKind::MaybeApplied,
            &["it was taken from its holder"],
        );
        assert_eq!(stage.observe(&address).await.holder, None);
    });
}

#[test]
fn the_wrong_private_address_of_the_right_interface_is_elsewhere() {
    on_stage(async |stage: Stage| {
        let secondary = stage.secondary().await;
        let bound = stage.with(None, &[("private_address", &secondary)]);
        let (address, there) = (stage.address(), bound.target().await.unwrap());
        assert_eq!(there.0, format!("{}/{secondary}", stage.me.interface));
        bound.assign(&address, &there, None).await.unwrap();
        assert_eq!(bound.observe(&address).await.unwrap().holder, Some(there));
        let seen = stage.observe(&address).await;
        assert_ne!(
            seen.holder,
            Some(target(&stage.me)),
            "bound to the secondary one"
        );
    });
}

#[test]
fn a_reading_of_an_own_address_is_one_call() {
    on_stage(async |stage: Stage| {
        stage.provider.target().await.unwrap();
        stage.hand.associate(&stage.ip, &stage.me).await;
        stage.observe(&stage.address()).await;
        stage.observe(&stage.address()).await;
        assert_eq!(
            stage.front.asked(),
            ["DescribeAddresses", "DescribeAddresses"]
        );
    });
}

#[test]
fn an_interface_on_nothing_is_down_and_one_of_a_service_is_not() {
    on_stage(async |stage: Stage| {
        let made = [("SubnetId", &*stage.me.subnet)];
        let made = stage.hand.call("CreateNetworkInterface", &made).await;
        let interface = stage.first(&made, "networkInterfaceId");
        let private = stage.first(&made, "privateIpAddress");
        let parked = les_moto::Machine {
            interface,
            private,
            ..stage.other.clone()
        };
        stage.hand.associate(&stage.ip, &parked).await;
        let seen = stage.observe(&stage.address()).await;
        assert_eq!(
            (seen.holder, seen.holder_down),
            (Some(target(&parked)), true)
        );

        // As a NAT gateway's: attached, and to no instance.
        stage.front.attach_to_service(&parked.interface);
        let seen = stage.observe(&stage.address()).await;
        assert_eq!(
            (seen.holder, seen.holder_down),
            (Some(target(&parked)), false)
        );
    });
}
