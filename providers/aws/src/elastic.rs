//! Elastic IPs: one call moves one, and its association's id says whether it was moved meanwhile.

use aws_sdk_ec2::types::{Address, Filter};
use les_provider::{ErrorKind, Observation, Operation, ProviderError};

use crate::address::Elastic;
use crate::failure::failed;
use crate::holder::{self, Attached};
use crate::place::Place;
use crate::session::Cloud;

const DESCRIBE: &str = "ec2:DescribeAddresses";
pub(crate) const ASSOCIATE: &str = "ec2:AssociateAddress";
pub(crate) const DISASSOCIATE: &str = "ec2:DisassociateAddress";

/// One reading.
#[derive(Clone, Debug)]
pub(crate) struct Reading {
    pub(crate) allocation: String,
    pub(crate) observation: Observation,
}

/// Reads it. Whether a holder runs is asked only of others than `me`.
pub(crate) async fn read(
    cloud: &Cloud,
    operation: Operation,
    name: &Elastic,
    me: Option<&Place>,
) -> Result<Reading, ProviderError> {
    let found = find(cloud, operation, name).await?;
    let allocation = found.allocation_id().map(ToOwned::to_owned);
    let allocation = allocation.ok_or_else(|| {
        let message = "the address has no allocation id: only addresses of a VPC can be moved";
        failed(operation, ErrorKind::Misconfigured, message)
    })?;
    let holder = holder_of(cloud, operation, &found).await?;
    let holder_down = match &holder {
        Some(place) if Some(place) != me => {
            let attached = attached(cloud, operation, &found, place).await;
            match attached {
                Ok(attached) => holder::is_down(cloud, operation, &attached).await,
                Err(_) => false,
            }
        }
        _ => false,
    };
    let version = found.association_id().map(ToOwned::to_owned);
    Ok(Reading {
        allocation,
        observation: Observation {
            holder: holder.map(|place| place.target()),
            version,
            busy: false,
            holder_down,
        },
    })
}

async fn find(
    cloud: &Cloud,
    operation: Operation,
    name: &Elastic,
) -> Result<Address, ProviderError> {
    let asked = cloud.ec2.describe_addresses();
    let asked = match name {
        Elastic::Allocation(id) => asked.allocation_ids(id),
        Elastic::Public(ip) => asked.public_ips(ip.to_string()),
        Elastic::Tag { key, value } => {
            let name = format!("tag:{key}");
            asked.filters(Filter::builder().name(name).values(value).build())
        }
    };
    let answer = asked.send().await;
    let answer = answer.map_err(|error| cloud.failed(operation, DESCRIBE, &error))?;
    match (answer.addresses(), name) {
        ([address], _) => Ok(address.clone()),
        ([], Elastic::Tag { key, value }) => {
            let message = format!(
                "no Elastic IP of {} has the tag {key}={value}",
                cloud.region
            );
            Err(failed(operation, ErrorKind::NotFound, message))
        }
        ([], _) => {
            let message = format!("there is no such Elastic IP in {}", cloud.region);
            Err(failed(operation, ErrorKind::NotFound, message))
        }
        (several, _) => {
            let message = format!(
                "{} Elastic IPs fit: the tag must be on one alone",
                several.len()
            );
            Err(failed(operation, ErrorKind::Misconfigured, message))
        }
    }
}

/// By interface and private address, also where EC2 leaves the instance empty. Where only the instance is told, it is the primary interface.
async fn holder_of(
    cloud: &Cloud,
    operation: Operation,
    found: &Address,
) -> Result<Option<Place>, ProviderError> {
    let text = |field: Option<&str>| field.filter(|t| !t.is_empty()).map(ToOwned::to_owned);
    let interface = text(found.network_interface_id());
    let private = found.private_ip_address().and_then(|ip| ip.parse().ok());
    match (interface, private, text(found.instance_id())) {
        (Some(interface), Some(private), _) => Ok(Some(Place { interface, private })),
        (Some(interface), None, _) => {
            let found = holder::interface(cloud, operation, &interface).await?;
            Ok(found.map(|found| found.place))
        }
        (None, _, Some(instance)) => holder::primary_of(cloud, operation, &instance).await,
        (None, _, None) => Ok(None),
    }
}

async fn attached(
    cloud: &Cloud,
    operation: Operation,
    found: &Address,
    holder: &Place,
) -> Result<Attached, ProviderError> {
    if let Some(instance) = found.instance_id().filter(|id| !id.is_empty()) {
        return Ok(Attached::Instance(instance.to_owned()));
    }
    let interface = holder::interface(cloud, operation, &holder.interface).await?;
    Ok(interface.map_or(Attached::Nothing, |interface| interface.attached))
}

/// Puts it on `to`. With `over_others` from whoever has it; without, EC2 refuses if anybody has.
pub(crate) async fn associate(
    cloud: &Cloud,
    allocation: &str,
    to: &Place,
    over_others: bool,
) -> Result<(), ProviderError> {
    let asked = cloud
        .ec2
        .associate_address()
        .allocation_id(allocation)
        .network_interface_id(&to.interface)
        .private_ip_address(to.private.to_string())
        // EC2 takes a missing one for true.
        .allow_reassociation(over_others);
    match asked.send().await {
        Ok(_) => Ok(()),
        Err(error) => Err(cloud.failed(Operation::Assign, ASSOCIATE, &error)),
    }
}

/// Ends one association. No error if it has ended already: what came after it is left alone.
pub(crate) async fn disassociate(
    cloud: &Cloud,
    operation: Operation,
    association: &str,
) -> Result<(), ProviderError> {
    let asked = cloud.ec2.disassociate_address().association_id(association);
    match asked.send().await {
        Ok(_) => Ok(()),
        Err(error) => match cloud.failed(operation, DISASSOCIATE, &error) {
            error if error.kind == ErrorKind::Conflict => Ok(()),
            error => Err(error),
        },
    }
}

/// A compare-and-set of two calls: the association that was seen is ended, and a new one made only if there is none.
pub(crate) async fn replace(
    cloud: &Cloud,
    allocation: &str,
    to: &Place,
    seen: &Observation,
) -> Result<(), ProviderError> {
    let Some(association) = &seen.version else {
        return associate(cloud, allocation, to, false).await;
    };
    disassociate(cloud, Operation::Assign, association).await?;
    let placed = associate(cloud, allocation, to, false).await;
    placed.map_err(|mut error| {
        // Nobody may hold it now: that must be looked at before anything else.
        if matches!(
            error.kind,
            ErrorKind::Transient | ErrorKind::Unreachable | ErrorKind::InProgress
        ) {
            error.kind = ErrorKind::MaybeApplied;
            error.message = format!("it was taken from its holder, and then: {}", error.message);
        }
        error
    })
}
