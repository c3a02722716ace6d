//! The in-memory cloud passes the suite, and shows its faults as scripted.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use les_provider::conformance::{self, Harness, Locking, Names};
use les_provider::memory::{
    Behaviour, Clock, Fault, Landing, Machine, MemoryCloud, MemoryProvider, Profile, What, World,
};
use les_provider::{AddressId, Capabilities, ErrorKind, Operation, Provider, Target};

/// A clock for tests.
fn clock() -> Clock {
    #[expect(
        clippy::disallowed_methods,
        reason = "tests have no clock of the product's to take"
    )]
    let start = tokio::time::Instant::now();
    Arc::new(move || start.elapsed())
}

fn id(name: &str) -> Target {
    Target(name.to_owned())
}

fn address() -> AddressId {
    AddressId("203.0.113.7".to_owned())
}

struct Fresh {
    cloud: MemoryCloud,
    names: Names,
    provider: MemoryProvider,
    refused: MemoryProvider,
}

impl Fresh {
    fn new(behaviour: Behaviour, versions: bool) -> Self {
        let cloud = MemoryCloud::new(clock());
        let names = Names {
            address: address(),
            unknown_address: AddressId("203.0.113.99".to_owned()),
            me: id("me"),
            other: id("other"),
            unknown_target: id("nobody"),
            secrets: Vec::new(),
            locking: Locking::Shown,
            tells_holder_down: true,
        };
        cloud.with(|world, _| {
            world.set_behaviour(behaviour);
            world.add_address(names.address.clone());
            world.set_machine(names.me.clone(), Machine::Running);
            world.set_machine(names.other.clone(), Machine::Running);
        });
        let capabilities = Capabilities {
            moves_in_one_call: true,
            settle: Duration::ZERO,
            request_timeout: Duration::from_millis(200),
            call_timeout: Duration::from_millis(200),
            calls_per_hour: None,
        };
        let profile = Profile {
            versions,
            capabilities,
            admitted: true,
        };
        let provider = MemoryProvider::new(cloud.clone(), id("me"), profile);
        let refused = MemoryProvider::new(
            cloud.clone(),
            id("me"),
            Profile {
                admitted: false,
                ..profile
            },
        );
        Self {
            cloud,
            names,
            provider,
            refused,
        }
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
            .with(|world, now| world.set_holder(now, &self.names.address, holder.cloned()));
    }
    async fn holder(&self) -> Option<Target> {
        self.cloud
            .with(|world, _| world.read(&self.names.address))
            .expect("the address exists")
            .holder
    }
    async fn set_machine(&self, target: &Target, state: Machine) {
        self.cloud
            .with(|world, _| world.set_machine(target.clone(), state));
    }
    async fn set_locked(&self, locked: bool) {
        self.cloud
            .with(|world, _| world.set_locked(&self.names.address, locked));
    }
    async fn inject(&self, on: Operation, fault: Fault) {
        self.cloud.with(|world, _| world.inject(on, fault, 1));
    }
}

#[tokio::test]
async fn passes_the_suite() {
    conformance::run(async || Fresh::new(Behaviour::default(), true)).await;
}

#[tokio::test]
async fn passes_the_suite_with_actions_that_take_time_and_without_versions() {
    let behaviour = Behaviour {
        action_takes: Duration::from_millis(15),
        ..Behaviour::default()
    };
    conformance::run(async || Fresh::new(behaviour, false)).await;
}

#[tokio::test]
async fn stale_reads_show_the_state_before_the_last_move_as_often_as_scripted() {
    let fresh = Fresh::new(Behaviour::default(), true);
    fresh.set_holder(Some(&id("other"))).await;
    fresh.set_holder(Some(&id("me"))).await;
    fresh
        .cloud
        .with(|world, _| world.inject(Operation::Observe, Fault::StaleRead, 2));
    let mut holders = Vec::new();
    for _ in 0..3 {
        holders.push(fresh.provider.observe(&address()).await.unwrap().holder);
    }
    assert_eq!(
        holders,
        [Some(id("other")), Some(id("other")), Some(id("me"))]
    );
}

#[test]
fn a_late_write_overwrites_whatever_happened_meanwhile() {
    let at = Duration::from_millis;
    let mut world = World::default();
    world.add_address(address());
    world.set_machine(id("me"), Machine::Running);
    let (call, _) = world.ask(at(0), Operation::Assign, Some(&address()), Some(&id("me")));
    let late = Landing::Unheard(Some(at(300)));
    world
        .begin(at(0), call, &address(), Some(&id("me")), None, late)
        .unwrap();
    assert!(
        !world.read(&address()).unwrap().locked,
        "the cloud does not know of it yet"
    );
    world.set_holder(at(200), &address(), Some(id("other")));
    world.advance(at(299));
    assert_eq!(world.read(&address()).unwrap().holder, Some(id("other")));
    world.advance(at(1_000));
    assert_eq!(world.read(&address()).unwrap().holder, Some(id("me")));
    let last = world.events(0).last().unwrap();
    assert_eq!(last.at, at(300), "the log has the time at which it landed");
}

#[tokio::test]
async fn who_waits_for_events_is_told_of_calls_and_of_what_happens_by_itself() {
    let behaviour = Behaviour {
        action_takes: Duration::from_millis(30),
        ..Behaviour::default()
    };
    let fresh = Fresh::new(behaviour, true);
    let cloud = fresh.cloud.clone();
    let watching = tokio::spawn(async move {
        let mut next = 0;
        loop {
            for event in cloud.next_events(next).await {
                next = event.number + 1;
                if matches!(event.what, What::Confirmed { done: true, .. }) {
                    return;
                }
            }
        }
    });
    tokio::task::yield_now().await;
    let begun = fresh.cloud.with(|world, now| {
        let (call, _) = world.ask(now, Operation::Assign, Some(&address()), Some(&id("me")));
        world.begin(
            now,
            call,
            &address(),
            Some(&id("me")),
            None,
            Landing::Answered,
        )
    });
    begun.unwrap();
    let told = tokio::time::timeout(Duration::from_secs(10), watching).await;
    told.expect("the end of the action is told without a further call")
        .unwrap();
}

#[tokio::test]
async fn the_log_tells_when_the_cloud_was_asked_and_when_it_confirmed() {
    let takes = Duration::from_millis(40);
    let fresh = Fresh::new(
        Behaviour {
            action_takes: takes,
            ..Behaviour::default()
        },
        true,
    );
    fresh
        .provider
        .assign(&address(), &id("me"), None)
        .await
        .unwrap();
    let events = fresh.cloud.events(0);
    let kinds: Vec<_> = events
        .iter()
        .map(|event| match &event.what {
            What::Asked {
                operation, target, ..
            } => format!("asked {} {target:?}", operation.as_str()),
            What::Moved { from, to, .. } => format!("moved {from:?} {to:?}"),
            What::Confirmed { done, .. } => format!("confirmed {done}"),
            What::Answered { refused, .. } => format!("answered {refused:?}"),
        })
        .collect();
    let me = Some(id("me"));
    let expected = [
        format!("asked assign {me:?}"),
        format!("moved None {me:?}"),
        "confirmed true".to_owned(),
        "answered None".to_owned(),
    ];
    assert_eq!(kinds, expected);
    assert!(
        events[1].at >= events[0].at + takes,
        "the cloud's own time from asked to moved"
    );
}

#[tokio::test]
async fn a_standing_fault_stays_until_it_is_taken_back() {
    let fresh = Fresh::new(Behaviour::default(), true);
    fresh
        .cloud
        .with(|world, _| world.set_standing_fault(Operation::Observe, Some(Fault::Unavailable)));
    for _ in 0..3 {
        assert!(fresh.provider.observe(&address()).await.is_err());
    }
    fresh
        .cloud
        .with(|world, _| world.set_standing_fault(Operation::Observe, None));
    assert!(fresh.provider.observe(&address()).await.is_ok());
}

#[tokio::test]
async fn a_machine_may_be_limited_to_one_address_of_a_family() {
    let fresh = Fresh::new(
        Behaviour {
            one_address_per_machine: true,
            ..Behaviour::default()
        },
        true,
    );
    let second = AddressId("203.0.113.8".to_owned());
    fresh
        .cloud
        .with(|world, _| world.add_address(second.clone()));
    fresh
        .provider
        .assign(&address(), &id("me"), None)
        .await
        .unwrap();
    let error = fresh
        .provider
        .assign(&second, &id("me"), None)
        .await
        .unwrap_err();
    assert_eq!(error.kind, ErrorKind::Conflict);
    assert_eq!(
        fresh
            .cloud
            .with(|world, _| world.read(&second))
            .unwrap()
            .holder,
        None
    );
    let of_the_other_family = AddressId("2001:db8::7".to_owned());
    fresh
        .cloud
        .with(|world, _| world.add_address(of_the_other_family.clone()));
    fresh
        .provider
        .assign(&of_the_other_family, &id("me"), None)
        .await
        .expect("one of each family");
}

#[tokio::test]
async fn a_cloud_may_take_an_address_from_nobody() {
    let fresh = Fresh::new(
        Behaviour {
            moves_in_one_call: false,
            ..Behaviour::default()
        },
        true,
    );
    let assign = async || fresh.provider.assign(&address(), &id("me"), None).await;
    fresh.set_holder(Some(&id("other"))).await;
    assert_eq!(assign().await.unwrap_err().kind, ErrorKind::Conflict);
    assert_eq!(fresh.holder().await, Some(id("other")));
    fresh
        .provider
        .release(&address(), &id("other"))
        .await
        .unwrap();
    assign().await.unwrap();
    assign().await.expect("the holder may have it again");
    assert_eq!(fresh.holder().await, Some(id("me")));
}
