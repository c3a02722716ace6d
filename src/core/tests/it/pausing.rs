//! An operator's pause of all moves: passed on by every node, newest wish first, and heeded by the arbiter.

use les_core::*;

use crate::support::readings::*;
use crate::support::*;

const SOON: std::time::Duration = std::time::Duration::from_secs(3);

fn wish(serial: u64, paused: bool, by: &str) -> Pause {
    Pause {
        serial,
        paused,
        by: addr(by),
        at: Wall(serial),
    }
}

fn hears(table: &mut Table, name: &str, pause: Pause) {
    let ext = table.peer(name).doc().ext.as_mut().expect("ours");
    ext.pause = Some(pause);
    table.push(name);
    table.run(SOON);
}

#[test]
fn the_newest_wish_counts_and_is_passed_on_whoever_brings_it() {
    let mut table = crate::resignation::leading();
    table.happen(Input::Pause(true));
    let own = table.view().pause.expect("an order");
    assert!(own.paused && own.by == addr("me:1") && table.view().leadership.paused);
    assert!(table.view().leads(), "elections go on");
    hears(&mut table, "b:3", wish(own.serial + 5, false, "z:9"));
    assert!(!table.view().is_paused(), "heard of at b, given at z");
    let doc = table.view().doc(table.now.mono);
    let told = doc.ext.and_then(|ext| ext.pause);
    assert_eq!(told.map(|p| p.by), Some(addr("z:9")), "passed on");
    hears(&mut table, "b:3", wish(own.serial + 4, true, "z:9"));
    assert!(!table.view().is_paused(), "an older one");
    table.happen(Input::Pause(true));
    assert_eq!(table.view().pause.map(|p| p.serial), Some(own.serial + 6));
}

#[test]
fn of_two_orders_unheard_of_each_other_the_pause_wins() {
    let mut table = crate::resignation::leading();
    table.happen(Input::PauseKept(wish(4, false, "me:1")));
    hears(&mut table, "b:3", wish(4, true, "b:3"));
    assert!(table.view().is_paused());
    hears(&mut table, "b:3", wish(4, false, "zz:3"));
    assert!(table.view().is_paused());
}

#[test]
fn a_forged_serial_is_not_taken_over_and_every_order_is_above_what_is_known() {
    let mut table = crate::resignation::leading();
    hears(&mut table, "b:3", wish(Pause::MAX_SERIAL, true, "z:9"));
    assert_eq!(table.view().pause, None, "it could not be outbid");
    hears(&mut table, "b:3", wish(1 << 20, true, "z:9"));
    assert!(table.view().is_paused());
    table.happen(Input::Pause(false));
    assert!(
        !table.view().is_paused(),
        "whatever was heard, an order counts"
    );
}

#[test]
fn an_order_that_is_given_again_outbids_what_was_ordered_unheard_and_keeps_its_beginning() {
    let mut table = crate::resignation::leading();
    table.happen(Input::PauseKept(wish(1, true, "a:2")));
    table.happen(Input::Pause(true));
    let again = table.view().pause.expect("paused");
    assert_eq!(
        (again.serial, again.by, again.at),
        (2, addr("a:2"), Wall(1))
    );
    hears(&mut table, "b:3", wish(2, false, "b:3"));
    assert!(table.view().is_paused(), "at one serial the pause wins");
}

#[test]
fn it_is_said_once_for_each_change() {
    let mut table = crate::resignation::leading();
    table.happen(Input::Pause(true));
    hears(&mut table, "b:3", wish(9, true, "b:3"));
    hears(&mut table, "b:3", wish(10, false, "b:3"));
    let is_pause = |notice: &&Notice| matches!(notice, Notice::Pause(_));
    assert_eq!(table.notices.iter().filter(is_pause).count(), 2);
}

#[test]
fn the_arbiter_reads_on_and_moves_nothing_until_it_ends() {
    let mut a = arbiter(config());
    let mut paused = lead(vec![]);
    paused.paused = true;
    reads(&mut a, 100, &paused, held_by(None));
    assert_eq!(why(&a.next(t(120), &paused)), &Why::Paused);
    reads(&mut a, 6_000, &paused, held_by(Some(ME)));
    assert_eq!(why(&a.next(t(6_020), &paused)), &Why::Mine);
    reads(&mut a, 12_000, &paused, held_by(None));
    paused.paused = false;
    assert_eq!(licence(&a.next(t(12_020), &paused)), &Licence::Free);
}

#[test]
fn a_takeover_that_reads_nothing_first_waits_for_the_end_as_well() {
    let mut a = arbiter(config());
    let mut paused = lead(vec![]);
    paused.paused = true;
    let reign = paused.reign.as_mut().expect("leads");
    reign.blind = Some(BlindTakeover {
        held: [("203.0.113.7".to_owned(), t(0))].into(),
    });
    assert!(matches!(a.next(t(100), &paused), Step::Observe(_)));
    let mut free = arbiter(config());
    paused.paused = false;
    assert!(matches!(
        licence(&free.next(t(100), &paused)),
        Licence::Blind(_)
    ));
}

#[test]
fn after_a_pause_nothing_is_overwritten_unseen_in_that_reign() {
    let mut a = arbiter(config());
    let mut lead = lead(vec![node("a", Standing::Lost(Loss::Dead))]);
    let reign = lead.reign.as_mut().expect("leads");
    reign.blind = Some(BlindTakeover {
        held: [("203.0.113.7".to_owned(), t(0))].into(),
    });
    lead.paused = true;
    reads(&mut a, 100, &lead, held_by(None));
    assert_eq!(why(&a.next(t(120), &lead)), &Why::Paused);
    lead.paused = false;
    assert_eq!(licence(&a.next(t(130), &lead)), &Licence::Free);
    a.write_done(t(130), t(200), Ok(()));
    assert!(matches!(a.next(t(210), &lead), Step::Observe(_)));
}
