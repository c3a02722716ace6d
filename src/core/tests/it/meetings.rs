//! H2: two leaders meet, and the cloud decides.

use std::time::Duration;

use les_core::*;

use crate::support::*;

const SOON: Duration = Duration::from_secs(3);
const ADDRESS: &str = "203.0.113.7";

/// This node leads with an address to hold; then `b:3` appears, leading in a newer reign.
fn met() -> (Table, Epoch) {
    let mut table = Table::with(
        &["a:2"],
        &[("a:2", Peer::answering(ours("a:2", 2, 5, Some("me:1"))))],
        |c| c.needs_target = true,
    );
    let target = Input::Target {
        provider: "x".into(),
        target: "7".into(),
    };
    table.node.handle(table.now, target);
    table.until("leads", SOON, View::leads);
    let Role::Leader { epoch, .. } = table.view().role else {
        panic!("leads")
    };
    let rival = in_reign(ours("b:3", 3, 9, Some("b:3")), epoch.0 + 5, "b:3");
    table.peers.insert("b:3".into(), Peer::answering(rival));
    table.until("meets", SOON, |v| meeting(v).is_some());
    (table, epoch)
}

fn meeting(view: &View) -> Option<Time> {
    view.leadership.reign.as_ref().and_then(|r| r.meeting)
}

fn reads(table: &mut Table, mine: Option<bool>) {
    table.run(Duration::from_millis(20));
    let begun = table.now.mono;
    table.run(Duration::from_millis(20));
    let input = Input::AddressRead {
        address: ADDRESS.into(),
        first: true,
        begun,
        mine,
        holder: HeldBy::Unsaid,
    };
    table.node.handle(table.now, input);
}

fn rival_read(table: &mut Table, epoch: Epoch, mine: Option<bool>) {
    let reading = MeetReading {
        with: inc(1),
        epoch,
        mine,
    };
    table.peer("b:3").doc().ext.as_mut().expect("ours").meets = vec![reading];
}

#[test]
fn while_they_meet_nothing_is_written_and_a_reading_is_wanted() {
    let (mut table, _) = met();
    let since = meeting(&table.view());
    table.run(Duration::from_secs(30));
    assert_eq!(
        meeting(&table.view()),
        since,
        "for as long as the other has not told its reading"
    );
    assert!(table.view().leads());
}

#[test]
fn who_alone_read_mine_wins_whatever_the_epochs() {
    let (mut table, epoch) = met();
    reads(&mut table, Some(true));
    rival_read(&mut table, epoch, Some(false));
    table.run(SOON);
    assert!(
        table.view().leads(),
        "it holds the address; the other must yield"
    );
    let Role::Leader { epoch: before, .. } = table.view().role else {
        panic!("leads")
    };
    table.peer("b:3").doc().leader = Some(addr("me:1"));
    table.until(
        "raises the epoch",
        SOON,
        |v| matches!(v.role, Role::Leader { epoch, .. } if epoch > before),
    );
    assert!(
        table.view().predecessor.0 > Epoch(epoch.0 + 5),
        "above everything seen"
    );
    assert_eq!(meeting(&table.view()), None);
}

#[test]
fn who_did_not_read_mine_yields_to_who_did_and_goes_to_the_tail() {
    let (mut table, epoch) = met();
    reads(&mut table, Some(false));
    rival_read(&mut table, epoch, Some(true));
    table.until("follows", SOON, |v| v.named == Some(addr("b:3")));
    let view = table.view();
    assert!(view.stamp > stamp(9), "R2");
    assert!(table.notices.contains(&Notice::SteppedDown {
        why: StepDown::LostMeeting
    }));
    assert!(
        view.meets.iter().any(|m| m.with == inc(3)),
        "its reading stays published for the winner"
    );
}

#[test]
fn otherwise_the_higher_epoch_wins() {
    for both in [Some(true), Some(false), None] {
        let (mut table, epoch) = met();
        reads(&mut table, both.or(Some(false)));
        rival_read(&mut table, epoch, both);
        table.until("follows", SOON, |v| v.named == Some(addr("b:3")));
    }
}

#[test]
fn a_reading_from_before_the_meeting_or_for_another_reign_does_not_count() {
    let (mut table, epoch) = met();
    let since = meeting(&table.view()).expect("meets");
    let input = Input::AddressRead {
        address: ADDRESS.into(),
        first: true,
        begun: since,
        mine: Some(false),
        holder: HeldBy::Unsaid,
    };
    table.node.handle(table.now, input);
    rival_read(&mut table, epoch, Some(true));
    table.run(SOON);
    assert!(table.view().leads(), "its own reading is too old");
    rival_read(&mut table, Epoch(epoch.0 + 1), Some(true));
    table.run(SOON);
    reads(&mut table, Some(false));
    table.run(SOON);
    assert!(table.view().leads(), "the other's is for another reign");
}

#[test]
fn readings_that_fail_and_rivals_that_never_tell_do_not_block_it_for_ever() {
    let (mut table, _) = met();
    reads(&mut table, None);
    table.run(SOON);
    assert!(
        table.view().meets.is_empty(),
        "a failed reading is tried again for a while"
    );
    table.run(Duration::from_secs(15));
    reads(&mut table, None);
    table.run(SOON);
    assert_eq!(table.view().meets.first().map(|m| m.mine), Some(None));
    table.until("yields by epoch", Duration::from_secs(60), |v| !v.leads());
}
