//! What a person sees of a cluster with `les status`, `why` and `events`, and does to it with `les pause`, `resume` and `provider`.

mod events;
mod pause;
mod provider;
mod status;
mod watching;

use crate::support::{Finished, Node, PATIENCE, les, wait_for};

/// Runs `les ARGS --url` of the node to its end.
fn ask(node: &Node, args: &[&str]) -> Finished {
    let url = format!("http://{}", node.socket);
    Finished::run(les().args(args).args(["--url", &url]))
}

/// Waits until `les status` of the node has this exit code and says all of this. Returns what it says.
#[track_caller]
fn shows(node: &Node, code: i32, texts: &[&str]) -> String {
    let what = format!("the status of {} to say {texts:?}", node.addr);
    wait_for(&what, PATIENCE, || {
        let status = ask(node, &["status"]);
        let all = texts.iter().all(|text| status.output.contains(text));
        (all && status.code == Some(code)).then_some(status.output)
    })
}
