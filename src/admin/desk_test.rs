use les_core::{
    Election, ElectionConfig, Epoch, Identity, Incarnation, MemberView, NodeId, Now, Role, Stamp,
    StateDoc, StreamView, Time, Wall,
};

use super::*;
use crate::admin::eligibility::WhyNot;

fn addr(n: u8) -> Addr {
    format!("10.0.0.{n}:4000").parse().unwrap()
}

/// Node 1, which leads among reference nodes with these numbers, all of them heirs.
fn leading(others: &[u8]) -> View {
    let now = Now {
        mono: Time::ZERO,
        wall: Wall(1),
    };
    let me = Identity {
        addr: addr(1),
        id: NodeId(1),
        inc: Incarnation(1),
    };
    let mut view = Election::new(me, ElectionConfig::default(), now).view(now);
    view.role = Role::Leader {
        epoch: Epoch(7),
        since: Time::ZERO,
    };
    view.named = Some(addr(1));
    view.heirs = others.iter().map(|n| addr(*n)).collect();
    view.members = others.iter().map(|n| reference(*n)).collect();
    view
}

fn reference(n: u8) -> MemberView {
    MemberView {
        addr: addr(n),
        doc: Arc::new(StateDoc {
            addr: addr(n),
            others: Vec::new(),
            stamp: Stamp::from_micros(u64::from(n)),
            leader: Some(addr(1)),
            ext: None,
        }),
        told: Time::ZERO,
        heard: Time::ZERO,
        missed: 0,
        silent: false,
        zombie: false,
        stream: StreamView::Closed,
    }
}

#[test]
fn only_the_leader_hands_over() {
    let mut view = leading(&[2]);
    view.role = Role::Follower {
        leader: addr(2),
        epoch: Epoch(8),
        since: Time::ZERO,
    };
    view.named = Some(addr(2));
    let refusal = may_hand_off(&view, None).unwrap_err();
    assert_eq!(
        (refusal.code(), refusal.leader()),
        ("not_leader", Some(&addr(2)))
    );
    assert!(
        refusal.to_string().contains("10.0.0.2:4000 does"),
        "{refusal}"
    );
}

#[test]
fn without_an_heir_each_member_is_named_with_its_reason() {
    let mut view = leading(&[2, 3]);
    view.heirs.clear();
    view.members[0].silent = true;
    view.members[1].zombie = true;
    let refusal = may_hand_off(&view, None).unwrap_err().to_string();
    assert!(
        refusal.contains("10.0.0.2:4000 does not answer"),
        "{refusal}"
    );
    assert!(refusal.contains("10.0.0.3:4000 answers, but"), "{refusal}");
    view.members.clear();
    let refusal = may_hand_off(&view, None).unwrap_err().to_string();
    assert!(refusal.contains("no other member"), "{refusal}");
}

#[test]
fn whoever_cannot_lead_cannot_be_chosen() {
    let mut view = leading(&[2, 3]);
    let code = |view: &View, n| may_hand_off(view, Some(&addr(n))).map_err(|r| r.code());
    assert_eq!(code(&view, 1), Err("to_self"));
    assert_eq!(code(&view, 9), Err("to_unknown"));
    assert_eq!(code(&view, 2), Ok(()), "the most senior");
    assert_eq!(
        code(&view, 3),
        Err("to_not_most_senior"),
        "reference nodes follow seniority"
    );
    view.heirs = vec![addr(3)];
    view.members[0].silent = true;
    let refusal = may_hand_off(&view, Some(&addr(2))).unwrap_err();
    assert!(matches!(
        refusal,
        Refusal::ToIneligible {
            why: WhyNot::Silent,
            ..
        }
    ));
}

/// A desk, and the election's side of it.
struct Bench {
    orders: mpsc::Sender<Order>,
    inputs: mpsc::Receiver<Input>,
    view: watch::Sender<Arc<View>>,
    handover: watch::Receiver<Option<Handover>>,
    stop: CancellationToken,
}

impl Bench {
    fn start(view: View, mark: DrainMark) -> Self {
        let (view, views) = watch::channel(Arc::new(view));
        let (input_sender, inputs) = mpsc::channel(4);
        let (orders, taken) = mpsc::channel(4);
        let stop = CancellationToken::new();
        let wiring = DeskWiring {
            clock: Clock::start(),
            view: views,
            inputs: input_sender,
            events: Events::default(),
            addresses: Vec::new(),
            mark,
            stop: stop.clone(),
        };
        let (desk, handover) = Desk::new(wiring, taken);
        tokio::spawn(desk.run());
        Self {
            orders,
            inputs,
            view,
            handover,
            stop,
        }
    }

    async fn send(&self, command: Command) -> oneshot::Receiver<Result<Reply, Refusal>> {
        let (reply, replied) = oneshot::channel();
        let caller = Caller::Socket { uid: None };
        self.orders
            .send(Order {
                command,
                caller,
                reply,
            })
            .await
            .unwrap();
        replied
    }
}

#[tokio::test]
async fn a_hand_over_is_followed_to_its_end_and_a_second_one_waits_for_it() {
    let mut bench = Bench::start(leading(&[2]), DrainMark::new(None));
    let begun = bench
        .send(Command::Handoff { to: None })
        .await
        .await
        .unwrap();
    assert_eq!(begun.unwrap().handover, Some(1));
    assert!(matches!(
        bench.inputs.recv().await,
        Some(Input::Resign { to: None })
    ));
    let second = bench
        .send(Command::Handoff { to: None })
        .await
        .await
        .unwrap();
    assert_eq!(second.unwrap_err().code(), "underway");
    bench.view.send_modify(|view| {
        Arc::make_mut(view).role = Role::Follower {
            leader: addr(2),
            epoch: Epoch::NONE,
            since: Time::ZERO,
        };
    });
    let done = |h: &Option<Handover>| {
        h.as_ref()
            .is_some_and(|h| h.report.progress == Progress::Done)
    };
    bench.handover.wait_for(done).await.unwrap();
    bench.stop.cancel();
}

#[tokio::test]
async fn a_drain_that_cannot_be_kept_changes_nothing() {
    let nowhere = DrainMark::new(Some("/proc/les".as_ref()));
    let mut bench = Bench::start(leading(&[2]), nowhere);
    let refused = bench
        .send(Command::Drain { force: false })
        .await
        .await
        .unwrap();
    let refusal = refused.unwrap_err();
    assert_eq!(refusal.code(), "drain_mark");
    assert!(
        bench.inputs.try_recv().is_err(),
        "the election was not told"
    );
    bench.stop.cancel();
}

#[tokio::test]
async fn the_last_eligible_node_is_drained_only_by_force() {
    let mut bench = Bench::start(leading(&[]), DrainMark::new(None));
    let refused = bench
        .send(Command::Drain { force: false })
        .await
        .await
        .unwrap();
    assert_eq!(refused.unwrap_err().code(), "last_eligible");
    let forced = bench.send(Command::Drain { force: true }).await;
    assert!(matches!(
        bench.inputs.recv().await,
        Some(Input::Drain(true))
    ));
    bench
        .view
        .send_modify(|view| Arc::make_mut(view).ineligible.push(Ineligible::Drained));
    assert_eq!(forced.await.unwrap().unwrap(), Reply { handover: None });
    bench.stop.cancel();
}
