//! What every provider promises, kept on EC2.

use std::time::Duration;

use async_trait::async_trait;
use les_moto::{Fault as Met, Metadata, REFUSED_KEY, Role};
use les_provider::conformance::{Harness, Locking, Names};
use les_provider::memory::{Fault, Machine};
use les_provider::{AddressId, Operation, Provider, Target, conformance};
use les_provider_aws::AwsProvider;

use crate::stage::{SECRET, Stage, TOKEN, on_stage, options, target};

struct World {
    stage: Stage,
    names: Names,
    refused: AwsProvider,
}

impl World {
    async fn new(behind: &str) -> Self {
        let stage = Stage::set(behind).await;
        let role = Role {
            key: REFUSED_KEY.into(),
            secret: SECRET.into(),
            token: TOKEN.into(),
        };
        let metadata = Metadata::start(&stage.me, Some(role)).await;
        let refused = AwsProvider::new(options(&stage.front, &metadata)).unwrap();
        let names = Names {
            address: stage.address(),
            unknown_address: AddressId("eipalloc-00000000000000000".into()),
            me: target(&stage.me),
            other: target(&stage.other),
            unknown_target: Target("eni-00000000000000000/10.0.0.1".into()),
            secrets: vec![SECRET.into(), TOKEN.into()],
            locking: Locking::Absent,
            tells_holder_down: true,
        };
        Self {
            stage,
            names,
            refused,
        }
    }

    fn machine(&self, target: &Target) -> &les_moto::Machine {
        let stage = &self.stage;
        let machines = [&stage.me, &stage.other].into_iter();
        let mut named = machines.filter(|machine| machine.target() == target.0);
        named.next().unwrap()
    }
}

#[async_trait]
impl Harness for World {
    fn names(&self) -> &Names {
        &self.names
    }

    fn provider(&self) -> &dyn Provider {
        &self.stage.provider
    }

    fn refused_provider(&self) -> &dyn Provider {
        &self.refused
    }

    async fn set_holder(&self, holder: Option<&Target>) {
        let (hand, ip) = (&self.stage.hand, &self.stage.ip);
        match holder {
            Some(holder) => hand.associate(ip, self.machine(holder)).await,
            None => hand.disassociate(ip).await,
        }
    }

    async fn holder(&self) -> Option<Target> {
        let interface = self.stage.hand.holder(&self.stage.ip).await?;
        let machines = [&self.stage.me, &self.stage.other].into_iter();
        let mut holders = machines.filter(|machine| machine.interface == interface);
        holders.next().map(target)
    }

    async fn set_machine(&self, target: &Target, state: Machine) {
        let action = match state {
            Machine::Running => "StartInstances",
            Machine::Stopped => "StopInstances",
            // moto leaves the address on it, as the suite wants; EC2 takes it away.
            Machine::Gone => "TerminateInstances",
        };
        self.stage.hand.change(action, self.machine(target)).await;
    }

    async fn set_locked(&self, _: bool) {
        unreachable!("EC2 has no such thing");
    }

    fn tells_how_long_to_wait(&self) -> bool {
        false
    }

    async fn inject(&self, on: Operation, fault: Fault) {
        let action = match on {
            Operation::Observe => "DescribeAddresses",
            Operation::Assign => "AssociateAddress",
            Operation::Release => "DisassociateAddress",
            other => unreachable!("{other:?}"),
        };
        let unavailable = Met::Refused(503, "Unavailable", "The service is unavailable.");
        let met = match fault {
            Fault::Throttled { .. } => {
                Met::Refused(503, "RequestLimitExceeded", "Request limit exceeded.")
            }
            // EC2 has no jobs that could fail: a refusal is all that there is.
            Fault::Unavailable | Fault::ActionFails => unavailable,
            Fault::Latency(by) => Met::Slow(by),
            Fault::Hang | Fault::TimeoutWithoutEffect => Met::Lost,
            Fault::TimeoutAfterSuccess => Met::Unheard,
            Fault::LateLanding { after } => Met::Late(after + Duration::from_millis(1)),
            Fault::StaleRead | Fault::Locked => unreachable!("EC2 has no such thing"),
        };
        self.stage.front.inject(action, met);
    }
}

#[test]
fn the_trait_s_promises_are_kept() {
    on_stage(async |stage: Stage| {
        let behind = stage.front.behind();
        conformance::run(async || World::new(&behind).await).await;
    });
}
