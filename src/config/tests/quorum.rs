//! Modes, voters, witnesses, preferences and probes.

use super::*;
use les_core::Mode;

fn refused(settings: &[(&str, &str)]) -> String {
    load(settings).unwrap_err().to_string()
}

#[test]
fn a_quorum_is_a_mode_and_a_list_and_the_list_is_of_seeds_too() {
    let config = load(&[
        ("election.mode", "quorum"),
        ("election.voters", "a:1, b:2,c:3"),
        ("node.seeds", "b:2,d:4"),
    ])
    .unwrap();
    let addr = |text: &str| text.parse::<Addr>().unwrap();
    let voters = ["a:1", "b:2", "c:3"].map(addr);
    assert_eq!(config.election.mode, Mode::Quorum(voters.into()));
    let seeds = ["b:2", "d:4", "a:1", "c:3"].map(addr);
    assert_eq!(config.election.seeds, seeds);
}

#[test]
fn half_a_quorum_is_refused_with_what_is_missing() {
    let error = refused(&[("election.mode", "quorum")]);
    assert!(error.contains("election.mode"), "{error}");
    assert!(error.contains("election.voters"), "{error}");
    let error = refused(&[("election.voters", "a:1")]);
    assert!(error.contains("election.mode"), "{error}");
    let error = refused(&[("election.mode", "majority")]);
    assert!(error.contains("open, quorum"), "{error}");
    let many = (1..=65).map(|n| format!("n{n}:1")).collect::<Vec<_>>();
    let error = refused(&[
        ("election.mode", "quorum"),
        ("election.voters", &many.join(",")),
    ]);
    assert!(error.contains("64"), "{error}");
}

#[test]
fn a_witness_has_no_provider() {
    assert!(load(&[("node.role", "witness")]).unwrap().election.witness);
    assert!(!load(&[("node.role", "member")]).unwrap().election.witness);
    let error = refused(&[("node.role", "witness"), ("provider.kind", "digitalocean")]);
    assert!(error.contains("provider.kind"), "{error}");
    let error = refused(&[("node.role", "arbiter")]);
    assert!(error.contains("member, witness"), "{error}");
}

#[test]
fn lone_silence_and_preference_are_set_and_bounded() {
    let config = load(&[
        ("election.on_lone_silence", "wait"),
        ("node.preference", "7"),
        ("election.preference_hold", "90s"),
    ])
    .unwrap();
    assert!(!config.election.acts_on_lone_silence);
    assert_eq!(config.election.preference, 7);
    assert_eq!(config.election.preference_hold, Duration::from_secs(90));
    let error = refused(&[("election.on_lone_silence", "maybe")]);
    assert!(error.contains("act, wait"), "{error}");
    let error = refused(&[("node.preference", "101")]);
    assert!(error.contains("from 0 to 100"), "{error}");
}

#[test]
fn a_probe_belongs_to_an_address() {
    let file = |probe: &str| {
        load_file(&format!(
            "[provider]\nkind = \"digitalocean\"\n[[address]]\nid = \"203.0.113.7\"\nprobe = \"{probe}\"\n"
        ))
    };
    let config = file("tcp:443").unwrap();
    let probe = config.addresses[0].probe.as_ref().unwrap();
    assert_eq!(probe.to_string(), "tcp:203.0.113.7:443");
    let error = file("icmp").unwrap_err().to_string();
    assert!(error.contains("address[0].probe"), "{error}");
}
