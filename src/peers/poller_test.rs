//! Every way in which a peer can fail to answer, against real sockets on loopback.

use std::future::Future;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

use super::*;

const GOOD: &str = r#"{"members": ["127.0.0.1:1"], "leader": false, "start_time": 1700000000.5}"#;

fn poller(loopback_allowed: bool) -> Poller {
    Poller::new(
        &"127.0.0.1:9".parse().unwrap(),
        Duration::from_millis(500),
        loopback_allowed,
    )
}

/// Polls a peer that does `serve` with the connection, after it has read the request.
async fn poll<F: Future<Output = ()> + Send>(
    serve: impl FnOnce(TcpStream, String) -> F + Send + 'static,
) -> Result<Answer, Evidence> {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let addr: Addr = listener.local_addr().unwrap().to_string().parse().unwrap();
    let peer = async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let mut request = vec![0; 4096];
        let n = stream.read(&mut request).await.unwrap();
        serve(stream, String::from_utf8_lossy(&request[..n]).into_owned()).await;
    };
    let poller = poller(true);
    tokio::join!(poller.poll(&addr, None, true), peer).0
}

async fn poll_text(text: String) -> Result<Answer, Evidence> {
    poll(|mut stream, _| async move { stream.write_all(text.as_bytes()).await.unwrap() }).await
}

fn answer(body: &str) -> String {
    format!(
        "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    )
}

#[tokio::test]
async fn a_valid_document_is_an_answer_whatever_its_content_type() {
    let (sent, received) = tokio::sync::oneshot::channel();
    let found = poll(|mut stream, request| async move {
        sent.send(request).unwrap();
        stream.write_all(answer(GOOD).as_bytes()).await.unwrap();
    })
    .await
    .unwrap();
    assert_eq!(found.doc.addr.as_str(), "127.0.0.1:1");
    let request = received.await.unwrap().to_lowercase();
    for part in [
        "get /state/127.0.0.1:9 http/1.1\r\n",
        "connection: close",
        "les-look: 1",
        "host: 127.0.0.1:",
    ] {
        assert!(request.contains(part), "{request}");
    }
}

#[tokio::test]
async fn nobody_listening_is_a_refusal() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let at = listener.local_addr().unwrap();
    drop(listener);
    assert_eq!(
        poller(true)
            .poll(&at.to_string().parse().unwrap(), None, false)
            .await
            .unwrap_err(),
        Evidence::Refused { at }
    );
}

#[tokio::test]
async fn of_several_sockets_one_answer_is_enough_and_one_refusal_is_not() {
    let refusing = TcpListener::bind("127.0.0.1:0")
        .await
        .unwrap()
        .local_addr()
        .unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let other = listener.local_addr().unwrap();
    let peer = tokio::spawn(async move {
        // First garbage, then a document, each to a fresh connection.
        for text in [
            "garbage\r\n\r\n".to_owned(),
            "garbage\r\n\r\n".to_owned(),
            answer(GOOD),
        ] {
            let (mut stream, _) = listener.accept().await.unwrap();
            let _ = stream.read(&mut [0; 4096]).await;
            stream.write_all(text.as_bytes()).await.unwrap();
        }
    });
    let (poller, name) = (poller(true), "peer:1".parse().unwrap());
    for sockets in [[refusing, other], [other, refusing]] {
        let evidence = poller.poll_each(&sockets, &name, false).await.unwrap_err();
        assert_eq!(evidence, Evidence::BadAnswer, "somebody is there");
    }
    let found = poller
        .poll_each(&[refusing, other], &name, false)
        .await
        .unwrap();
    assert_eq!(found.from, other);
    let evidence = poller
        .poll_each(&[refusing, refusing], &name, false)
        .await
        .unwrap_err();
    assert_eq!(evidence, Evidence::Refused { at: refusing });
    peer.await.unwrap();
}

#[tokio::test]
async fn what_is_not_a_document_is_a_bad_answer() {
    // What would be a document under another status is none under these.
    let redirect = answer(GOOD).replace("200 OK", "302 Found\r\nLocation: http://127.0.0.1:1/");
    let failing = answer(GOOD).replace("200 OK", "500 Oops");
    let huge = answer(&format!(
        "{}{GOOD}",
        " ".repeat(crate::wire::MAX_BODY_BYTES)
    ));
    for text in [
        answer("{}"),
        answer(""),
        answer("[]"),
        redirect,
        failing,
        huge,
        "SSH-2.0-OpenSSH\r\n\r\n".into(),
        GOOD.into(),
    ] {
        let start: String = text.chars().take(40).collect();
        assert_eq!(
            poll_text(text).await.unwrap_err(),
            Evidence::BadAnswer,
            "{start}"
        );
    }
}

#[tokio::test]
async fn an_answer_that_ends_early_is_broken() {
    for text in [
        String::new(),
        "HTTP/1.1 200 OK\r\n".into(),
        format!("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n{GOOD}"),
    ] {
        assert_eq!(
            poll_text(text.clone()).await.unwrap_err(),
            Evidence::Broken,
            "{text:?}"
        );
    }
}

#[tokio::test]
async fn silence_and_a_slow_drip_end_at_the_deadline() {
    let silent = poll(|mut stream, _| async move {
        let _ = stream.read(&mut [0; 8]).await;
    });
    assert_eq!(silent.await.unwrap_err(), Evidence::Silent);
    let drip = poll(|mut stream, _| async move {
        while stream.write_all(b"H").await.is_ok() {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    });
    assert!(matches!(
        drip.await.unwrap_err(),
        Evidence::Silent | Evidence::BadAnswer
    ));
    let endless = poll(|mut stream, _| async move {
        let _ = stream
            .write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n{")
            .await;
        while stream.write_all(b" ").await.is_ok() {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    });
    assert_eq!(endless.await.unwrap_err(), Evidence::Silent);
}

#[tokio::test]
async fn forbidden_targets_are_never_contacted() {
    for addr in [
        "169.254.169.254:80",
        "0.0.0.0:80",
        "[::ffff:169.254.169.254]:80",
        "224.0.0.1:80",
    ] {
        assert!(
            matches!(
                poller(true)
                    .poll(&addr.parse().unwrap(), None, false)
                    .await
                    .unwrap_err(),
                Evidence::Forbidden(_)
            ),
            "{addr}"
        );
    }
    for addr in ["127.0.0.1:1", "localhost:1", "[::1]:1", "127.1.2.3:1"] {
        assert!(
            matches!(
                poller(false)
                    .poll(&addr.parse().unwrap(), None, false)
                    .await
                    .unwrap_err(),
                Evidence::Forbidden(_)
            ),
            "{addr}"
        );
    }
}

#[tokio::test]
async fn a_probe_asks_the_socket_it_is_given_and_nothing_else() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let at = listener.local_addr().unwrap();
    drop(listener);
    // A name that leads nowhere: it is not looked up.
    let name: Addr = "peer.invalid:1".parse().unwrap();
    let evidence = poller(true).poll(&name, Some(at), false).await.unwrap_err();
    assert_eq!(evidence, Evidence::Refused { at });
    let evidence = poller(false)
        .poll(&name, Some(at), false)
        .await
        .unwrap_err();
    assert!(matches!(evidence, Evidence::Forbidden(_)), "{evidence:?}");
}
