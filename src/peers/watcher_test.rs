//! Every way in which a stream or a canary can begin and end, against real sockets on loopback.

use std::future::Future;

use socket2::SockRef;
use tokio::io::AsyncWriteExt as _;
use tokio::net::{TcpListener, TcpStream};

use super::*;
use crate::peers::Watches;

const DOC: &str =
    "{\"members\": [\"127.0.0.1:1\"], \"leader\": false, \"start_time\": 1700000000.5}\n";
const BEAT: &str = "{\"beat\":{\"leader_heard_ms\":12}}\n";
const HEAD: &str = "HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n";
const WATCH: WatchId = WatchId(7);

fn watches(loopback_allowed: bool) -> Watches {
    let me = "127.0.0.1:9".parse().unwrap();
    let timeout = Duration::from_millis(500);
    Watches::new(Watcher::new(&me, timeout, loopback_allowed, Clock::start()))
}

fn watched(at: SocketAddr, kind: WatchKind) -> Watched {
    Watched {
        watch: WATCH,
        addr: "peer.invalid:4000".parse().unwrap(),
        at,
        kind,
    }
}

/// What a peer that does `serve` after it has read a request (none comes from a canary) brings, to the end.
async fn reports<F: Future<Output = ()> + Send>(
    kind: WatchKind,
    serve: impl FnOnce(TcpStream, String) -> F + Send + 'static,
) -> (Vec<Input>, WatchEnd) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let at = listener.local_addr().unwrap();
    let peer = async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let mut request = vec![0; 4096];
        let n = match kind {
            WatchKind::Stream => stream.read(&mut request).await.unwrap(),
            WatchKind::Canary => 0,
        };
        serve(stream, String::from_utf8_lossy(&request[..n]).into_owned()).await;
    };
    let mut watches = watches(true);
    watches.open(watched(at, kind));
    let to_the_end = async {
        let mut before = Vec::new();
        loop {
            match watches.next().await {
                Input::WatchEnded { watch, end } => {
                    assert_eq!(watch, WATCH);
                    return (before, end);
                }
                report => before.push(report),
            }
        }
    };
    tokio::join!(to_the_end, peer).0
}

async fn stream_of(text: String) -> (Vec<Input>, WatchEnd) {
    reports(WatchKind::Stream, |mut stream, _| async move {
        stream.write_all(text.as_bytes()).await.unwrap();
    })
    .await
}

fn answer(status: &str) -> String {
    format!("HTTP/1.1 {status}\r\nContent-Length: 0\r\n\r\n")
}

fn reset(stream: &TcpStream) {
    SockRef::from(stream)
        .set_linger(Some(Duration::ZERO))
        .unwrap();
}

#[tokio::test]
async fn documents_and_beats_come_as_they_are_sent_and_then_the_end() {
    let (sent, received) = tokio::sync::oneshot::channel();
    let (found, end) = reports(WatchKind::Stream, |mut stream, request| async move {
        sent.send((request, stream.local_addr().unwrap())).unwrap();
        let text = [HEAD, DOC, BEAT].concat();
        stream.write_all(text.as_bytes()).await.unwrap();
    })
    .await;
    let (request, at) = received.await.unwrap();
    assert_eq!(end, WatchEnd::Closed);
    let [
        Input::Watched { watch, from, doc },
        Input::Beat { watch: of, beat },
    ] = &found[..]
    else {
        panic!("{found:?}");
    };
    assert_eq!((*watch, *of, *from), (WATCH, WATCH, at));
    assert_eq!(doc.addr.as_str(), "127.0.0.1:1");
    assert_eq!(beat.leader_heard, Some(Duration::from_millis(12)));
    let request = request.to_lowercase();
    for part in [
        "get /watch/127.0.0.1:9 http/1.1\r\n",
        "host: peer.invalid:4000\r\n",
    ] {
        assert!(request.contains(part), "{request}");
    }
}

#[tokio::test]
async fn a_chunked_stream_is_read_too_and_may_end_anywhere() {
    let chunk = format!("{:x}\r\n{DOC}\r\n", DOC.len());
    let head = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
    for rest in ["", "0\r\n\r\n", "20\r\n{\"be"] {
        let (found, end) = stream_of([head, &chunk, rest].concat()).await;
        assert_eq!((found.len(), end), (1, WatchEnd::Closed), "{rest:?}");
    }
}

#[tokio::test]
async fn an_end_in_order_is_one_wherever_it_comes() {
    for (text, reported) in [
        (String::new(), 0),
        ("HTTP/1.1 200 OK\r\n".into(), 0),
        (HEAD.into(), 0),
        ([HEAD, DOC].concat(), 1),
        ([HEAD, DOC, "{\"beat\":{\"lea"].concat(), 1),
    ] {
        let (found, end) = stream_of(text.clone()).await;
        assert_eq!((found.len(), end), (reported, WatchEnd::Closed), "{text:?}");
    }
}

#[tokio::test]
async fn a_reset_is_not_an_end_in_order() {
    for text in [String::new(), [HEAD, DOC].concat()] {
        let (_, end) = reports(WatchKind::Stream, |mut stream, _| async move {
            stream.write_all(text.as_bytes()).await.unwrap();
            reset(&stream);
        })
        .await;
        assert_eq!(end, WatchEnd::Failed(Evidence::Broken));
    }
}

#[tokio::test]
async fn versions_without_streams_are_told_from_bad_answers() {
    for status in [
        "404 Not Found",
        "405 Method Not Allowed",
        "501 Not Implemented",
    ] {
        assert_eq!(stream_of(answer(status)).await.1, WatchEnd::Unsupported);
    }
    for status in [
        "500 Oops",
        "503 Service Unavailable",
        "204 No Content",
        "302 Found\r\nLocation: /watch",
    ] {
        let bad = WatchEnd::Failed(Evidence::BadAnswer);
        assert_eq!(stream_of(answer(status)).await.1, bad, "{status}");
    }
}

#[tokio::test]
async fn what_is_no_stream_is_a_bad_answer() {
    let endless = "x".repeat(crate::wire::MAX_BODY_BYTES + 1);
    for text in [
        "SSH-2.0-OpenSSH\r\n\r\n".to_owned(),
        DOC.to_owned(),
        [HEAD, "garbage\n"].concat(),
        [HEAD, "{}\n"].concat(),
        [HEAD, DOC, "garbage\n"].concat(),
        [HEAD, &endless].concat(),
        // Nobody knows of whom that is.
        [HEAD, BEAT].concat(),
    ] {
        let start: String = text.chars().take(60).collect();
        // It hangs up before it has read all of the endless one.
        let (_, end) = reports(WatchKind::Stream, |mut stream, _| async move {
            let _ = stream.write_all(text.as_bytes()).await;
        })
        .await;
        assert_eq!(end, WatchEnd::Failed(Evidence::BadAnswer), "{start}");
    }
}

#[tokio::test]
async fn a_stream_that_does_not_begin_is_silent() {
    for text in ["", "HTTP/1.1 200 OK\r\n", HEAD] {
        let (found, end) = reports(WatchKind::Stream, move |mut stream, _| async move {
            stream.write_all(text.as_bytes()).await.unwrap();
            // Until the watcher gives up.
            let _ = stream.read(&mut [0]).await;
        })
        .await;
        assert_eq!(end, WatchEnd::Failed(Evidence::Silent), "{text:?}");
        assert_eq!(found.len(), 0);
    }
}

#[tokio::test]
async fn nobody_listening_is_a_refusal_and_some_places_are_never_contacted() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let at = listener.local_addr().unwrap();
    drop(listener);
    for kind in [WatchKind::Stream, WatchKind::Canary] {
        for (loopback_allowed, at, forbidden) in [
            (true, at, false),
            (false, at, true),
            (true, "169.254.169.254:80".parse().unwrap(), true),
        ] {
            let mut watches = watches(loopback_allowed);
            watches.open(watched(at, kind));
            let Input::WatchEnded {
                end: WatchEnd::Failed(evidence),
                ..
            } = watches.next().await
            else {
                panic!("it was opened");
            };
            match evidence {
                Evidence::Forbidden(_) => assert!(forbidden, "{at}"),
                evidence => assert_eq!(evidence, Evidence::Refused { at }),
            }
        }
    }
}

#[tokio::test]
async fn a_canary_sends_nothing_ignores_what_comes_and_sees_the_end() {
    let (found, end) = reports(WatchKind::Canary, |mut stream, _| async move {
        stream
            .write_all(b"HTTP/1.1 408 Too late\r\n\r\n")
            .await
            .unwrap();
        stream.shutdown().await.unwrap();
        assert_eq!(stream.read(&mut [0]).await.unwrap(), 0, "not a byte came");
    })
    .await;
    assert_eq!((found.len(), end), (0, WatchEnd::Closed));
    let (_, end) = reports(WatchKind::Canary, |stream, _| async move { reset(&stream) }).await;
    assert_eq!(end, WatchEnd::Failed(Evidence::Broken));
}

#[tokio::test]
async fn what_is_closed_here_reports_nothing_more_and_hangs_up() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let mut watches = watches(true);
    let watch = |watch| Watched {
        watch,
        ..watched(listener.local_addr().unwrap(), WatchKind::Stream)
    };
    watches.open(watch(WATCH));
    let (mut first, _) = listener.accept().await.unwrap();
    first
        .write_all([HEAD, DOC].concat().as_bytes())
        .await
        .unwrap();
    assert!(matches!(watches.next().await, Input::Watched { .. }));
    // One that waits already when it is closed.
    first.write_all(BEAT.as_bytes()).await.unwrap();
    watches.close(WATCH);
    watches.open(watch(WatchId(8)));
    let (mut second, _) = listener.accept().await.unwrap();
    second
        .write_all([HEAD, DOC].concat().as_bytes())
        .await
        .unwrap();
    let Input::Watched { watch, .. } = watches.next().await else {
        panic!("a report of the closed stream");
    };
    assert_eq!(watch, WatchId(8));
    // It hangs up, in order or not: with what it had not read.
    let _ = first.read_to_end(&mut Vec::new()).await;
}

#[tokio::test]
async fn a_node_that_is_busy_misses_no_end() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let at = listener.local_addr().unwrap();
    let mut watches = watches(true);
    let (watches_before, streams) = (0_u64, 100_u64);
    for id in watches_before..streams {
        watches.open(Watched {
            watch: WatchId(id),
            ..watched(at, WatchKind::Stream)
        });
    }
    // More than there is room for: each one sends a document and ends, and nobody takes a report meanwhile.
    for _ in watches_before..streams {
        let (mut stream, _) = listener.accept().await.unwrap();
        let _ = stream.read(&mut [0; 4096]).await;
        stream
            .write_all([HEAD, DOC].concat().as_bytes())
            .await
            .unwrap();
    }
    let (mut documents, mut ends) = (0, 0);
    while ends < streams {
        match watches.next().await {
            Input::Watched { .. } => documents += 1,
            Input::WatchEnded { end, .. } => {
                assert_eq!(end, WatchEnd::Closed);
                ends += 1;
            }
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(documents, streams);
}
