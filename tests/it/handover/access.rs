//! Who may give orders: the owner of the socket, and whoever has the token.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use super::Droplets;
use crate::support::{Cluster, Dir, Finished, Node, get, les};

const TOKEN: &str = "0123456789abcdef-not-to-be-seen";

/// Posts an order, with these further header lines. Returns the status.
fn post(at: SocketAddr, path: &str, headers: &str, body: &str) -> u16 {
    let mut stream = TcpStream::connect(at).unwrap();
    stream
        .set_read_timeout(Some(Duration::from_secs(20)))
        .unwrap();
    let length = body.len();
    let request = format!(
        "POST {path} HTTP/1.1\r\nHost: {at}\r\n{headers}Content-Length: {length}\r\n\r\n{body}"
    );
    stream.write_all(request.as_bytes()).unwrap();
    let mut answer = String::new();
    // A server that refuses a body may close before it has read all of it.
    let _ = stream.read_to_string(&mut answer);
    answer
        .split(' ')
        .nth(1)
        .unwrap_or_default()
        .parse()
        .unwrap()
}

fn is_root() -> bool {
    Finished::run(Command::new("id").arg("-u")).output.trim() == "0"
}

#[test]
fn the_socket_is_its_owners_alone() {
    let droplets = Droplets::settled(2);
    let socket = droplets.socket(0);
    let mode = std::fs::metadata(&socket).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    if !is_root() {
        eprintln!("SKIPPED: only root can be another user");
        return;
    }
    // The folder lets everybody through: the socket's own mode is what keeps them out.
    for folder in [&*droplets.dir.0, socket.parent().unwrap()] {
        std::fs::set_permissions(folder, std::fs::Permissions::from_mode(0o755)).unwrap();
    }
    let refused = as_nobody(&droplets.dir.0, &socket);
    assert_eq!(refused.code, Some(1), "{}", refused.output);
    assert!(
        refused
            .output
            .contains("belongs to root and you are nobody"),
        "{}",
        refused.output
    );
    assert_eq!(droplets.cluster.agreed(), 0);
}

/// `les handoff` as another user, from a copy of the program that this user can reach.
fn as_nobody(dir: &Path, socket: &Path) -> Finished {
    use std::os::unix::process::CommandExt as _;
    let program = dir.join("les");
    std::fs::copy(env!("CARGO_BIN_EXE_les"), &program).unwrap();
    let mut command = Command::new(program);
    command.arg("handoff").arg("--socket").arg(socket);
    Finished::run(command.current_dir("/").uid(65534).gid(65534))
}

#[test]
fn over_http_there_is_nothing_without_a_token_and_everything_with_it() {
    let plain = Node::start("");
    assert_eq!(get(plain.socket, "/admin/status").status, 404);
    assert_eq!(post(plain.socket, "/admin/drain", "", ""), 404);

    let droplets = Droplets::settled_with(2, |command| {
        command
            .env("LES_NODE__ADMIN_TOKEN", TOKEN)
            .env("LES_LOG", "debug");
    });
    let leader = &droplets.cluster.nodes[0];
    assert_eq!(get(leader.socket, "/admin/status").status, 401);
    for wrong in [
        "",
        "Authorization: Bearer 0123456789abcdef-not-to-be-seeN\r\n",
    ] {
        assert_eq!(post(leader.socket, "/admin/handoff", wrong, ""), 401);
    }
    let right = format!("Authorization: Bearer {TOKEN}\r\n");
    let (big, bad) = ("x".repeat(5000), "{\"too\":1}");
    assert_eq!(post(leader.socket, "/admin/handoff", &right, &big), 413);
    assert_eq!(post(leader.socket, "/admin/handoff", &right, bad), 400);
    assert_eq!(droplets.cloud.history(), [Some(1)], "nothing has happened");

    let url = format!("http://{}", leader.socket);
    let without = Finished::run(les().args(["handoff", "--url", &url]));
    assert_eq!(without.code, Some(64), "{}", without.output);
    let wrong = Finished::run(
        les()
            .args(["handoff", "--url", &url])
            .env("LES_NODE__ADMIN_TOKEN", "f".repeat(20)),
    );
    assert_eq!(wrong.code, Some(1), "{}", wrong.output);
    assert!(
        wrong.output.contains("does not accept this token"),
        "{}",
        wrong.output
    );
    let done = Finished::run(
        les()
            .args(["handoff", "--url", &url])
            .env("LES_NODE__ADMIN_TOKEN", TOKEN),
    );
    assert_eq!(done.code, Some(0), "{}", done.output);
    assert_eq!(droplets.cloud.history(), [Some(1), Some(2)]);
    let shown = droplets
        .cluster
        .nodes
        .iter()
        .map(|node| node.log() + &node.get("/diag/").body);
    assert!(!shown.collect::<String>().contains(TOKEN) && !done.output.contains(TOKEN));
}

#[test]
fn a_token_may_be_in_a_file_or_in_systemds_folder() {
    let dir = Dir::new();
    let file = dir.file("LES_NODE__ADMIN_TOKEN", &format!("{TOKEN}\n"));
    let folder = dir.0.to_str().unwrap();
    for (name, value) in [
        ("LES_NODE__ADMIN_TOKEN_FILE", &*file),
        ("CREDENTIALS_DIRECTORY", folder),
    ] {
        let node = Node::spawn(Node::command("").env(name, value));
        let right = format!("Authorization: Bearer {TOKEN}\r\n");
        assert_eq!(
            post(node.socket, "/admin/undrain", &right, ""),
            200,
            "{name}"
        );
        assert_eq!(post(node.socket, "/admin/undrain", "", ""), 401, "{name}");
    }
    let short = Finished::run(Node::command("").env("LES_NODE__ADMIN_TOKEN", "guess-me"));
    assert_eq!(short.code, Some(64), "{}", short.output);
    assert!(!short.output.contains("guess-me"), "{}", short.output);
}

#[test]
fn what_a_killed_node_left_is_replaced_and_a_live_ones_socket_is_not_taken() {
    let dir = Dir::new();
    let socket = dir.0.join("admin.sock");
    let command = || {
        let mut command = Node::command("");
        command.env("LES_NODE__ADMIN_SOCKET", &socket);
        command
    };
    let killed = Node::spawn(&mut command());
    drop(killed);
    assert!(socket.exists(), "a killed process removes nothing");
    let live = Node::spawn(&mut command());
    let second = Finished::run(&mut command());
    assert_eq!(second.code, Some(1), "{}", second.output);
    assert!(
        second.output.contains("another process listens there"),
        "{}",
        second.output
    );
    let status = Finished::run(les().args(["undrain", "--socket"]).arg(&socket));
    assert_eq!(
        status.code,
        Some(0),
        "the live one still answers: {}",
        status.output
    );
    drop(live);
}

#[test]
fn a_socket_that_cannot_be_made_is_refused_if_somebody_asked_for_it() {
    let dir = Dir::new();
    let file = dir.file("file", "precious");
    for (path, reason) in [
        ("/nonexistent/admin.sock", "folder does not exist"),
        (&*file, "not a socket"),
    ] {
        let refused = Finished::run(Node::command("").env("LES_NODE__ADMIN_SOCKET", path));
        assert_eq!(refused.code, Some(64), "{}", refused.output);
        assert!(
            refused.output.contains(reason) && refused.output.contains("node.admin_socket"),
            "{}",
            refused.output
        );
    }
    // The default is not asked for: a state_dir with a long name still works.
    let long = dir.0.join("x".repeat(100));
    let node = Node::spawn(Node::command("").env("LES_NODE__STATE_DIR", long));
    assert_eq!(node.events("no_admin_socket").len(), 1, "{}", node.log());
}

#[test]
fn orders_wait_for_nobody_and_peers_do_not_wait_for_orders() {
    let droplets = Droplets::settled(2);
    // More connections than the socket has places, none of which says anything.
    let _idle: Vec<_> = (0..16)
        .map_while(|_| std::os::unix::net::UnixStream::connect(droplets.socket(0)).ok())
        .collect();
    let cluster: &Cluster = &droplets.cluster;
    assert_eq!(cluster.nodes[0].get("/ping").status, 200);
    assert_eq!(cluster.agreed(), 0);
    assert_eq!(cluster.nodes[0].events("member_lost").len(), 0);
}
