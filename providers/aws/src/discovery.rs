//! The running instances that have a tag.

use std::collections::BTreeSet;
use std::net::IpAddr;

use aws_sdk_ec2::types::Filter;
use les_provider::{ErrorKind, MAX_DISCOVERED, Operation, ProviderError};

use crate::address::tag;
use crate::failure::failed;
use crate::session::Cloud;

const OPERATION: Operation = Operation::Discover;
/// A tag that is on so many pages of instances is no cluster's.
const MAX_PAGES: usize = 4;

/// The private addresses of the running instances that bear `KEY=VALUE`; those of instances that go or have gone are left out.
pub(crate) async fn instances(
    cloud: &Cloud,
    selector: &str,
    page: i32,
) -> Result<Vec<IpAddr>, ProviderError> {
    let (key, value) =
        tag(selector).map_err(|rule| failed(OPERATION, ErrorKind::Misconfigured, rule))?;
    let by = |name: String, value: &str| Filter::builder().name(name).values(value).build();
    let asked = cloud
        .ec2
        .describe_instances()
        .filters(by(format!("tag:{key}"), &value))
        .filters(by("instance-state-name".to_owned(), "running"))
        .max_results(page);
    let too_many = || {
        let message = format!("more than {MAX_DISCOVERED} machines have the tag {selector}");
        failed(OPERATION, ErrorKind::Misconfigured, message)
    };
    let mut found = BTreeSet::new();
    let mut next = None;
    for _ in 0..MAX_PAGES {
        let answer = asked.clone().set_next_token(next.take()).send().await;
        let answer =
            answer.map_err(|error| cloud.failed(OPERATION, "ec2:DescribeInstances", &error))?;
        let instances = answer.reservations().iter().flat_map(|r| r.instances());
        found.extend(
            instances.filter_map(|instance| instance.private_ip_address()?.parse::<IpAddr>().ok()),
        );
        if found.len() > MAX_DISCOVERED {
            return Err(too_many());
        }
        next = answer
            .next_token()
            .filter(|t| !t.is_empty())
            .map(ToOwned::to_owned);
        if next.is_none() {
            return Ok(found.into_iter().collect());
        }
    }
    Err(too_many())
}
