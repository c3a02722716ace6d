//! Secondary private addresses: they move between interfaces of one subnet, and Elastic IPs that are bound to them move along.

use std::net::Ipv4Addr;

use les_provider::{ErrorKind, Observation, Operation, ProviderError};

use crate::failure::failed;
use crate::holder::{self, Interface};
use crate::place::Place;
use crate::session::Cloud;

pub(crate) const ASSIGN: &str = "ec2:AssignPrivateIpAddresses";
pub(crate) const UNASSIGN: &str = "ec2:UnassignPrivateIpAddresses";

/// Reads who has it, among the interfaces of this node's VPC.
pub(crate) async fn read(
    cloud: &Cloud,
    operation: Operation,
    address: Ipv4Addr,
    me: &Place,
) -> Result<Observation, ProviderError> {
    let own = own(cloud, operation, me).await?;
    let text = address.to_string();
    let filter = "addresses.private-ip-address";
    let found =
        holder::interfaces_with(cloud, operation, filter, &text, own.vpc.as_deref()).await?;
    if let Some(primary) = found.iter().find(|found| !found.has_secondary(&text)) {
        let message = format!(
            "{address} is the primary address of {}: only secondary ones move",
            primary.place.interface
        );
        return Err(failed(operation, ErrorKind::Misconfigured, message));
    }
    observation(cloud, operation, &found, me).await
}

pub(crate) async fn own(
    cloud: &Cloud,
    operation: Operation,
    me: &Place,
) -> Result<Interface, ProviderError> {
    let own = holder::interface(cloud, operation, &me.interface).await?;
    let own = own.ok_or_else(|| {
        let message = format!("there is no interface {} in {}", me.interface, cloud.region);
        failed(operation, ErrorKind::NotFound, message)
    })?;
    if own.place == *me {
        return Ok(own);
    }
    // Peers are known by one name each, and an interface's is that of its primary address.
    let message = format!(
        "private-ip:, route: and ipv6: addresses are on an interface, so this node's target must be the primary address of {}, {}, and not {}",
        me.interface, own.place.private, me.private
    );
    Err(failed(operation, ErrorKind::Misconfigured, message))
}

/// What several interfaces that have the address come to: this one only if no other one has it too.
pub(crate) async fn observation(
    cloud: &Cloud,
    operation: Operation,
    found: &[Interface],
    me: &Place,
) -> Result<Observation, ProviderError> {
    let other = found.iter().find(|found| found.place != *me);
    let Some(holder) = other.or(found.first()) else {
        return Ok(Observation::default());
    };
    let down = holder.place != *me && holder::is_down(cloud, operation, &holder.attached).await;
    Ok(Observation {
        holder: Some(holder.place.target()),
        holder_down: down,
        ..Observation::default()
    })
}

/// Puts it on `to`. With `over_others` from whoever has it; without, EC2 refuses if anybody has.
pub(crate) async fn assign(
    cloud: &Cloud,
    address: Ipv4Addr,
    to: &Place,
    over_others: bool,
) -> Result<(), ProviderError> {
    let asked = cloud
        .ec2
        .assign_private_ip_addresses()
        .network_interface_id(&to.interface)
        .private_ip_addresses(address.to_string())
        .allow_reassignment(over_others);
    match asked.send().await {
        Ok(_) => Ok(()),
        Err(error) => Err(cloud.failed(Operation::Assign, ASSIGN, &error)),
    }
}

/// Takes it from an interface.
pub(crate) async fn unassign(
    cloud: &Cloud,
    operation: Operation,
    address: Ipv4Addr,
    from: &Place,
) -> Result<(), ProviderError> {
    let asked = cloud
        .ec2
        .unassign_private_ip_addresses()
        .network_interface_id(&from.interface)
        .private_ip_addresses(address.to_string());
    match asked.send().await {
        Ok(_) => Ok(()),
        Err(error) => Err(cloud.failed(operation, UNASSIGN, &error)),
    }
}
