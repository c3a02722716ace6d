//! Routes: a /32 outside of the VPC's own ranges that leads to an interface, in one or several route tables.

use std::collections::BTreeMap;

use aws_sdk_ec2::types::RouteState;
use les_provider::{ErrorKind, Observation, Operation, ProviderError};

use crate::address::Route;
use crate::failure::failed;
use crate::holder;
use crate::place::Place;
use crate::private_ip::own;
use crate::session::Cloud;

const DESCRIBE: &str = "ec2:DescribeRouteTables";
pub(crate) const REPLACE: &str = "ec2:ReplaceRoute";

/// Where a route leads in one table.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Hop {
    interface: Option<String>,
    /// What it leads to is gone.
    blackhole: bool,
}

/// Reads where the route leads: here only if it does so in every table.
pub(crate) async fn read(
    cloud: &Cloud,
    operation: Operation,
    route: &Route,
    me: &Place,
) -> Result<Observation, ProviderError> {
    let hops = hops(cloud, operation, route).await?;
    let elsewhere = |hop: &&Hop| hop.interface.as_ref() != Some(&me.interface);
    let Some(hop) = hops.values().find(elsewhere) else {
        return Ok(Observation {
            holder: Some(me.target()),
            ..Observation::default()
        });
    };
    let Some(interface) = &hop.interface else {
        // A blackhole that names nothing any more is free; a gateway is somebody's mistake.
        if hop.blackhole {
            return Ok(Observation::default());
        }
        let message = format!(
            "the route to {} leads to no network interface: replace it by one that does",
            route.destination()
        );
        return Err(failed(operation, ErrorKind::Misconfigured, message));
    };
    let Some(found) = holder::interface(cloud, operation, interface).await? else {
        return Ok(Observation::default());
    };
    let down = hop.blackhole || holder::is_down(cloud, operation, &found.attached).await;
    Ok(Observation {
        holder: Some(found.place.target()),
        holder_down: down,
        ..Observation::default()
    })
}

async fn hops(
    cloud: &Cloud,
    operation: Operation,
    route: &Route,
) -> Result<BTreeMap<String, Hop>, ProviderError> {
    let asked = cloud
        .ec2
        .describe_route_tables()
        .set_route_table_ids(Some(route.tables.clone()));
    let answer = asked.send().await;
    let answer = answer.map_err(|error| cloud.failed(operation, DESCRIBE, &error))?;
    let mut hops = BTreeMap::new();
    for table in answer.route_tables() {
        let destination = route.destination();
        let mut routes = table.routes().iter();
        let there = routes.find(|r| r.destination_cidr_block() == Some(&destination));
        if let (Some(id), Some(there)) = (table.route_table_id(), there) {
            let interface = there.network_interface_id().filter(|id| !id.is_empty());
            let hop = Hop {
                interface: interface.map(ToOwned::to_owned),
                blackhole: there.state() == Some(&RouteState::Blackhole),
            };
            hops.insert(id.to_owned(), hop);
        }
    }
    match route.tables.iter().find(|id| !hops.contains_key(*id)) {
        None => Ok(hops),
        Some(table) => {
            let to = route.destination();
            let message = format!(
                "{table} has no route to {to}: make it once (aws ec2 create-route --route-table-id {table} --destination-cidr-block {to} \
                 --network-interface-id …); les only replaces it"
            );
            Err(failed(operation, ErrorKind::Misconfigured, message))
        }
    }
}

/// Leads it to `to` in every table in which it does not yet.
pub(crate) async fn replace(cloud: &Cloud, route: &Route, to: &Place) -> Result<(), ProviderError> {
    let operation = Operation::Assign;
    let mine = own(cloud, operation, to).await?;
    if mine.source_dest_check {
        let id = &to.interface;
        let message = format!(
            "{id} drops what is not addressed to it: turn its source/destination check off (aws ec2 modify-network-interface-attribute \
             --network-interface-id {id} --no-source-dest-check)"
        );
        return Err(failed(operation, ErrorKind::Misconfigured, message));
    }
    let hops = hops(cloud, operation, route).await?;
    let mut moved = 0;
    for table in &route.tables {
        let hop = hops.get(table).and_then(|hop| hop.interface.as_ref());
        if hop == Some(&to.interface) {
            continue;
        }
        let asked = cloud
            .ec2
            .replace_route()
            .route_table_id(table)
            .destination_cidr_block(route.destination())
            .network_interface_id(&to.interface);
        if let Err(error) = asked.send().await {
            let mut error = cloud.failed(operation, REPLACE, &error);
            if moved > 0 {
                error.message = format!(
                    "{moved} of {} route tables were changed, and then: {}",
                    route.tables.len(),
                    error.message
                );
                if matches!(error.kind, ErrorKind::Transient | ErrorKind::Unreachable) {
                    error.kind = ErrorKind::MaybeApplied;
                }
            }
            return Err(error);
        }
        moved += 1;
    }
    Ok(())
}
