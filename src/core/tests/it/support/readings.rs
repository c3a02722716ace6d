//! One arbiter and scripted readings of its address.

use std::collections::BTreeMap;
use std::time::Duration;

use les_core::*;

use super::addr;

pub(crate) const ME: &str = "m-me";

pub(crate) fn t(ms: u64) -> Time {
    Time::from_epoch(Duration::from_millis(ms))
}

pub(crate) fn config() -> ArbiterConfig {
    ArbiterConfig {
        address: "203.0.113.7".into(),
        provider: "sim".into(),
        tick: Duration::from_secs(5),
        settle: Duration::from_secs(2),
        request_timeout: Duration::from_secs(10),
        moves_in_one_call: true,
        free_may_be_moving: false,
        on_stranger: OnStranger::Repair,
    }
}

pub(crate) fn arbiter(config: ArbiterConfig) -> Arbiter {
    let mut arbiter = Arbiter::new(config);
    arbiter.set_target(ME.into());
    arbiter
}

pub(crate) fn reign() -> Reign {
    Reign {
        epoch: Epoch(10),
        since: t(0),
        predecessor: Some(addr("a:2")),
        rank: 0,
        blind: None,
        meeting: None,
    }
}

pub(crate) fn node(name: &str, standing: Standing) -> KnownNode {
    let targets = BTreeMap::from([("sim".to_owned(), format!("m-{name}"))]);
    KnownNode {
        addr: addr(&format!("{name}:2")),
        targets,
        standing,
        licence: None,
        heard_again: false,
        refused: None,
    }
}

pub(crate) fn lead(nodes: Vec<KnownNode>) -> Leadership {
    Leadership {
        reign: Some(reign()),
        nodes,
        seeds: SeedsHeard::All,
        ..Leadership::default()
    }
}

pub(crate) fn held_by(holder: Option<&str>) -> Seen {
    Seen {
        holder: holder.map(str::to_owned),
        version: None,
        busy: false,
        holder_down: false,
    }
}

/// Lets the arbiter make its reading at `ms`, with that result.
pub(crate) fn reads(arbiter: &mut Arbiter, ms: u64, lead: &Leadership, seen: Seen) {
    let step = arbiter.next(t(ms), lead);
    assert!(matches!(step, Step::Observe(_)), "at {ms} ms: {step:?}");
    arbiter.read_done(t(ms), t(ms + 10), Ok(seen));
}

pub(crate) fn licence(step: &Step) -> &Licence {
    match step {
        Step::Assign { licence, .. } => licence,
        other => panic!("{other:?}"),
    }
}

pub(crate) fn why(step: &Step) -> &Why {
    match step {
        Step::Rest { why, .. } => why,
        other => panic!("{other:?}"),
    }
}

/// A fresh leader's first decision on an address held by `holder`.
pub(crate) fn first_step(lead: &Leadership, seen: Seen) -> Step {
    let mut arbiter = arbiter(config());
    reads(&mut arbiter, 100, lead, seen);
    arbiter.next(t(120), lead)
}
