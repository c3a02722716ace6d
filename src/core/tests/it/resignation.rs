//! R3: resignation, hand-over, drain.

use std::time::Duration;

use les_core::*;

use crate::support::*;

const SOON: Duration = Duration::from_secs(3);

fn resigns(table: &mut Table, to: Option<&str>) {
    let doc = table.peer("a:2").doc();
    doc.leader = None;
    doc.stamp = stamp(2000);
    let ext = doc.ext.as_mut().expect("one of ours");
    ext.resigned = Some(Resignation {
        epoch: Epoch(7),
        to: to.map(addr),
    });
    let holding = Holding {
        mine: true,
        holder: HeldBy::Unsaid,
        age: Duration::from_millis(500),
    };
    ext.holds = [("203.0.113.7".to_owned(), holding)].into();
    table.push("a:2");
}

fn confirms(table: &mut Table, names: &[&str]) {
    let ballot = table.view().ballot;
    for name in names {
        let doc = table.peer(name).doc();
        doc.leader = Some(addr("me:1"));
        doc.ext.as_mut().expect("one of ours").confirms = Some(Confirmation {
            inc: inc(1),
            ballot,
        });
        table.push(name);
    }
}

/// This node leads; `a:2` and `b:3` follow it.
pub(crate) fn leading() -> Table {
    let mut table = watching();
    resigns(&mut table, None);
    confirms(&mut table, &["a:2", "b:3"]);
    assert!(table.view().leads());
    let epoch = table.view().predecessor.0;
    table.all_acknowledge(epoch, "me:1");
    for name in ["a:2", "b:3"] {
        table.push(name);
    }
    table
}

#[test]
fn after_a_resignation_the_most_senior_takes_over_and_reads_nothing_first() {
    let mut table = watching();
    resigns(&mut table, None);
    assert_eq!(table.view().named, None, "a candidate");
    confirms(&mut table, &["a:2", "b:3"]);
    let reign = table.view().leadership.reign.expect("leads");
    assert_eq!(reign.predecessor, Some(addr("a:2")));
    assert!(reign.blind.unwrap().held.contains_key("203.0.113.7"));
}

#[test]
fn a_chosen_successor_is_named_whoever_is_more_senior_and_for_a_while_only() {
    let mut table = watching();
    resigns(&mut table, Some("b:3"));
    assert_eq!(table.view().named, Some(addr("b:3")));
    // It cannot lead: the most senior does.
    table.peer("b:3").doc().ext.as_mut().unwrap().eligible = false;
    table.push("b:3");
    let role = table.view().role;
    assert!(matches!(role, Role::Undecided(Undecided::Candidate(_))));
}

#[test]
fn a_resignation_from_an_older_reign_chooses_nobody() {
    let mut table = watching();
    resigns(&mut table, Some("b:3"));
    let doc = table.peer("a:2").doc();
    doc.ext.as_mut().unwrap().resigned.as_mut().unwrap().epoch = Epoch(6);
    table.push("a:2");
    assert_eq!(table.view().named, None, "this node stands itself");
}

#[test]
fn who_resigns_goes_to_the_end_says_what_it_held_and_confirms_its_successor() {
    let mut table = leading();
    let epoch = table.view().predecessor.0;
    table.happen(Input::AddressRead {
        address: "203.0.113.7".into(),
        first: true,
        begun: table.now.mono,
        mine: Some(true),
        holder: HeldBy::Unsaid,
    });
    table.happen(Input::Resign { to: None });
    let view = table.view();
    assert!(!view.leads());
    assert!(view.stamp > stamp(2000));
    assert_eq!(view.resigned, Some(Resignation { epoch, to: None }));
    assert!(view.holds["203.0.113.7"].mine);
    assert_eq!(
        view.named,
        Some(addr("b:3")),
        "the most senior of the others"
    );
}

#[test]
fn nobody_resigns_in_favour_of_who_cannot_lead() {
    for to in [Some("x:9"), Some("me:1")] {
        let mut table = leading();
        table.happen(Input::Resign { to: to.map(addr) });
        assert!(table.view().leads(), "{to:?}");
    }
    let mut table = leading();
    for name in ["a:2", "b:3"] {
        table.peer(name).doc().ext.as_mut().unwrap().eligible = false;
        table.push(name);
    }
    assert!(table.view().heirs.is_empty());
    table.happen(Input::Resign { to: None });
    assert!(table.view().leads());
}

#[test]
fn drained_it_resigns_never_leads_and_comes_back_last() {
    let mut table = leading();
    table.happen(Input::Drain(true));
    let view = table.view();
    assert!(!view.leads() && view.ineligible == [Ineligible::Drained]);
    assert_eq!(view.stamp, Stamp::LAST);
    table.happen(Input::Drain(false));
    let view = table.view();
    assert!(view.ineligible.is_empty());
    assert!(view.stamp > stamp(2000) && view.stamp < Stamp::LAST);
}

#[test]
fn who_retires_is_a_member_until_it_says_goodbye() {
    let mut table = leading();
    table.happen(Input::Retire);
    let view = table.view();
    assert!(!view.leads() && !view.leaving && view.resigned.is_some());
    assert_eq!(view.named, Some(addr("b:3")), "it confirms");
    table.happen(Input::Leave);
    assert!(table.view().leaving);
}

#[test]
fn a_resignation_ends_when_a_successor_is_followed() {
    let mut table = leading();
    table.happen(Input::Resign { to: None });
    let epoch = Epoch(table.view().predecessor.0.0 + 1);
    table.all_name("b:3");
    table.all_acknowledge(epoch, "b:3");
    table.push("b:3");
    table.until("follows", SOON, |v| matches!(v.role, Role::Follower { .. }));
    assert_eq!(table.view().resigned, None);
    assert!(table.view().holds.is_empty());
}
