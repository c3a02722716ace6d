//! What a person is told who asks the wrong one.

use std::time::Duration;

use hyper::StatusCode;
use les::words::chain;
use tokio::net::TcpListener;

use super::fake::Fake;
use super::{Reader, StatusPage, Unread, reachable};

async fn told(reader: &Reader) -> String {
    match reader.page::<StatusPage>("/status?x").await {
        Ok(page) => panic!("{page:?}"),
        Err(unread) => chain(&unread),
    }
}

#[test]
fn a_node_that_listens_everywhere_is_asked_on_loopback() {
    for (bound, asked) in [
        ("0.0.0.0:1", "127.0.0.1:1"),
        ("[::]:2", "[::1]:2"),
        ("10.0.0.1:3", "10.0.0.1:3"),
    ] {
        assert_eq!(reachable(bound.parse().unwrap()).to_string(), asked);
    }
}

#[tokio::test]
async fn where_nobody_listens_the_address_and_the_ways_to_name_another_are_told() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let host = listener.local_addr().unwrap().to_string();
    drop(listener);
    let told = told(&Reader::new(host.clone())).await;
    assert!(
        told.starts_with(&format!("nobody listens at {host}")) && told.contains("--url"),
        "{told}"
    );
}

#[tokio::test]
async fn whoever_says_nothing_is_not_waited_for_any_longer() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let host = listener.local_addr().unwrap().to_string();
    let told = told(&Reader::new(host).within(Duration::from_millis(1))).await;
    assert!(told.contains("did not answer within"), "{told}");
}

#[tokio::test]
async fn others_than_nodes_of_this_version_are_told_apart() {
    let cases = [
        ("it works!", 200, "is no node of les"),
        ("", 404, "is no node of les (HTTP status 404"),
        (
            r#"{"state":{},"member_states":{}}"#,
            200,
            "reference implementation, which has no /status",
        ),
        (
            r#"{"state":{},"member_states":{},"les":{"version":"0.0.9"}}"#,
            200,
            "runs an older les (0.0.9), which has no /status:",
        ),
    ];
    for (page, status, expected) in cases {
        let node = Fake::start(move |path| match path {
            "/diag/" => (status, page.to_owned()),
            _ => (404, String::new()),
        })
        .await;
        let told = told(&node.reader()).await;
        assert!(told.contains(expected), "{expected}: {told}");
    }
}

#[tokio::test]
async fn an_answer_that_is_not_the_contracts_is_told_and_bounded() {
    let cases: [(u16, String, &str); 4] = [
        (200, "<html>".into(), "is no node of les"),
        (200, "[]".into(), "does not understand"),
        (
            503,
            r#"{"ok":false,"why":"all places are taken"}"#.into(),
            "refuses: all places are taken",
        ),
        (
            200,
            format!("\"{}\"", "x".repeat(3 << 20)),
            "more than 2097152 bytes",
        ),
    ];
    for (status, body, expected) in cases {
        let node = Fake::start(move |_| (status, body.clone())).await;
        let told = told(&node.reader()).await;
        assert!(told.contains(expected), "{expected}: {told}");
    }
}

#[tokio::test]
async fn more_and_less_than_is_known_is_read_and_control_characters_are_not() {
    let node = Fake::start(|_| {
        (
            200,
            "{\"addr\":\"a:1\",\"role\":\"leader\",\"members\":[],\"why\":\"\\u001b[2J\",\"mode\":null,\"newer\":{}}\n".into(),
        )
    })
    .await;
    let page = node.reader().page::<StatusPage>("/status").await.unwrap();
    assert_eq!(page.body.why.as_deref(), Some("\u{fffd}[2J"));
    assert_eq!(page.body.mode, "");
    assert!(page.json.ends_with("\"newer\":{}}"), "as it came");
}

#[tokio::test]
async fn a_refusal_keeps_its_status() {
    let node = Fake::start(|_| (404, r#"{"ok":false,"why":"no"}"#.into())).await;
    let refused = node.reader().page::<StatusPage>("/why/x").await;
    assert!(matches!(
        refused,
        Err(Unread::Refused {
            status: StatusCode::NOT_FOUND,
            ..
        })
    ));
}
