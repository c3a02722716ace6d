//! Seeds by tag.

use std::collections::BTreeSet;
use std::net::IpAddr;

use les_provider::{ErrorKind, Provider as _};

use les_provider_aws::{AwsProvider, Options};

use crate::stage::{Stage, on_stage, options, refused};

#[test]
fn running_machines_are_found_by_their_tag() {
    on_stage(async |stage: Stage| {
        // moto is shared with other tests.
        let value = &stage.ip.allocation;
        let mut machines = Vec::new();
        for _ in 0..4 {
            machines.push(stage.hand.run_instance(&[("les", value)]).await);
        }
        stage.hand.run_instance(&[("les", "others")]).await;
        stage
            .hand
            .change("TerminateInstances", &machines.remove(0))
            .await;
        stage
            .hand
            .change("StopInstances", &machines.remove(0))
            .await;
        let found = stage
            .provider
            .discover(&format!("les={value}"))
            .await
            .unwrap();
        let ip = |machine: &les_moto::Machine| machine.private.parse().unwrap();
        let running: BTreeSet<IpAddr> = machines.iter().map(ip).collect();
        assert_eq!(found.into_iter().collect::<BTreeSet<_>>(), running);

        // More of them than are on one page.
        for _ in 0..5 {
            machines.push(stage.hand.run_instance(&[("les", value)]).await);
        }
        let paged = Options {
            page: 5,
            ..options(&stage.front, &stage.metadata)
        };
        let before = stage.front.count("DescribeInstances");
        let paged = AwsProvider::new(paged).unwrap();
        let found = paged.discover(&format!("les={value}")).await.unwrap();
        let running: BTreeSet<IpAddr> = machines.iter().map(ip).collect();
        assert_eq!(found.into_iter().collect::<BTreeSet<_>>(), running);
        assert_eq!(stage.front.count("DescribeInstances"), before + 2);

        let nobody = stage.provider.discover("les=nobody").await.unwrap();
        assert!(nobody.is_empty(), "{nobody:?}");
        let told = stage.provider.discover("les").await;
        refused(told, ErrorKind::Misconfigured, &["KEY=VALUE"]);
    });
}
