//! Interfaces and the instances behind them: what a holder is, and whether it still runs.

use aws_sdk_ec2::types::{Filter, InstanceStateName, NetworkInterface};
use les_provider::{ErrorKind, Operation, ProviderError};

use crate::place::Place;
use crate::session::Cloud;

const DESCRIBE_INTERFACES: &str = "ec2:DescribeNetworkInterfaces";
const DESCRIBE_INSTANCES: &str = "ec2:DescribeInstances";

/// What an interface is attached to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Attached {
    /// Nothing: it serves nobody.
    Nothing,
    /// This instance.
    Instance(String),
    /// Something of AWS's own, as a NAT gateway or a load balancer: nobody can tell whether that is down.
    Service,
}

/// What EC2 knows of an interface.
#[derive(Clone, Debug)]
pub(crate) struct Interface {
    /// With its primary private address.
    pub(crate) place: Place,
    /// What it is attached to.
    pub(crate) attached: Attached,
    /// The account that it belongs to.
    pub(crate) owner: Option<String>,
    pub(crate) vpc: Option<String>,
    /// Packets for others are dropped.
    pub(crate) source_dest_check: bool,
    secondary: Vec<String>,
}

impl Interface {
    fn new(found: &NetworkInterface) -> Option<Self> {
        let attachment = found.attachment();
        let addresses = found.private_ip_addresses().iter();
        let secondary = addresses.filter(|address| !address.primary().unwrap_or(false));
        Some(Self {
            place: Place {
                interface: found.network_interface_id()?.to_owned(),
                private: found.private_ip_address()?.parse().ok()?,
            },
            attached: match (attachment, attachment.and_then(|a| a.instance_id())) {
                (None, _) => Attached::Nothing,
                (Some(_), Some(id)) if !id.is_empty() => Attached::Instance(id.to_owned()),
                (Some(_), _) => Attached::Service,
            },
            owner: found.owner_id().map(ToOwned::to_owned),
            vpc: found.vpc_id().map(ToOwned::to_owned),
            source_dest_check: found.source_dest_check().unwrap_or(true),
            secondary: secondary
                .filter_map(|a| a.private_ip_address().map(ToOwned::to_owned))
                .collect(),
        })
    }

    /// It has this address besides its primary one.
    pub(crate) fn has_secondary(&self, address: &str) -> bool {
        self.secondary.iter().any(|other| other == address)
    }
}

/// One interface; `None` if there is none of that id.
pub(crate) async fn interface(
    cloud: &Cloud,
    operation: Operation,
    id: &str,
) -> Result<Option<Interface>, ProviderError> {
    let asked = cloud
        .ec2
        .describe_network_interfaces()
        .network_interface_ids(id);
    match asked.send().await {
        Ok(answer) => Ok(answer.network_interfaces().first().and_then(Interface::new)),
        Err(error) => {
            let error = cloud.failed(operation, DESCRIBE_INTERFACES, &error);
            let gone = error.kind == ErrorKind::NotFound;
            if gone { Ok(None) } else { Err(error) }
        }
    }
}

/// The interfaces that have an address: `filter` is EC2's name for its kind.
pub(crate) async fn interfaces_with(
    cloud: &Cloud,
    operation: Operation,
    filter: &str,
    address: &str,
    vpc: Option<&str>,
) -> Result<Vec<Interface>, ProviderError> {
    let by = |name: &str, value: &str| Filter::builder().name(name).values(value).build();
    let asked = cloud
        .ec2
        .describe_network_interfaces()
        .filters(by(filter, address));
    let asked = match vpc {
        Some(vpc) => asked.filters(by("vpc-id", vpc)),
        None => asked,
    };
    let answer = asked.send().await;
    let answer = answer.map_err(|error| cloud.failed(operation, DESCRIBE_INTERFACES, &error))?;
    let found = answer.network_interfaces().iter();
    Ok(found.filter_map(Interface::new).collect())
}

/// Whether EC2 reports the holder as stopped or gone. What cannot be learned is not known: that is no "down".
pub(crate) async fn is_down(cloud: &Cloud, operation: Operation, holder: &Attached) -> bool {
    let instance = match holder {
        Attached::Nothing => return true,
        Attached::Service => return false,
        Attached::Instance(id) => id,
    };
    let asked = cloud.ec2.describe_instances().instance_ids(instance);
    match asked.send().await {
        Ok(answer) => {
            let instances = answer.reservations().iter().flat_map(|r| r.instances());
            let mut states = instances.map(|i| i.state().and_then(|s| s.name()).cloned());
            states.all(|state| {
                matches!(
                    state,
                    Some(InstanceStateName::Stopped | InstanceStateName::Terminated)
                )
            })
        }
        Err(error) => {
            let error = cloud.failed(operation, DESCRIBE_INSTANCES, &error);
            if error.kind != ErrorKind::NotFound {
                tracing::debug!(
                    event = "holder_unknown",
                    instance,
                    "whether the holder {instance} runs is not known: {error}"
                );
            }
            error.kind == ErrorKind::NotFound
        }
    }
}

/// The primary interface of an instance.
pub(crate) async fn primary_of(
    cloud: &Cloud,
    operation: Operation,
    instance: &str,
) -> Result<Option<Place>, ProviderError> {
    let asked = cloud.ec2.describe_instances().instance_ids(instance);
    let answer = asked.send().await;
    let answer = answer.map_err(|error| cloud.failed(operation, DESCRIBE_INSTANCES, &error))?;
    let mut instances = answer.reservations().iter().flat_map(|r| r.instances());
    let primary = |index: Option<i32>| index == Some(0);
    let found = instances.next().and_then(|instance| {
        let interfaces = instance.network_interfaces().iter();
        let mut first =
            interfaces.filter(|i| primary(i.attachment().and_then(|a| a.device_index())));
        let interface = first.next()?;
        Some(Place {
            interface: interface.network_interface_id()?.to_owned(),
            private: interface.private_ip_address()?.parse().ok()?,
        })
    });
    Ok(found)
}
