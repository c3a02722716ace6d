//! A cluster on EC2 (moto's): the address is where the leader is, through everything that goes wrong there.

use les_moto::Fault;

use crate::support::{Cluster, Ec2, Finished, PATIENCE, ec2_role, les, wait_for};

#[track_caller]
fn held_by(ec2: &Ec2, index: usize) {
    wait_for("the address to arrive", PATIENCE, || {
        (ec2.holder() == Some(index)).then_some(())
    });
}

/// Three nodes, of which the first leads and holds the address.
#[track_caller]
fn settled(ec2: &Ec2) -> Cluster {
    let cluster = Cluster::start_with(3, |index, command| ec2.configure(index, command));
    assert_eq!(cluster.agreed(), 0);
    held_by(ec2, 0);
    cluster
}

/// Kills the leader, and returns which machine's node leads then.
#[track_caller]
fn heir(cluster: &mut Cluster) -> usize {
    drop(cluster.take_leader());
    cluster.agreed() + 1
}

/// Refuses everything, or with `None` nothing any more.
fn outage(ec2: &Ec2, fault: Option<Fault>) {
    ec2.front.set("*", fault);
}

/// Waits until so many more requests have come.
#[track_caller]
fn asked_for(ec2: &Ec2, more: usize) {
    let before = ec2.front.asked().len();
    wait_for("requests", PATIENCE, || {
        (ec2.front.asked().len() >= before + more).then_some(())
    });
}

#[test]
fn the_address_moves_when_its_holder_is_killed() {
    let Some(ec2) = Ec2::start() else { return };
    let mut cluster = settled(&ec2);
    let writes = ec2.front.count("AssociateAddress");
    let heir = heir(&mut cluster);
    held_by(&ec2, heir);
    assert_eq!(
        ec2.front.count("AssociateAddress"),
        writes + 1,
        "one call moves it"
    );
    assert_eq!(ec2.front.count("DisassociateAddress"), 0);
}

#[test]
fn an_address_moved_by_hand_to_a_follower_comes_back_by_a_compare_and_set() {
    let Some(ec2) = Ec2::start() else { return };
    let _cluster = settled(&ec2);
    ec2.move_by_hand(2);
    held_by(&ec2, 0);
    assert_eq!(ec2.front.count("DisassociateAddress"), 1);
}

#[test]
fn a_role_that_is_late_at_boot_is_waited_for() {
    let Some(ec2) = Ec2::start() else { return };
    for metadata in &ec2.metadata {
        metadata.set_role(None);
    }
    let cluster = Cluster::start_with(3, |index, command| ec2.configure(index, command));
    assert_eq!(cluster.agreed(), 0, "it elects all the same");
    let page = wait_for("the page to say why", PATIENCE, || {
        let address = cluster.nodes[0].get("/diag/").json()["les"]["addresses"][0].clone();
        (address["last_error"]["kind"] == "transient").then_some(address)
    });
    let message = page["last_error"]["message"].as_str().unwrap();
    assert!(message.contains("no credentials"), "{message}");
    for metadata in &ec2.metadata {
        metadata.set_role(Some(ec2_role("AKIAFIRST")));
    }
    held_by(&ec2, 0);
}

#[test]
fn credentials_are_rotated() {
    let Some(ec2) = Ec2::start() else { return };
    let cluster = settled(&ec2);
    for metadata in &ec2.metadata {
        metadata.set_role(Some(ec2_role("AKIASECOND")));
    }
    ec2.front.refuse("AKIAFIRST");
    ec2.move_by_hand(1);
    held_by(&ec2, 0);
    assert!(!cluster.nodes[0].log().contains("not-to-be-seen"));
}

#[test]
fn a_leader_that_dies_while_everything_is_throttled_is_succeeded_afterwards() {
    let Some(ec2) = Ec2::start() else { return };
    let mut cluster = settled(&ec2);
    let busy = Fault::Refused(503, "RequestLimitExceeded", "Request limit exceeded.");
    outage(&ec2, Some(busy));
    let heir = heir(&mut cluster);
    asked_for(&ec2, 4);
    assert_eq!(ec2.holder(), Some(0), "nothing gets through");
    outage(&ec2, None);
    held_by(&ec2, heir);
}

#[test]
fn a_leader_that_dies_while_ec2_is_down_is_succeeded_afterwards() {
    let Some(ec2) = Ec2::start() else { return };
    let mut cluster = settled(&ec2);
    outage(&ec2, Some(Fault::Lost));
    let heir = heir(&mut cluster);
    asked_for(&ec2, 2);
    assert_eq!(ec2.holder(), Some(0), "nothing gets through");
    outage(&ec2, None);
    held_by(&ec2, heir);
}

#[test]
fn an_outage_moves_nothing() {
    let Some(ec2) = Ec2::start() else { return };
    let cluster = settled(&ec2);
    let association = ec2.association();
    outage(&ec2, Some(Fault::Refused(503, "Unavailable", "Try again.")));
    asked_for(&ec2, 4);
    outage(&ec2, None);
    asked_for(&ec2, 2);
    assert_eq!(ec2.association(), association);
    assert_eq!(cluster.agreed(), 0);
}

#[test]
fn les_check_says_who_this_is_and_what_it_may_do() {
    let Some(ec2) = Ec2::start() else { return };
    ec2.move_by_hand(1);
    let check = || {
        let mut command = les();
        command.arg("check").env("LES_LOG_FORMAT", "human");
        ec2.configure(0, &mut command);
        Finished::run(command.args(["--advertise-addr", "127.0.0.1:4000"]))
    };
    let fine = check();
    assert_eq!(fine.code, Some(0), "{}", fine.output);
    for part in [
        "region         us-east-1",
        "account        123456789012",
        "ec2:AssociateAddress is allowed",
        "ec2:DisassociateAddress is allowed",
    ] {
        assert!(fine.output.contains(part), "{part:?}: {}", fine.output);
    }
    let text = "User: arn:aws:iam::123456789012:role/les is not authorized to perform: ec2:AssociateAddress";
    ec2.front.inject(
        "AssociateAddress",
        Fault::Refused(403, "UnauthorizedOperation", text),
    );
    let lacking = check();
    assert_eq!(lacking.code, Some(1), "{}", lacking.output);
    for part in [
        text,
        "providers/aws/policies",
        "ec2:DisassociateAddress is allowed",
    ] {
        assert!(
            lacking.output.contains(part),
            "{part:?}: {}",
            lacking.output
        );
    }
    assert_eq!(ec2.holder(), Some(1), "nothing was moved");
}

#[test]
fn what_is_written_wrong_is_told_before_anything_is_asked() {
    for (name, value, parts) in [
        (
            "LES_PROVIDER__OPTIONS__ZONE",
            "x",
            &["provider.options.zone", "region, device_index"][..],
        ),
        (
            "LES_PROVIDER__OPTIONS__DEVICE_INDEX",
            "eth1",
            &["provider.options.device_index", "is a number"],
        ),
        (
            "LES_PROVIDER__TARGET",
            "i-0abc",
            &["provider.target", "eni-0123"],
        ),
        (
            "LES_PROVIDER__BASE_URL",
            "http://203.0.113.9",
            &["provider.base_url", "https"],
        ),
    ] {
        let mut command = les();
        command
            .arg("check")
            .args(["--advertise-addr", "127.0.0.1:4000"]);
        command.env("LES_PROVIDER__KIND", "aws").env(name, value);
        let finished = Finished::run(&mut command);
        assert_eq!(finished.code, Some(64), "{}", finished.output);
        for part in parts {
            assert!(
                finished.output.contains(part),
                "{part:?}: {}",
                finished.output
            );
        }
    }
    let mut command = les();
    command
        .arg("check")
        .env("LES_PROVIDER__KIND", "digitalocean");
    command
        .env("LES_NODE__DISCOVERY", "aws:tag:les=x")
        .env("DIGITALOCEAN_TOKEN", "x");
    let finished = Finished::run(&mut command);
    assert_eq!(finished.code, Some(64), "{}", finished.output);
    assert!(
        finished.output.contains("it asks AWS"),
        "{}",
        finished.output
    );
}
