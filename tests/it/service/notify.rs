//! The service manager's end of the notification socket.

use std::os::unix::net::UnixDatagram;
use std::sync::{Arc, Mutex};

use crate::support::{Dir, Node, PATIENCE, wait_for};

/// Collects what a node says, one entry for each line.
struct Manager {
    dir: Dir,
    told: Arc<Mutex<Vec<String>>>,
}

impl Manager {
    fn new() -> Self {
        let dir = Dir::new();
        let socket = UnixDatagram::bind(dir.0.join("notify")).unwrap();
        let told = Arc::new(Mutex::new(Vec::new()));
        let heard = Arc::clone(&told);
        std::thread::spawn(move || {
            let mut buffer = [0; 4096];
            while let Ok(length) = socket.recv(&mut buffer) {
                let text = String::from_utf8_lossy(&buffer[..length]).into_owned();
                heard
                    .lock()
                    .unwrap()
                    .extend(text.lines().map(str::to_owned));
            }
        });
        Self { dir, told }
    }

    fn start(&self, watchdog: bool) -> Node {
        let mut command = Node::command("");
        command.env("NOTIFY_SOCKET", self.dir.0.join("notify"));
        if watchdog {
            command.env("WATCHDOG_USEC", "10000000");
        }
        Node::spawn(&mut command)
    }

    fn told(&self) -> Vec<String> {
        self.told.lock().unwrap().clone()
    }

    fn count(&self, line: &str) -> usize {
        self.told().iter().filter(|told| *told == line).count()
    }
}

#[test]
fn a_lone_node_is_ready_and_its_idle_loop_feeds_the_watchdog() {
    let manager = Manager::new();
    let node = manager.start(true);
    wait_for("the watchdog to be fed", PATIENCE, || {
        (manager.count("WATCHDOG=1") >= 4).then_some(())
    });
    assert_eq!(node.leader(), None, "nobody else is there, so nobody leads");
    let told = manager.told();
    assert_eq!(told[0], "READY=1", "{told:?}");
    assert_eq!(manager.count("READY=1"), 1);
    let waits = |line: &String| line.starts_with("STATUS=no other node was ever met");
    assert!(told.iter().any(waits), "{told:?}");
}

#[test]
fn it_says_whom_it_follows_and_that_it_stops() {
    let manager = Manager::new();
    let mut node = manager.start(false);
    let _other = Node::start(&node.addr);
    wait_for("its status", PATIENCE, || {
        let told = manager.told();
        let mut statuses = told.iter().filter_map(|line| line.strip_prefix("STATUS="));
        statuses
            .any(|status| status.starts_with("leads in epoch") || status.starts_with("follows 127"))
            .then_some(())
    });
    node.signal("TERM");
    assert_eq!(node.wait().code(), Some(0));
    wait_for("its last word", PATIENCE, || {
        (manager.count("STOPPING=1") == 1).then_some(())
    });
    assert_eq!(manager.count("WATCHDOG=1"), 0, "nobody asked for it");
}
