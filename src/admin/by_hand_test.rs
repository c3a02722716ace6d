use les_core::{
    Arbiter, ArbiterConfig, Epoch, Ext, Incarnation, MemberView, NodeId, OnStranger, Pause, Stamp,
    StateDoc, StreamView, Time, Wall,
};

use super::*;
use crate::lone_view::lone_view;

const ADDRESS: &str = "203.0.113.7";
const LEADER: &str = "127.0.0.1:2";

fn status() -> AddressStatus {
    let arbiter = Arbiter::new(ArbiterConfig {
        address: ADDRESS.into(),
        provider: "cloud".into(),
        tick: std::time::Duration::from_secs(5),
        settle: std::time::Duration::ZERO,
        request_timeout: std::time::Duration::from_secs(10),
        moves_in_one_call: true,
        free_may_be_moving: false,
        on_stranger: OnStranger::Repair,
    });
    AddressStatus {
        arbiter: arbiter.status(),
        call: None,
        last_error: None,
        held_since: None,
    }
}

fn pause() -> Pause {
    Pause {
        serial: 3,
        paused: true,
        by: LEADER.parse().unwrap(),
        at: Wall(0),
    }
}

fn leader(ext: impl FnOnce(&mut Ext)) -> MemberView {
    let mut doc = StateDoc {
        addr: LEADER.parse().unwrap(),
        others: Vec::new(),
        stamp: Stamp::from_micros(1),
        leader: None,
        ext: lone_view().doc(Time::ZERO).ext,
    };
    if let Some(of_leader) = &mut doc.ext {
        (of_leader.id, of_leader.inc) = (NodeId(9), Incarnation(9));
        of_leader.pause = Some(pause());
        ext(of_leader);
    }
    MemberView {
        addr: doc.addr.clone(),
        doc: Arc::new(doc),
        told: Time::ZERO,
        heard: Time::ZERO,
        missed: 0,
        silent: false,
        zombie: false,
        stream: StreamView::Open,
    }
}

fn following(leader: MemberView) -> View {
    let mut view = lone_view();
    view.role = Role::Follower {
        leader: leader.addr.clone(),
        epoch: Epoch(7),
        since: Time::ZERO,
    };
    view.members = vec![leader];
    view.pause = Some(pause());
    view
}

fn code(view: &View) -> Result<(), &'static str> {
    may_move(view, &status()).map_err(|refusal| refusal.code())
}

#[test]
fn by_hand_only_while_moves_are_paused_and_the_leader_knows() {
    assert_eq!(code(&following(leader(|_| {}))), Ok(()));
    let mut view = following(leader(|_| {}));
    view.pause = None;
    assert_eq!(code(&view), Err("not_paused"));
    let unaware = following(leader(|ext| ext.pause = None));
    assert_eq!(code(&unaware), Err("leader_unaware"));
    let older = following(leader(|ext| {
        ext.pause = Some(Pause {
            serial: 2,
            ..pause()
        });
    }));
    assert_eq!(code(&older), Err("leader_unaware"));
    let mut undecided = following(leader(|_| {}));
    undecided.role = lone_view().role;
    assert_eq!(code(&undecided), Err("nobody_leads"));
}

#[test]
fn a_move_that_was_begun_before_the_pause_is_waited_for() {
    let begun = following(leader(|ext| {
        ext.moving.insert(ADDRESS.to_owned());
    }));
    assert_eq!(code(&begun), Err("moving"));
    let another = following(leader(|ext| {
        ext.moving.insert("198.51.100.1".to_owned());
    }));
    assert_eq!(code(&another), Ok(()));
    let mut own = status();
    own.call = Some((Call::Assign, Time::ZERO));
    let refusal = may_move(&following(leader(|_| {})), &own);
    assert_eq!(refusal.map_err(|r| r.code()), Err("moving"));
}
