//! Proxies in the environment are for the cloud: neither peers nor the metadata service are asked through one.

use crate::support::{Cloud, Cluster, Finished, PATIENCE, ScriptedPeer, les, wait_for};

/// All the names under which programs look for a proxy.
const VARIABLES: [&str; 6] = [
    "HTTPS_PROXY",
    "https_proxy",
    "HTTP_PROXY",
    "http_proxy",
    "ALL_PROXY",
    "all_proxy",
];

#[test]
fn peers_and_metadata_are_never_asked_through_a_proxy() {
    // Whoever asked through it would learn that nobody is there, and the test would see the request.
    let proxy =
        ScriptedPeer::start(|_| "HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n".to_owned());
    let url = format!("http://{}", proxy.socket);
    let cloud = Cloud::start("");
    let cluster = Cluster::start_with(3, |index, command| {
        cloud.configure(index, command);
        command
            .envs(VARIABLES.map(|name| (name, &url)))
            .env_remove("NO_PROXY")
            .env_remove("no_proxy");
    });
    assert_eq!(cluster.agreed(), 0);
    wait_for("the address to arrive", PATIENCE, || {
        (cloud.holder() == Some(1)).then_some(())
    });
    let mut command = les();
    command.args(["check", "--advertise-addr", "127.0.0.1:4000"]);
    cloud.configure(1, &mut command);
    let check = Finished::run(command.envs(VARIABLES.map(|name| (name, &url))));
    assert_eq!(check.code, Some(0), "{}", check.output);
    assert!(
        check.output.contains("target         2"),
        "{}",
        check.output
    );
    assert!(proxy.requests().is_empty(), "{:?}", proxy.requests());
}
