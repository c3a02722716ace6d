//! `Provider` on EC2.

use std::collections::BTreeMap;
use std::fmt;
use std::net::IpAddr;
use std::sync::Mutex;
use std::time::Duration;

use async_trait::async_trait;
use les_provider::{
    AddressId, Capabilities, ErrorKind, Observation, Operation, Provider, ProviderError, Rehearsed,
    Target,
};
use tokio::sync::OnceCell;

use crate::address::{Elastic, Kind};
use crate::failure::failed;
use crate::options::{BuildError, Options};
use crate::place::Place;
use crate::session::{Cloud, Session};
use crate::{discovery, elastic, holder, identity, ipv6, private_ip, rehearsal, route};

/// EC2 is eventually consistent: a reading may be older than a write that was answered. It is seldom by more than a second.
const SETTLE: Duration = Duration::from_secs(5);

/// With a fifth more or less, so that a node reads once a minute at most.
const STANDBY: Duration = Duration::from_secs(75);

/// EC2, for one interface of one machine.
pub struct AwsProvider {
    session: Session,
    me: OnceCell<Place>,
    /// The allocation ids of Elastic IPs that are named otherwise, once they were read.
    allocations: Mutex<BTreeMap<AddressId, String>>,
}

/// A write, taken apart.
struct Move<'a> {
    cloud: &'a Cloud,
    id: &'a AddressId,
    to: &'a Place,
    seen: Option<&'a Observation>,
    /// Whoever has it by now may be overwritten.
    over_others: bool,
}

impl AwsProvider {
    /// A provider that will look for region, credentials and its own interface when they are first needed.
    ///
    /// # Errors
    /// A URL or the file of certificates cannot be used.
    pub fn new(options: Options) -> Result<Self, BuildError> {
        Ok(Self {
            session: Session::new(options)?,
            me: OnceCell::new(),
            allocations: Mutex::default(),
        })
    }

    async fn me(&self) -> Result<&Place, ProviderError> {
        self.me
            .get_or_try_init(|| identity::find(&self.session))
            .await
    }

    /// Ends a call at its timeout.
    async fn bounded<T>(
        &self,
        operation: Operation,
        call: impl Future<Output = Result<T, ProviderError>>,
    ) -> Result<T, ProviderError> {
        let limit = self.session.options.call_timeout;
        tokio::time::timeout(limit, call).await.unwrap_or_else(|_| {
            let kind = if operation.writes() {
                ErrorKind::MaybeApplied
            } else {
                ErrorKind::Unreachable
            };
            let limit = humantime::format_duration(limit);
            Err(failed(operation, kind, format!("not ended after {limit}")))
        })
    }

    async fn read(
        &self,
        operation: Operation,
        id: &AddressId,
    ) -> Result<Observation, ProviderError> {
        let kind = parse(operation, id)?;
        let cloud = self.session.cloud(operation).await?;
        match &kind {
            Kind::Elastic(name) => {
                // Unknown, it costs a reading of an own address one more question.
                let me = self.me.get();
                let read = elastic::read(&cloud, operation, name, me).await?;
                self.remember(id, &read.allocation);
                Ok(read.observation)
            }
            Kind::PrivateIp(address) => {
                private_ip::read(&cloud, operation, *address, self.me().await?).await
            }
            Kind::Route(to) => {
                let me = self.me().await?;
                private_ip::own(&cloud, operation, me).await?;
                route::read(&cloud, operation, to, me).await
            }
            Kind::Ipv6(address) => ipv6::read(&cloud, operation, *address, self.me().await?).await,
        }
    }

    fn remember(&self, id: &AddressId, allocation: &str) {
        let mut known = self.allocations.lock().unwrap_or_else(|e| e.into_inner());
        if known.get(id).map(String::as_str) != Some(allocation) {
            known.insert(id.clone(), allocation.to_owned());
        }
    }

    fn remembered(&self, id: &AddressId) -> Option<String> {
        let known = self.allocations.lock().unwrap_or_else(|e| e.into_inner());
        known.get(id).cloned()
    }

    async fn moving(
        &self,
        id: &AddressId,
        to: &Target,
        seen: Option<&Observation>,
        over_others: bool,
    ) -> Result<(), ProviderError> {
        let operation = Operation::Assign;
        let kind = parse(operation, id)?;
        let to_place = place(operation, to)?;
        if seen.is_some_and(|seen| seen.holder.as_ref() == Some(to)) {
            return Ok(());
        }
        let cloud = self.session.cloud(operation).await?;
        let moving = Move {
            cloud: &cloud,
            id,
            to: &to_place,
            seen,
            over_others,
        };
        match &kind {
            Kind::Elastic(name) => self.move_elastic(moving, name).await,
            Kind::PrivateIp(address) => move_private(moving, *address).await,
            Kind::Route(route) => route::replace(&cloud, route, &to_place).await,
            Kind::Ipv6(address) => {
                let seen = seen.filter(|_| !over_others);
                ipv6::transfer(&cloud, *address, &to_place, seen).await
            }
        }
    }

    async fn move_elastic(&self, moving: Move<'_>, name: &Elastic) -> Result<(), ProviderError> {
        let Move {
            cloud,
            id,
            to,
            seen,
            over_others,
        } = moving;
        let known = match name {
            Elastic::Allocation(allocation) => Some(allocation.clone()),
            Elastic::Public(_) | Elastic::Tag { .. } => self.remembered(id),
        };
        let allocation = match known {
            Some(allocation) => allocation,
            None => {
                let read = elastic::read(cloud, Operation::Assign, name, Some(to)).await?;
                self.remember(id, &read.allocation);
                read.allocation
            }
        };
        match seen.filter(|_| !over_others) {
            None => elastic::associate(cloud, &allocation, to, true).await,
            Some(seen) => elastic::replace(cloud, &allocation, to, seen).await,
        }
    }
}

async fn move_private(moving: Move<'_>, address: std::net::Ipv4Addr) -> Result<(), ProviderError> {
    let Move {
        cloud,
        to,
        seen,
        over_others,
        ..
    } = moving;
    let Some(seen) = seen.filter(|_| !over_others) else {
        return private_ip::assign(cloud, address, to, true).await;
    };
    if let Some(holder) = seen.holder.as_ref().and_then(Place::parse) {
        private_ip::unassign(cloud, Operation::Assign, address, &holder).await?;
    }
    let placed = private_ip::assign(cloud, address, to, false).await;
    match placed {
        // EC2's word for "somebody has it" is the one for every wrong parameter.
        Err(error) if error.kind == ErrorKind::Misconfigured => {
            let now = private_ip::read(cloud, Operation::Assign, address, to).await?;
            let kind = now.holder.map_or(error.kind, |_| ErrorKind::Conflict);
            Err(ProviderError { kind, ..error })
        }
        placed => placed,
    }
}

fn parse(operation: Operation, id: &AddressId) -> Result<Kind, ProviderError> {
    Kind::parse(id).map_err(|rule| {
        let message = format!("address {:?} {rule}", id.0);
        failed(operation, ErrorKind::Misconfigured, message)
    })
}

fn place(operation: Operation, target: &Target) -> Result<Place, ProviderError> {
    Place::parse(target).ok_or_else(|| {
        let message = format!(
            "target {:?} is no interface with a private address",
            target.0
        );
        failed(operation, ErrorKind::Misconfigured, message)
    })
}

#[async_trait]
impl Provider for AwsProvider {
    fn name(&self) -> &'static str {
        "aws"
    }

    fn capabilities(&self) -> Capabilities {
        let options = &self.session.options;
        Capabilities {
            moves_in_one_call: true,
            settle: SETTLE,
            request_timeout: options.request_timeout,
            call_timeout: options.call_timeout,
            // EC2 counts by the second: ten readings a second at least, far beyond what les asks.
            calls_per_hour: None,
        }
    }

    fn seen_within(&self, address: &AddressId) -> Duration {
        let requests = Kind::parse(address).map_or(1, |kind| kind.requests_of_a_move());
        self.session.options.request_timeout * requests
    }

    /// Within a region a new connection costs milliseconds: it is the credentials that must be warm.
    fn standby_pause(&self) -> Duration {
        STANDBY
    }

    async fn target(&self) -> Result<Target, ProviderError> {
        let me = async { self.me().await.map(Place::target) };
        self.bounded(Operation::Target, me).await
    }

    async fn observe(&self, address: &AddressId) -> Result<Observation, ProviderError> {
        let read = self.read(Operation::Observe, address);
        self.bounded(Operation::Observe, read).await
    }

    async fn assign(
        &self,
        address: &AddressId,
        to: &Target,
        seen: Option<&Observation>,
    ) -> Result<(), ProviderError> {
        let moved = self.moving(address, to, seen, seen.is_none());
        self.bounded(Operation::Assign, moved).await
    }

    async fn take_over(
        &self,
        address: &AddressId,
        to: &Target,
        seen: &Observation,
    ) -> Result<(), ProviderError> {
        let moved = self.moving(address, to, Some(seen), true);
        self.bounded(Operation::Assign, moved).await
    }

    async fn release(&self, address: &AddressId, from: &Target) -> Result<(), ProviderError> {
        let operation = Operation::Release;
        let released = async {
            let held_by = place(operation, from)?;
            let seen = self.read(operation, address).await?;
            if seen.holder.as_ref() != Some(from) {
                return Ok(());
            }
            let cloud = self.session.cloud(operation).await?;
            match (parse(operation, address)?, seen.version) {
                (Kind::Elastic(_), Some(association)) => {
                    elastic::disassociate(&cloud, operation, &association).await
                }
                (Kind::Elastic(_), None) => Ok(()),
                (Kind::PrivateIp(ip), _) => {
                    private_ip::unassign(&cloud, operation, ip, &held_by).await
                }
                (Kind::Ipv6(ip), _) => ipv6::unassign(&cloud, operation, ip, &held_by).await,
                (Kind::Route(_), _) => {
                    let message =
                        "a route leads to somebody always: les replaces it, and deletes none";
                    Err(failed(operation, ErrorKind::Misconfigured, message))
                }
            }
        };
        self.bounded(operation, released).await
    }

    async fn discover(&self, selector: &str) -> Result<Vec<IpAddr>, ProviderError> {
        let found = async {
            let cloud = self.session.cloud(Operation::Discover).await?;
            discovery::instances(&cloud, selector, self.session.options.page).await
        };
        self.bounded(Operation::Discover, found).await
    }

    async fn introduce(&self) -> Result<Vec<(&'static str, String)>, ProviderError> {
        let operation = Operation::Target;
        let told = async {
            let cloud = self.session.cloud(operation).await?;
            let me = self.me().await?;
            let mut told = vec![("region", cloud.region.clone())];
            if let Ok(instance) = identity::instance(&self.session).await {
                told.push(("instance", instance));
            }
            told.push(("interface", me.interface.clone()));
            told.push(("private", me.private.to_string()));
            let own = holder::interface(&cloud, operation, &me.interface).await?;
            if let Some(account) = own.and_then(|own| own.owner) {
                told.push(("account", account));
            }
            Ok(told)
        };
        self.bounded(operation, told).await
    }

    async fn rehearse(
        &self,
        address: &AddressId,
        to: &Target,
    ) -> Result<Vec<Rehearsed>, ProviderError> {
        let operation = Operation::Assign;
        let told = async {
            let kind = parse(operation, address)?;
            let to = place(operation, to)?;
            let cloud = self.session.cloud(operation).await?;
            rehearsal::rehearse(&cloud, &kind, &to).await
        };
        // Nothing is written, so nothing is ambiguous.
        let told = self.bounded(Operation::Observe, told).await;
        told.map_err(|mut error| {
            error.operation = operation.as_str();
            error
        })
    }
}

impl fmt::Debug for AwsProvider {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let options = &self.session.options;
        f.debug_struct("AwsProvider")
            .field("region", &options.region)
            .field("base_url", &options.base_url)
            .field("me", &self.me.get())
            .finish_non_exhaustive()
    }
}
