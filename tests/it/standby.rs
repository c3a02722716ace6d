//! The next in line keeps its connection to the cloud warm, and says so when it could not take over.

use les_provider::Operation;
use les_provider::memory::Fault;

use crate::support::{Cloud, Cluster, Node, PATIENCE, wait_for};

fn standby(node: &Node) -> serde_json::Value {
    node.get("/diag/").json()["les"]["addresses"][0]["standby"].clone()
}

#[test]
fn the_next_in_line_reads_the_address_and_the_others_do_not() {
    let cloud = Cloud::start("");
    let mut cluster = Cluster::start_with(3, |index, command| cloud.configure(index, command));
    assert_eq!(cluster.agreed(), 0);
    let read = |node: &Node| standby(node)["last_ok_ms"].is_u64();
    wait_for("the next in line to read", PATIENCE, || {
        read(&cluster.nodes[1]).then_some(())
    });
    assert_eq!(standby(&cluster.nodes[1])["next_in_line"], true);
    for other in [0, 2] {
        let page = standby(&cluster.nodes[other]);
        let nothing = page["next_in_line"] == false && page["last_ok_ms"].is_null();
        assert!(nothing, "{other}: {page}");
    }
    drop(cluster.take_leader());
    assert_eq!(cluster.agreed(), 0, "the next in line leads");
    wait_for("the third node to be next in line", PATIENCE, || {
        read(&cluster.nodes[1]).then_some(())
    });
    assert_eq!(standby(&cluster.nodes[0])["next_in_line"], false);
}

#[test]
fn one_that_could_not_take_over_says_so_before_it_has_to() {
    let cloud = Cloud::start("");
    cloud.fault(Operation::Observe, Some(Fault::Unavailable));
    let cluster = Cluster::start_with(2, |index, command| cloud.configure(index, command));
    assert_eq!(cluster.agreed(), 0);
    let told = wait_for("the next in line to say so", PATIENCE, || {
        cluster.nodes[1].events("standby_failed").pop()
    });
    let message = told["message"].as_str().unwrap().to_owned();
    assert!(message.contains("could not take over"), "{told}");
    assert_eq!(cluster.nodes[0].events("standby_failed").len(), 0);
    let page = standby(&cluster.nodes[1]);
    assert_eq!(page["last_error"]["kind"], "transient", "{page}");
}
