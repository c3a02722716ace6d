//! May this node do what a takeover needs? EC2 answers that without doing it (`DryRun`).

use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use les_provider::{Operation, ProviderError, Rehearsed};

use crate::address::{Elastic, Kind, Route};
use crate::place::Place;
use crate::session::Cloud;
use crate::{elastic, route};

const OPERATION: Operation = Operation::Assign;

/// Each write that a move of the address consists of, and whether it would be allowed.
pub(crate) async fn rehearse(
    cloud: &Cloud,
    kind: &Kind,
    to: &Place,
) -> Result<Vec<Rehearsed>, ProviderError> {
    match kind {
        Kind::Elastic(name) => elastic_ip(cloud, name, to).await,
        Kind::Route(route) => Ok(replaced(cloud, route, to).await),
        // EC2 has no dry run of the calls that move these.
        Kind::PrivateIp(_) | Kind::Ipv6(_) => Ok(Vec::new()),
    }
}

/// What the outcome of a dry run says: `DryRunOperation` is EC2's "it would have worked".
fn outcome<T, E>(
    cloud: &Cloud,
    action: &'static str,
    answer: Result<T, SdkError<E, HttpResponse>>,
) -> Rehearsed
where
    E: ProvideErrorMetadata + std::error::Error + 'static,
{
    let outcome = match answer {
        Ok(_) => Ok(()),
        Err(error) if error.code() == Some("DryRunOperation") => Ok(()),
        Err(error) => Err(cloud.failed(OPERATION, action, &error)),
    };
    Rehearsed { action, outcome }
}

async fn elastic_ip(
    cloud: &Cloud,
    name: &Elastic,
    to: &Place,
) -> Result<Vec<Rehearsed>, ProviderError> {
    let reading = elastic::read(cloud, OPERATION, name, Some(to)).await?;
    let associate = cloud
        .ec2
        .associate_address()
        .allocation_id(&reading.allocation)
        .network_interface_id(&to.interface)
        .private_ip_address(to.private.to_string())
        .allow_reassociation(true)
        .dry_run(true)
        .send()
        .await;
    let mut told = vec![outcome(cloud, elastic::ASSOCIATE, associate)];
    // A free address has nothing that could be ended.
    if let Some(association) = reading.observation.version {
        let asked = cloud.ec2.disassociate_address();
        let ended = asked.association_id(association).dry_run(true).send().await;
        told.push(outcome(cloud, elastic::DISASSOCIATE, ended));
    }
    Ok(told)
}

async fn replaced(cloud: &Cloud, route: &Route, to: &Place) -> Vec<Rehearsed> {
    let mut told = Vec::new();
    for table in &route.tables {
        let asked = cloud
            .ec2
            .replace_route()
            .route_table_id(table)
            .destination_cidr_block(route.destination())
            .network_interface_id(&to.interface)
            .dry_run(true);
        told.push(outcome(cloud, route::REPLACE, asked.send().await));
    }
    told
}
