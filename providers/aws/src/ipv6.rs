//! IPv6 addresses of interfaces. EC2 has no call that moves one: it is taken away and given, and in between nobody has it.

use std::net::Ipv6Addr;

use les_provider::{ErrorKind, Observation, Operation, ProviderError};

use crate::holder::{self, Interface};
use crate::place::Place;
use crate::private_ip::{observation, own};
use crate::session::Cloud;

pub(crate) const ASSIGN: &str = "ec2:AssignIpv6Addresses";
pub(crate) const UNASSIGN: &str = "ec2:UnassignIpv6Addresses";

/// Reads who has it.
pub(crate) async fn read(
    cloud: &Cloud,
    operation: Operation,
    address: Ipv6Addr,
    me: &Place,
) -> Result<Observation, ProviderError> {
    own(cloud, operation, me).await?;
    let found = holders(cloud, operation, address).await?;
    observation(cloud, operation, &found, me).await
}

async fn holders(
    cloud: &Cloud,
    operation: Operation,
    address: Ipv6Addr,
) -> Result<Vec<Interface>, ProviderError> {
    let filter = "ipv6-addresses.ipv6-address";
    holder::interfaces_with(cloud, operation, filter, &address.to_string(), None).await
}

/// Takes it from whoever has it and gives it to `to`. With `seen` only from whom that shows.
pub(crate) async fn transfer(
    cloud: &Cloud,
    address: Ipv6Addr,
    to: &Place,
    seen: Option<&Observation>,
) -> Result<(), ProviderError> {
    let operation = Operation::Assign;
    let mut taken = false;
    for holder in holders(cloud, operation, address).await? {
        if holder.place == *to {
            continue;
        }
        let expected = seen.is_none_or(|s| s.holder.as_ref() == Some(&holder.place.target()));
        if !expected {
            let message = format!("it is on {} by now", holder.place);
            return Err(crate::failure::failed(
                operation,
                ErrorKind::Conflict,
                message,
            ));
        }
        unassign(cloud, operation, address, &holder.place).await?;
        taken = true;
    }
    let asked = cloud
        .ec2
        .assign_ipv6_addresses()
        .network_interface_id(&to.interface)
        .ipv6_addresses(address.to_string());
    match asked.send().await {
        Ok(_) => Ok(()),
        Err(error) => {
            let mut error = cloud.failed(operation, ASSIGN, &error);
            if taken && matches!(error.kind, ErrorKind::Transient | ErrorKind::Unreachable) {
                error.kind = ErrorKind::MaybeApplied;
                error.message =
                    format!("it was taken from its holder, and then: {}", error.message);
            }
            Err(error)
        }
    }
}

/// Takes it from an interface.
pub(crate) async fn unassign(
    cloud: &Cloud,
    operation: Operation,
    address: Ipv6Addr,
    from: &Place,
) -> Result<(), ProviderError> {
    let asked = cloud
        .ec2
        .unassign_ipv6_addresses()
        .network_interface_id(&from.interface)
        .ipv6_addresses(address.to_string());
    match asked.send().await {
        Ok(_) => Ok(()),
        Err(error) => Err(cloud.failed(operation, UNASSIGN, &error)),
    }
}
