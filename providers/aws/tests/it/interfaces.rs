//! Addresses that are on an interface: secondary private ones, and IPv6.

use les_provider::{AddressId, ErrorKind, Provider as _};

use crate::stage::{Stage, on_stage, only, refused, target};

const BY_PRIVATE: &str = "addresses.private-ip-address";
const BY_IPV6: &str = "ipv6-addresses.ipv6-address";

#[test]
fn a_secondary_private_address_moves() {
    on_stage(async |stage: Stage| {
        let secondary = stage.secondary().await;
        let address = AddressId(format!("private-ip:{secondary}"));
        let (me, other) = (target(&stage.me), target(&stage.other));
        let held = async || stage.hand.interfaces_with(BY_PRIVATE, &secondary).await;
        assert_eq!(stage.observe(&address).await.holder, Some(me.clone()));

        // Blind, and by a reading.
        stage.provider.assign(&address, &other, None).await.unwrap();
        assert_eq!(held().await, only(&stage.other));
        let seen = stage.observe(&address).await;
        assert_eq!(
            (seen.holder.as_ref(), seen.holder_down),
            (Some(&other), false)
        );
        stage
            .provider
            .assign(&address, &me, Some(&seen))
            .await
            .unwrap();
        assert_eq!(held().await, only(&stage.me));

        stage.provider.release(&address, &other).await.unwrap();
        assert_eq!(held().await, only(&stage.me), "it is somebody else's");
        stage.provider.release(&address, &me).await.unwrap();
        assert_eq!(stage.observe(&address).await.holder, None);
    });
}

#[test]
fn who_took_a_secondary_address_meanwhile_keeps_it() {
    on_stage(async |stage: Stage| {
        let secondary = stage.secondary().await;
        let address = AddressId(format!("private-ip:{secondary}"));
        stage
            .hand
            .call(
                "UnassignPrivateIpAddresses",
                &[
                    ("NetworkInterfaceId", &stage.me.interface),
                    ("PrivateIpAddress.1", &secondary),
                ],
            )
            .await;
        let seen = stage.observe(&address).await;
        assert_eq!(seen.holder, None);
        stage
            .hand
            .call(
                "AssignPrivateIpAddresses",
                &[
                    ("NetworkInterfaceId", &stage.other.interface),
                    ("PrivateIpAddress.1", &secondary),
                ],
            )
            .await;
        let told = stage
            .provider
            .assign(&address, &target(&stage.me), Some(&seen))
            .await;
        refused(told, ErrorKind::Conflict, &["ec2:AssignPrivateIpAddresses"]);
        let held = stage.hand.interfaces_with(BY_PRIVATE, &secondary).await;
        assert_eq!(held, only(&stage.other));
    });
}

#[test]
fn primary_addresses_do_not_move_and_an_interface_is_named_by_its_primary_one() {
    on_stage(async |stage: Stage| {
        let primary = AddressId(format!("private-ip:{}", stage.other.private));
        let told = stage.provider.observe(&primary).await;
        refused(
            told,
            ErrorKind::Misconfigured,
            &["primary address", &stage.other.interface],
        );

        let secondary = stage.secondary().await;
        let bound = stage.with(None, &[("private_address", &secondary)]);
        let told = bound
            .observe(&AddressId(format!("private-ip:{secondary}")))
            .await;
        refused(
            told,
            ErrorKind::Misconfigured,
            &[&stage.me.private, &secondary],
        );
    });
}

#[test]
fn an_ipv6_address_moves() {
    on_stage(async |stage: Stage| {
        let text = format!(
            "2001:db8::{:x}",
            u16::from_str_radix(&stage.ip.allocation[9..12], 16).unwrap() | 1
        );
        let address = AddressId(format!("ipv6:{text}"));
        let (me, other) = (target(&stage.me), target(&stage.other));
        let held = async || stage.hand.interfaces_with(BY_IPV6, &text).await;
        assert_eq!(stage.observe(&address).await.holder, None);
        stage.provider.assign(&address, &other, None).await.unwrap();
        assert_eq!(held().await, only(&stage.other));
        let seen = stage.observe(&address).await;
        assert_eq!(seen.holder, Some(other.clone()));
        stage
            .provider
            .assign(&address, &me, Some(&seen))
            .await
            .unwrap();
        assert_eq!(held().await, only(&stage.me));

        let rival = target(&stage.hand.run_instance(&[]).await);
        let told = stage.provider.assign(&address, &rival, Some(&seen)).await;
        refused(told, ErrorKind::Conflict, &["by now"]);
        stage.provider.release(&address, &me).await.unwrap();
        assert!(held().await.is_empty());
    });
}
