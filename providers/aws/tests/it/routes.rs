//! Routes to an interface.

use les_provider::{AddressId, ErrorKind, Provider as _};

use crate::stage::{Stage, on_stage, only, refused, target};

const TO: &str = "10.99.0.1/32";

/// Two route tables that lead to the other machine.
async fn tables(stage: &Stage) -> Vec<String> {
    let subnet = [("SubnetId.1", &*stage.me.subnet)];
    let found = stage.hand.call("DescribeSubnets", &subnet).await;
    let vpc = stage.first(&found, "vpcId");
    let mut tables = Vec::new();
    for _ in 0..2 {
        let made = stage
            .hand
            .call("CreateRouteTable", &[("VpcId", &vpc)])
            .await;
        let table = stage.first(&made, "routeTableId");
        let route = [
            ("RouteTableId", &*table),
            ("DestinationCidrBlock", TO),
            ("NetworkInterfaceId", &stage.other.interface),
        ];
        stage.hand.call("CreateRoute", &route).await;
        tables.push(table);
    }
    tables
}

/// A route table that leads to the other machine, for a machine that forwards.
pub(crate) async fn table(stage: &Stage) -> String {
    check_off(stage, &stage.me.interface).await;
    tables(stage).await.remove(0)
}

async fn check_off(stage: &Stage, interface: &str) {
    let off = [
        ("NetworkInterfaceId", interface),
        ("SourceDestCheck.Value", "false"),
    ];
    stage
        .hand
        .call("ModifyNetworkInterfaceAttribute", &off)
        .await;
}

/// Where the route leads, in each table.
async fn hops(stage: &Stage, tables: &[String]) -> Vec<String> {
    let mut hops = Vec::new();
    for table in tables {
        let found = stage
            .hand
            .call("DescribeRouteTables", &[("RouteTableId.1", table)])
            .await;
        let route = found.split(TO).nth(1).unwrap();
        hops.push(stage.first(route, "networkInterfaceId"));
    }
    hops
}

#[test]
fn a_route_moves_in_every_table() {
    on_stage(async |stage: Stage| {
        let tables = tables(&stage).await;
        check_off(&stage, &stage.me.interface).await;
        let address = AddressId(format!("route:10.99.0.1@{}", tables.join(",")));
        let (me, other) = (target(&stage.me), target(&stage.other));
        assert_eq!(stage.observe(&address).await.holder, Some(other.clone()));
        stage.provider.assign(&address, &me, None).await.unwrap();
        let mine = stage.me.interface.clone();
        assert_eq!(hops(&stage, &tables).await, [mine.clone(), mine.clone()]);
        assert_eq!(stage.observe(&address).await.holder, Some(me.clone()));

        // One table leads elsewhere: the address is not here, and only that one is changed.
        let back = [
            ("RouteTableId", &*tables[1]),
            ("DestinationCidrBlock", TO),
            ("NetworkInterfaceId", &stage.other.interface),
        ];
        stage.hand.call("ReplaceRoute", &back).await;
        let seen = stage.observe(&address).await;
        assert_eq!(seen.holder, Some(other));
        let before = stage.front.count("ReplaceRoute");
        stage
            .provider
            .assign(&address, &me, Some(&seen))
            .await
            .unwrap();
        assert_eq!(hops(&stage, &tables).await, [mine.clone(), mine]);
        assert_eq!(stage.front.count("ReplaceRoute"), before + 1);
    });
}

#[test]
fn a_machine_that_would_drop_the_packets_gets_no_route() {
    on_stage(async |stage: Stage| {
        let tables = tables(&stage).await;
        let address = AddressId(format!("route:10.99.0.1@{}", tables[0]));
        let told = stage
            .provider
            .assign(&address, &target(&stage.me), None)
            .await;
        refused(
            told,
            ErrorKind::Misconfigured,
            &["--no-source-dest-check", &stage.me.interface],
        );
        assert_eq!(hops(&stage, &tables[..1]).await, only(&stage.other));
    });
}

#[test]
fn a_table_without_the_route_is_told() {
    on_stage(async |stage: Stage| {
        let tables = tables(&stage).await;
        let address = AddressId(format!("route:10.98.0.1@{}", tables[0]));
        let told = stage.provider.observe(&address).await;
        refused(
            told,
            ErrorKind::Misconfigured,
            &["aws ec2 create-route", &tables[0]],
        );
        let nowhere = AddressId("route:10.98.0.1@rtb-00000000".into());
        let told = stage.provider.observe(&nowhere).await;
        refused(told, ErrorKind::NotFound, &["rtb-00000000"]);
    });
}

#[test]
fn a_dead_machine_s_route_is_told_as_down() {
    on_stage(async |stage: Stage| {
        let tables = tables(&stage).await;
        let address = AddressId(format!("route:10.99.0.1@{}", tables[0]));
        assert!(!stage.observe(&address).await.holder_down);
        stage.hand.change("StopInstances", &stage.other).await;
        assert!(stage.observe(&address).await.holder_down);
    });
}
