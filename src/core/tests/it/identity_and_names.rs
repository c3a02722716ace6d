//! Names, aliases, clones and goodbyes: F6, F7, F11 to F13, F26.

use std::time::Duration;

use les_core::*;

use crate::support::*;

const SOON: Duration = Duration::from_secs(3);

fn myself(name: &str) -> StateDoc {
    ours(name, 1, 0, None)
}

#[test]
fn f06_an_alias_of_oneself_is_not_contact() {
    let mut table = Table::new(
        &["alias:9"],
        &[(
            "alias:9",
            Peer {
                polls_us: false,
                ..Peer::answering(myself("me:1"))
            },
        )],
    );
    table.run(Duration::from_secs(60));
    assert_eq!(table.view().role, Role::Undecided(Undecided::NoContact));
    assert_eq!(table.view().members.len(), 0);
}

#[test]
fn f07_a_member_found_through_an_alias_is_known_by_its_own_name_only() {
    let leader = in_reign(
        ours("localhost:2", 2, -9, Some("localhost:2")),
        7,
        "localhost:2",
    );
    let mut table = Table::new(
        &["127.0.0.1:2", "alias:2"],
        &[
            (
                "127.0.0.1:2",
                Peer {
                    polls_us: false,
                    ..Peer::answering(leader.clone())
                },
            ),
            (
                "alias:2",
                Peer {
                    polls_us: false,
                    ..Peer::answering(leader)
                },
            ),
        ],
    );
    table.until("follows", SOON, |v| v.named == Some(addr("localhost:2")));
    assert_eq!(
        table.view().members.len(),
        1,
        "one member, whatever the seeds call it"
    );
}

#[test]
fn f26_duplicate_seeds_are_one_member() {
    let mut table = Table::new(
        &["a:2", "a:2", "a:2"],
        &[("a:2", Peer::answering(ours("a:2", 2, 5, Some("me:1"))))],
    );
    table.until("leads", SOON, View::leads);
    assert_eq!(table.view().members.len(), 1);
    table.peer("a:2").manner = Manner::Refuses;
    table.until("loses it", SOON, |v| v.members.is_empty());
}

#[test]
fn f11_to_f13_a_peer_that_garbles_or_stalls_is_removed_and_the_rest_elect() {
    for manner in [Manner::Garbles, Manner::Silent] {
        let mut table = Table::new(
            &["a:2", "b:3"],
            &[
                ("a:2", Peer::answering(ours("a:2", 2, -50, None))),
                ("b:3", Peer::answering(ours("b:3", 3, 50, None))),
            ],
        );
        table.until("hears both", SOON, |v| v.members.len() == 2);
        table.peer("a:2").manner = manner;
        table.peer("b:3").doc().leader = Some(addr("me:1"));
        table.peer("b:3").doc().ext.as_mut().unwrap().suspects = vec![addr("a:2")];
        table.until("leads", Duration::from_secs(40), View::leads);
        assert_eq!(
            table.view().members.len(),
            1,
            "F12: its last state is not kept"
        );
    }
}

#[test]
fn two_nodes_with_one_id_do_not_lead_and_are_named() {
    let twin = ours("twin:2", 1, 50, Some("me:1"));
    let twin = StateDoc {
        ext: twin.ext.map(|e| Ext { inc: inc(99), ..e }),
        ..twin
    };
    let mut table = Table::new(&["twin:2"], &[("twin:2", Peer::answering(twin))]);
    table.until("is ineligible", SOON, |v| {
        v.ineligible == [Ineligible::Clone]
    });
    assert!(table.notices.contains(&Notice::Clone {
        id: NodeId(1),
        at: vec![addr("me:1"), addr("twin:2")]
    }));
    table.run(Duration::from_secs(60));
    assert!(!table.view().leads());
}

#[test]
fn a_machine_cloned_while_it_ran_has_the_same_incarnation_under_another_name() {
    let mut table = Table::new(
        &["copy:2"],
        &[("copy:2", Peer::answering(myself("copy:2")))],
    );
    table.until("is ineligible", SOON, |v| {
        v.ineligible == [Ineligible::Clone]
    });
}

#[test]
fn a_peer_that_calls_itself_by_our_name_or_by_anothers_is_not_admitted() {
    let impostor = ours("me:1", 66, -50, Some("me:1"));
    let liar = ours("b:3", 67, -50, Some("b:3"));
    let mut table = Table::new(
        &["a:2"],
        &[
            ("a:2", Peer::answering(impostor)),
            ("liar:4", Peer::answering(liar)),
        ],
    );
    table.run(Duration::from_secs(10));
    assert_eq!(table.view().members.len(), 0);
    assert!(table.notices.iter().any(|n| matches!(
        n,
        Notice::Excluded {
            why: Exclusion::WrongName,
            ..
        }
    )));
}

#[test]
fn goodbye_is_believed_at_once() {
    let leader = in_reign(ours("a:2", 2, -100, Some("a:2")), 7, "a:2");
    let mut table = Table::new(&["a:2"], &[("a:2", Peer::answering(leader))]);
    table.until("follows", SOON, |v| matches!(v.role, Role::Follower { .. }));
    let doc = table.peer("a:2").doc();
    doc.ext.as_mut().unwrap().leaving = true;
    doc.ext.as_mut().unwrap().eligible = false;
    table.until("leads", SOON, View::leads);
    assert!(table.notices.iter().any(|n| matches!(
        n,
        Notice::MemberLost {
            loss: Loss::Goodbye,
            ..
        }
    )));
}

#[test]
fn leaving_is_published_and_ends_the_reign() {
    let mut table = Table::new(
        &["a:2"],
        &[("a:2", Peer::answering(ours("a:2", 2, 5, Some("me:1"))))],
    );
    table.until("leads", SOON, View::leads);
    table.node.handle(table.now, Input::Leave);
    let view = table.view();
    let ext = view.doc(table.now.mono).ext.unwrap();
    assert!(!view.leads() && ext.leaving && !ext.eligible);
    assert!(view.leadership.reign.is_none());
}
