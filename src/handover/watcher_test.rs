use les_core::{
    Election, ElectionConfig, HeldBy, Holding, Identity, Incarnation, NodeId, Now, Stamp, StateDoc,
    StreamView, Wall,
};

use super::*;

const ADDRESS: &str = "203.0.113.7";

fn at(ms: u64) -> Time {
    Time::from_epoch(Duration::from_millis(ms))
}

fn addr(n: u8) -> Addr {
    format!("10.0.0.{n}:4000").parse().unwrap()
}

fn view_as(role: Role) -> View {
    let me = Identity {
        addr: addr(1),
        id: NodeId(1),
        inc: Incarnation(1),
    };
    let now = Now {
        mono: at(0),
        wall: Wall(1),
    };
    let mut view = Election::new(me, ElectionConfig::default(), now).view(now);
    view.role = role;
    view
}

fn leading(epoch: u64) -> View {
    view_as(Role::Leader {
        epoch: Epoch(epoch),
        since: at(0),
    })
}

/// A view that follows node `n`, whose document arrived at `heard` and says of the address what `holding` says.
fn following(n: u8, heard: u64, holding: Option<Holding>) -> View {
    let mut view = view_as(Role::Follower {
        leader: addr(n),
        epoch: Epoch(8),
        since: at(heard),
    });
    let holds = holding.map(|holding| (ADDRESS.to_owned(), holding));
    let mut ext = view.doc(Time::ZERO).ext.unwrap();
    ext.holds = holds.into_iter().collect();
    view.members = vec![MemberView {
        addr: addr(n),
        doc: Arc::new(StateDoc {
            addr: addr(n),
            others: vec![addr(1)],
            stamp: Stamp::from_micros(2),
            leader: Some(addr(n)),
            ext: Some(ext),
        }),
        told: at(heard),
        heard: at(heard),
        missed: 0,
        silent: false,
        zombie: false,
        stream: StreamView::Open,
    }];
    view
}

fn mine(age_ms: u64) -> Option<Holding> {
    Some(Holding {
        mine: true,
        holder: HeldBy::Unsaid,
        age: Duration::from_millis(age_ms),
    })
}

/// A hand-over that began at 100 ms.
fn begun(addresses: &[&str]) -> Watcher {
    let addresses: Vec<String> = addresses.iter().map(|id| (*id).to_owned()).collect();
    Watcher::begin(&leading(7), &addresses, at(100))
}

#[test]
fn is_done_when_the_successor_holds_every_address() {
    let mut watcher = begun(&[ADDRESS]);
    watcher.look(&leading(7), at(101));
    assert_eq!(
        watcher.report().progress,
        Progress::Underway,
        "not resigned yet"
    );
    watcher.look(&following(2, 108, None), at(108));
    assert_eq!(
        watcher.report().progress,
        Progress::Underway,
        "not held yet"
    );
    watcher.look(&following(2, 160, mine(20)), at(163));
    let report = watcher.report();
    assert_eq!(report.progress, Progress::Done);
    let text = report.to_string();
    assert_eq!(
        text,
        "10.0.0.2:4000 leads after 8 ms, holds 203.0.113.7 after 63 ms"
    );
}

#[test]
fn a_reading_from_before_the_beginning_does_not_count() {
    let mut watcher = begun(&[ADDRESS]);
    watcher.look(&following(2, 150, mine(51)), at(150));
    assert_eq!(watcher.report().progress, Progress::Underway);
    watcher.look(&following(2, 150, mine(50)), at(150));
    assert_eq!(watcher.report().progress, Progress::Done);
}

#[test]
fn without_addresses_to_follow_is_enough() {
    let mut watcher = begun(&[]);
    watcher.look(&following(2, 150, None), at(150));
    assert_eq!(watcher.report().progress, Progress::Done);
}

#[test]
fn a_reference_node_is_not_asked_what_it_holds() {
    let mut watcher = begun(&[ADDRESS]);
    let mut view = following(2, 150, None);
    let doc = StateDoc {
        ext: None,
        ..(*view.members[0].doc).clone()
    };
    view.members[0].doc = Arc::new(doc);
    watcher.look(&view, at(150));
    assert_eq!(watcher.report().progress, Progress::Done);
    assert!(watcher.report().to_string().contains("does not say"));
}

#[test]
fn a_successor_that_is_succeeded_does_not_lend_what_it_held() {
    let mut watcher = begun(&[ADDRESS, "203.0.113.8"]);
    watcher.look(&following(2, 150, mine(1)), at(150));
    watcher.look(&following(3, 190, None), at(190));
    let report = watcher.report();
    assert_eq!(report.successor.as_ref().unwrap().addr, addr(3));
    assert_eq!(report.addresses[0].after, None);
}

#[test]
fn ends_late_or_when_the_lead_comes_back() {
    let mut watcher = begun(&[ADDRESS]);
    watcher.look(&following(2, 150, None), at(100) + PATIENCE);
    assert_eq!(watcher.report().progress, Progress::Late);
    assert!(
        watcher
            .report()
            .to_string()
            .contains("has not said that it holds 203.0.113.7")
    );
    let mut watcher = begun(&[ADDRESS]);
    watcher.look(&leading(8), at(4000));
    assert_eq!(watcher.report().progress, Progress::TookBack);
}
