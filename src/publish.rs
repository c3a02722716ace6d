//! Publishes what the election thinks: always the newest, and with a call only for those who would act on it.

use std::sync::Arc;

use les_core::{MemberView, View};
use tokio::sync::watch;

/// Publishes `view`. Whoever reads it has the latest; those who wait for a change are not woken by a beat, which only says that somebody is
/// still there: there are a hundred in a second, and nobody decides anything by them.
pub(crate) fn publish(sender: &watch::Sender<Arc<View>>, view: View) {
    sender.send_if_modified(|published| {
        if **published == view {
            return false;
        }
        let wakes = !differs_in_ages_only(published, &view);
        *published = Arc::new(view);
        wakes
    });
}

/// Whether only the moments differ at which members were heard. Every field is named, so that a new one is not forgotten.
fn differs_in_ages_only(a: &View, b: &View) -> bool {
    let View {
        me,
        stamp,
        ineligible,
        leaving,
        role,
        named,
        predecessor,
        leader_heard: _,
        members,
        lost,
        suspects,
        targets,
        holds,
        meets,
        made: _,
        ballot,
        confirms,
        reached,
        seeks_reach,
        preference,
        stands_for,
        vote,
        moving,
        pause,
        resigned,
        heirs,
        leadership,
    } = a;
    let same_members = members.len() == b.members.len()
        && members
            .iter()
            .zip(&b.members)
            .all(|(a, b)| is_the_same_member(a, b));
    same_members
        && (me, stamp, ineligible, leaving, role, named)
            == (
                &b.me,
                &b.stamp,
                &b.ineligible,
                &b.leaving,
                &b.role,
                &b.named,
            )
        && (predecessor, lost, suspects, targets, holds)
            == (&b.predecessor, &b.lost, &b.suspects, &b.targets, &b.holds)
        && (meets, ballot, confirms, stands_for, vote)
            == (&b.meets, &b.ballot, &b.confirms, &b.stands_for, &b.vote)
        && (reached, seeks_reach, preference) == (&b.reached, &b.seeks_reach, &b.preference)
        && (moving, pause) == (&b.moving, &b.pause)
        && (resigned, heirs, leadership) == (&b.resigned, &b.heirs, &b.leadership)
}

fn is_the_same_member(a: &MemberView, b: &MemberView) -> bool {
    let MemberView {
        addr,
        doc,
        told: _,
        heard: _,
        missed,
        silent,
        zombie,
        stream,
    } = a;
    (addr, doc, missed, silent, zombie, stream)
        == (&b.addr, &b.doc, &b.missed, &b.silent, &b.zombie, &b.stream)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use les_core::{Stamp, StateDoc, Time};

    use super::*;
    use crate::lone_view::lone_view;

    fn view() -> View {
        let mut view = lone_view();
        let addr: les_core::Addr = "127.0.0.1:2".parse().unwrap();
        view.members.push(MemberView {
            addr: addr.clone(),
            doc: Arc::new(StateDoc {
                addr,
                others: Vec::new(),
                stamp: Stamp::from_micros(1_700_000_000_000_000),
                leader: None,
                ext: None,
            }),
            told: Time::ZERO,
            heard: Time::ZERO,
            missed: 0,
            silent: false,
            zombie: false,
            stream: les_core::StreamView::Open,
        });
        view
    }

    #[test]
    fn a_beat_is_published_and_wakes_nobody() {
        let (sender, receiver) = watch::channel(Arc::new(view()));
        let heard = Time::from_epoch(Duration::from_millis(100));
        let mut beaten = view();
        beaten.leader_heard = Some(heard);
        beaten.members[0].heard = heard;
        publish(&sender, beaten);
        assert_eq!(receiver.borrow().leader_heard, Some(heard));
        assert!(!receiver.has_changed().unwrap());
    }

    #[test]
    fn anything_else_wakes_those_who_wait() {
        let changes: [fn(&mut View); 4] = [
            |view| view.leaving = true,
            |view| view.ballot += 1,
            |view| view.members[0].missed += 1,
            |view| view.members.clear(),
        ];
        for change in changes {
            let (sender, receiver) = watch::channel(Arc::new(view()));
            let mut changed = view();
            change(&mut changed);
            publish(&sender, changed);
            assert!(receiver.has_changed().unwrap());
        }
    }
}
