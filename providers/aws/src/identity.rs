//! Who this machine is, by its metadata service (IMDSv2): no permission is needed for that.

use std::net::Ipv4Addr;

use aws_config::imds::client::error::ImdsError;
use les_provider::{ErrorKind, Operation, ProviderError};

use crate::failure::{causes, failed};
use crate::holder;
use crate::place::Place;
use crate::session::Session;

const OPERATION: Operation = Operation::Target;
const MACS: &str = "/latest/meta-data/network/interfaces/macs/";

/// The interface and private address that this node offers.
pub(crate) async fn find(session: &Session) -> Result<Place, ProviderError> {
    let wanted = &session.options.wanted;
    match (&wanted.interface, wanted.private) {
        (Some(interface), Some(private)) => Ok(Place {
            interface: interface.clone(),
            private,
        }),
        (Some(interface), None) => {
            let cloud = session.cloud(OPERATION).await?;
            let found = holder::interface(&cloud, OPERATION, interface).await?;
            found.map(|found| found.place).ok_or_else(|| {
                let message = format!("there is no interface {interface} in {}", cloud.region);
                failed(OPERATION, ErrorKind::NotFound, message)
            })
        }
        (None, private) => by_metadata(session, private).await,
    }
}

async fn by_metadata(session: &Session, private: Option<Ipv4Addr>) -> Result<Place, ProviderError> {
    let mac = mac(session, private).await?;
    let interface = ask(session, &format!("{MACS}{mac}/interface-id")).await?;
    let addresses = private_addresses(session, &mac).await?;
    let chosen = match private {
        Some(private) if addresses.contains(&private) => Some(private),
        Some(private) => {
            let message =
                format!("{interface} has no private address {private}: it has {addresses:?}");
            return Err(failed(OPERATION, ErrorKind::Misconfigured, message));
        }
        None => addresses.first().copied(),
    };
    let private = chosen.ok_or_else(|| {
        let message = format!("the interface {interface} has no private IPv4 address");
        failed(OPERATION, ErrorKind::Misconfigured, message)
    })?;
    Ok(Place { interface, private })
}

/// The interface's hardware address, by which the service lists it.
async fn mac(session: &Session, private: Option<Ipv4Addr>) -> Result<String, ProviderError> {
    let wanted = &session.options.wanted;
    if wanted.device_index.is_none() && private.is_none() {
        return ask(session, "/latest/meta-data/mac").await;
    }
    let listed = ask(session, MACS).await?;
    let mut there = Vec::new();
    for mac in listed.lines().map(|line| line.trim().trim_end_matches('/')) {
        if let Some(index) = wanted.device_index {
            let number = ask(session, &format!("{MACS}{mac}/device-number")).await?;
            if number.parse() == Ok(index) {
                return Ok(mac.to_owned());
            }
            there.push(number);
        } else if let Some(private) = private {
            let addresses = private_addresses(session, mac).await?;
            if addresses.contains(&private) {
                return Ok(mac.to_owned());
            }
            there.extend(addresses.iter().map(ToString::to_string));
        }
    }
    let what = match (wanted.device_index, private) {
        (Some(index), _) => format!("no interface has the device index {index}"),
        (None, Some(private)) => format!("no interface has the private address {private}"),
        (None, None) => "there is no interface".to_owned(),
    };
    let message = format!("{what}: this instance has {}", there.join(", "));
    Err(failed(OPERATION, ErrorKind::Misconfigured, message))
}

/// The primary one first.
pub(crate) async fn private_addresses(
    session: &Session,
    mac: &str,
) -> Result<Vec<Ipv4Addr>, ProviderError> {
    let listed = ask(session, &format!("{MACS}{mac}/local-ipv4s")).await?;
    Ok(listed
        .lines()
        .filter_map(|line| line.trim().parse().ok())
        .collect())
}

/// The instance's id, for people.
pub(crate) async fn instance(session: &Session) -> Result<String, ProviderError> {
    ask(session, "/latest/meta-data/instance-id").await
}

async fn ask(session: &Session, path: &str) -> Result<String, ProviderError> {
    let answer = session.imds.get(path).await;
    match answer {
        Ok(text) => Ok(text.as_ref().trim().to_owned()),
        Err(ImdsError::ErrorResponse(response)) => {
            let status = response.response().status().as_u16();
            let message = format!("the instance metadata service answers {status} to {path}");
            Err(failed(OPERATION, ErrorKind::Transient, message))
        }
        Err(error) => {
            let why = causes(&error);
            let message = format!(
                "the instance metadata service does not answer: it must be enabled, from a container with a hop limit of 2; or set provider.target ({why})"
            );
            Err(failed(OPERATION, ErrorKind::Transient, message))
        }
    }
}
