//! The `digitalocean` preset against a simulated DigitalOcean: the suite, and what is particular to that cloud.

use std::sync::Arc;
use std::time::Duration;

use crate::support::{TOKEN, address, digitalocean, droplet};
use async_trait::async_trait;
use les_provider::conformance::{self, Harness, Names};
use les_provider::memory::{Clock, Fault, Machine, What};
use les_provider::{AddressId, ErrorKind, Operation, Provider, Secret, Target};
use les_provider_rest::RestProvider;
use les_provider_simulated::{Settings, SimulatedCloud};
use tokio::net::TcpListener;

const ME: u64 = 3_164_444;
const OTHER: u64 = 3_164_445;

/// A clock for tests.
fn clock() -> Clock {
    #[expect(
        clippy::disallowed_methods,
        reason = "tests have no clock of the product's to take"
    )]
    let start = tokio::time::Instant::now();
    Arc::new(move || start.elapsed())
}

/// A simulated cloud on a port of its own, with two droplets and one address.
struct Fresh {
    cloud: SimulatedCloud,
    names: Names,
    provider: RestProvider,
    refused: RestProvider,
}

impl Fresh {
    async fn new(action_takes: Duration) -> Self {
        Self::with(Settings {
            token: Secret::new(TOKEN),
            action_takes,
            hide_droplets: false,
        })
        .await
    }

    async fn with(settings: Settings) -> Self {
        let cloud = SimulatedCloud::new(settings, clock());
        let names = Names {
            address: address(),
            unknown_address: AddressId("203.0.113.99".to_owned()),
            me: droplet(ME),
            other: droplet(OTHER),
            unknown_target: droplet(99),
            secrets: vec![TOKEN.to_owned(), "dop_v1_wr0ng".to_owned()],
            tells_holder_down: true,
        };
        cloud.world().with(|world, _| {
            world.add_address(names.address.clone());
            world.set_machine(names.me.clone(), Machine::Running);
            world.set_machine(names.other.clone(), Machine::Running);
        });
        let listener = TcpListener::bind("127.0.0.1:0")
            .await
            .expect("a port is free");
        let base = format!("http://{}", listener.local_addr().expect("it is bound"));
        tokio::spawn(cloud.clone().serve(listener, std::future::pending()));
        let metadata = format!("{base}/node/{ME}");
        let provider = digitalocean(&base, &metadata, TOKEN);
        let refused = digitalocean(&base, &metadata, "dop_v1_wr0ng");
        Self {
            cloud,
            names,
            provider,
            refused,
        }
    }

    fn inject_times(&self, on: Operation, fault: Fault, times: usize) {
        self.cloud
            .world()
            .with(|world, _| world.inject(on, fault, times));
    }

    /// How often the cloud was asked for this.
    fn asked(&self, wanted: Operation) -> usize {
        let events = self.cloud.world().events(0);
        let is_wanted =
            |what: &What| matches!(what, What::Asked { operation, .. } if *operation == wanted);
        events.iter().filter(|event| is_wanted(&event.what)).count()
    }
}

#[async_trait]
impl Harness for Fresh {
    fn names(&self) -> &Names {
        &self.names
    }
    fn provider(&self) -> &dyn Provider {
        &self.provider
    }
    fn refused_provider(&self) -> &dyn Provider {
        &self.refused
    }
    async fn set_holder(&self, holder: Option<&Target>) {
        self.cloud
            .world()
            .with(|world, now| world.set_holder(now, &address(), holder.cloned()));
    }
    async fn holder(&self) -> Option<Target> {
        self.cloud
            .world()
            .with(|world, _| world.read(&address()))
            .expect("it exists")
            .holder
    }
    async fn set_machine(&self, target: &Target, state: Machine) {
        self.cloud
            .world()
            .with(|world, _| world.set_machine(target.clone(), state));
    }
    async fn set_locked(&self, locked: bool) {
        self.cloud
            .world()
            .with(|world, _| world.set_locked(&address(), locked));
    }
    async fn inject(&self, on: Operation, fault: Fault) {
        self.inject_times(on, fault, 1);
    }
}

#[tokio::test]
async fn passes_the_suite_when_moves_take_time() {
    conformance::run(async || Fresh::new(Duration::from_millis(20)).await).await;
}

#[tokio::test]
async fn passes_the_suite_when_moves_are_done_at_once() {
    conformance::run(async || Fresh::new(Duration::ZERO).await).await;
}

#[tokio::test]
async fn an_action_is_followed_to_its_end_through_faults_of_the_polls() {
    let fresh = Fresh::new(Duration::from_millis(100)).await;
    fresh.inject_times(Operation::Poll, Fault::Unavailable, 2);
    fresh.inject_times(Operation::Poll, Fault::Throttled { retry_after: None }, 2);
    fresh
        .provider
        .assign(&address(), &droplet(ME), None)
        .await
        .unwrap();
    assert_eq!(
        fresh.holder().await,
        Some(droplet(ME)),
        "it returned after the move, not before"
    );
    assert!(fresh.asked(Operation::Poll) >= 5);
    assert_eq!(
        fresh.asked(Operation::Assign),
        1,
        "one write, whatever happens to the polls"
    );
}

#[tokio::test]
async fn an_action_without_an_end_is_given_up_at_the_deadline_as_ambiguous() {
    let fresh = Fresh::new(Duration::from_secs(3_600)).await;
    let error = fresh
        .provider
        .assign(&address(), &droplet(ME), None)
        .await
        .unwrap_err();
    assert_eq!(error.kind, ErrorKind::MaybeApplied, "{error}");
    assert!(
        error.message.contains("still at work"),
        "by the action's deadline: {error}"
    );
    let seen = fresh.provider.observe(&address()).await.unwrap();
    assert!(
        seen.busy && seen.holder.is_none(),
        "the cloud is still at work, and the address is not free: {seen:?}"
    );
}

#[tokio::test]
async fn a_droplet_that_already_has_this_address_keeps_it_and_one_with_another_is_refused() {
    let fresh = Fresh::new(Duration::ZERO).await;
    fresh.set_holder(Some(&droplet(ME))).await;
    fresh
        .provider
        .assign(&address(), &droplet(ME), None)
        .await
        .expect("422, and it is where it shall be");

    let second = AddressId("203.0.113.8".to_owned());
    fresh
        .cloud
        .world()
        .with(|world, _| world.add_address(second.clone()));
    let error = fresh
        .provider
        .assign(&second, &droplet(ME), None)
        .await
        .unwrap_err();
    assert_eq!(error.kind, ErrorKind::Conflict);
    assert!(
        error.message.contains("already has a reserved IP"),
        "{error}"
    );
    assert_eq!(
        fresh
            .cloud
            .world()
            .with(|world, _| world.read(&second))
            .unwrap()
            .holder,
        None
    );
}

#[tokio::test]
async fn a_refusal_that_cannot_be_looked_into_is_no_success() {
    let fresh = Fresh::new(Duration::ZERO).await;
    fresh.set_holder(Some(&droplet(ME))).await;
    // The refusal is a conflict; the look at the address fails.
    fresh.inject_times(Operation::Observe, Fault::Unavailable, 1);
    let error = fresh
        .provider
        .assign(&address(), &droplet(ME), None)
        .await
        .unwrap_err();
    assert_eq!(
        error.kind,
        ErrorKind::Conflict,
        "what could not be checked is not taken for a success"
    );
}

#[tokio::test]
async fn a_token_that_may_not_see_droplets_is_told_so_and_no_address_reads_as_free() {
    let settings = Settings {
        token: Secret::new(TOKEN),
        action_takes: Duration::ZERO,
        hide_droplets: true,
    };
    let fresh = Fresh::with(settings).await;
    fresh.set_holder(Some(&droplet(OTHER))).await;
    let error = fresh.provider.observe(&address()).await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::Denied);
    assert!(error.message.contains("droplet:read"), "{error}");
}

#[tokio::test]
async fn a_deleted_holder_is_down() {
    let fresh = Fresh::new(Duration::ZERO).await;
    fresh.set_holder(Some(&droplet(OTHER))).await;
    fresh.set_machine(&droplet(OTHER), Machine::Gone).await;
    let seen = fresh.provider.observe(&address()).await.unwrap();
    assert_eq!(
        (seen.holder, seen.holder_down),
        (Some(droplet(OTHER)), true)
    );
}

#[tokio::test]
async fn a_machine_that_the_metadata_service_does_not_know_is_told_what_to_do() {
    let fresh = Fresh::new(Duration::ZERO).await;
    fresh
        .cloud
        .world()
        .with(|world, _| world.set_standing_fault(Operation::Target, None));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(fresh.cloud.clone().serve(listener, std::future::pending()));
    let lost = digitalocean(&base, &format!("{base}/node/99"), TOKEN);
    let error = lost.target().await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::Misconfigured);
    assert!(error.message.contains("configure its target"), "{error}");
}

#[tokio::test]
async fn the_log_gives_the_clouds_own_times_of_a_move() {
    let takes = Duration::from_millis(60);
    let fresh = Fresh::new(takes).await;
    fresh.provider.observe(&address()).await.unwrap();
    fresh
        .provider
        .assign(&address(), &droplet(ME), None)
        .await
        .unwrap();
    let events = fresh.cloud.world().events(0);
    let at = |is: &dyn Fn(&What) -> bool| events.iter().find(|event| is(&event.what)).unwrap().at;
    let asked = at(
        &|what| matches!(what, What::Asked { operation: Operation::Assign, target: Some(to), .. } if *to == droplet(ME)),
    );
    let moved = at(&|what| matches!(what, What::Moved { to: Some(to), .. } if *to == droplet(ME)));
    let confirmed = at(&|what| matches!(what, What::Confirmed { done: true, .. }));
    assert_eq!(moved - asked, confirmed - asked);
    assert!(moved >= asked + takes);
}
