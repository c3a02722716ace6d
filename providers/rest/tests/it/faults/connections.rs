//! Connections that break: what was never sent changed nothing, what may have arrived is ambiguous.

use std::time::Duration;

use les_provider::{ErrorKind, Provider};
use tokio::net::TcpListener;

use crate::acme::{Acme, Client, IMPATIENT, Reply, address, chain, machine, seen};

/// The errors of a reading and of a move under one fault; `does`: the cloud does what it is asked first. With the state after it.
async fn failures(
    does: bool,
    reply: impl Fn() -> Reply + Send + 'static,
) -> ([(ErrorKind, String); 2], Vec<String>) {
    let acme = Acme::new().await;
    acme.set_holders(&["m1"]);
    acme.hook(move |received, world| {
        if does {
            let _ = world.answer(received);
        }
        Some(reply())
    });
    let provider = Client::new(&acme, &[IMPATIENT]).provider();
    let observed = provider
        .observe(&address())
        .await
        .expect_err("it must fail");
    let assigned = provider
        .assign(&address(), &machine("m7"), Some(&seen(Some("m1"))))
        .await
        .expect_err("it must fail");
    assert_eq!(
        acme.server.lines(),
        ["GET /ips/ip1", "POST /ips/ip1/move"],
        "nothing is sent twice"
    );
    let told = [observed, assigned].map(|error| (error.kind, chain(&error)));
    (told, acme.holders())
}

#[tokio::test]
async fn an_answer_that_is_lost_on_its_way_leaves_a_move_ambiguous() {
    let cut = b"HTTP/1.1 200 OK\r\ncontent-length: 99\r\n\r\n{\"ip\":{\"server\":null}}".to_vec();
    let chunked = b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\n{\"ip\"\r\n".to_vec();
    let head = b"HTTP/1.1 200 OK\r\ncontent-le".to_vec();
    let noise = b"SSH-2.0-OpenSSH_10.0\r\n".to_vec();
    for does in [false, true] {
        for (bytes, told) in [
            (Vec::new(), "no answer"),
            (cut.clone(), "the answer broke off"),
            (chunked.clone(), "the answer broke off"),
            (head.clone(), "no answer"),
            (noise.clone(), "no answer"),
        ] {
            let ([observed, assigned], holders) = failures(does, move || match bytes.is_empty() {
                true => Reply::HangUp,
                false => Reply::Bytes(bytes.clone()),
            })
            .await;
            assert_eq!(
                (observed.0, assigned.0),
                (ErrorKind::Unreachable, ErrorKind::MaybeApplied),
                "{}",
                assigned.1
            );
            assert!(
                observed.1.contains("the cloud did not answer") && observed.1.contains(told),
                "{}",
                observed.1
            );
            assert_eq!(holders, [if does { "m7" } else { "m1" }]);
        }
    }
}

#[tokio::test]
async fn a_body_that_is_too_long_is_not_read_to_its_end() {
    let huge = || Reply::text(200, &" ".repeat(1024 * 1024 + 1));
    let ([observed, assigned], holders) = failures(true, huge).await;
    assert_eq!(
        (observed.0, assigned.0),
        (ErrorKind::Transient, ErrorKind::MaybeApplied)
    );
    assert!(
        observed.1.contains("longer than 1048576 bytes"),
        "{}",
        observed.1
    );
    assert_eq!(holders, ["m7"]);
}

#[tokio::test]
async fn the_largest_body_that_is_allowed_is_read() {
    let acme = Acme::new().await;
    acme.hook(|_, world| {
        let Reply::Answer(status, headers, body) = world.describe() else {
            return None;
        };
        let padding = " ".repeat(1024 * 1024 - body.len());
        Some(Reply::Answer(status, headers, body + &padding))
    });
    assert_eq!(
        Client::new(&acme, &[])
            .provider()
            .observe(&address())
            .await
            .unwrap()
            .holder,
        None
    );
}

#[tokio::test]
async fn silence_and_a_slow_drip_end_at_the_requests_timeout() {
    for reply in [|| Reply::Silence, || Reply::Drip] {
        let ([observed, assigned], holders) = failures(true, reply).await;
        assert_eq!(
            (observed.0, assigned.0),
            (ErrorKind::Unreachable, ErrorKind::MaybeApplied)
        );
        assert!(
            observed.1.to_lowercase().contains("timed out") || observed.1.contains("timeout"),
            "{}",
            observed.1
        );
        assert_eq!(holders, ["m7"]);
    }
}

#[tokio::test]
async fn a_step_may_take_longer_than_other_requests() {
    let assign = |timeout: &str| {
        format!(
            "[assign]\nmethod = 'POST'\npath = '/ips/{{{{ id }}}}/move'\njson = \"{{'server': target}}\"\ntimeout = '{timeout}'"
        )
    };
    let acme = Acme::new().await;
    acme.hook(|received, _| (received.method == "POST").then_some(Reply::Silence));
    let short = assign("50ms");
    let provider = Client::new(&acme, &[("assign", &short)]).provider();
    let error = provider
        .assign(&address(), &machine("m7"), None)
        .await
        .unwrap_err();
    assert_eq!(
        error.kind,
        ErrorKind::MaybeApplied,
        "the step's own timeout, and not the 10 s of others: {error}"
    );
    let text = crate::acme::text(&[("assign", &assign("100s"))]);
    let told = les_provider_rest::Preset::parse("acme.toml", &text)
        .unwrap_err()
        .to_string();
    assert!(
        told.contains("limits.call_timeout") && told.contains("assign can take, which is 1m 40s"),
        "{told}"
    );
}

#[tokio::test]
async fn a_call_ends_at_its_own_timeout_whatever_its_requests_do() {
    let limits = "
[limits]
moves_in_one_call = true
settle = '0s'
connect_timeout = '1s'
request_timeout = '1400ms'
call_timeout = '1500ms'";
    // Up to 20 pages are asked for: together they take longer than a call may.
    let discovery = "
[discovery]
about = 'a tag'
path = '/machines'
next_page = '1'
value = '[]'";
    let acme = Acme::new().await;
    acme.hook(|_, _| Some(Reply::Late(Duration::from_millis(100), "{}".to_owned())));
    let provider = Client::new(&acme, &[("limits", limits), ("discovery", discovery)]).provider();
    let error = provider.discover("x").await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::Transient);
    assert!(
        error.to_string().contains("not ended after 1s 500ms"),
        "{error}"
    );
    assert!(acme.server.lines().len() < 20);
}

#[tokio::test]
async fn what_was_never_sent_changed_nothing() {
    let nobody = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let refused = format!("http://{}", nobody.local_addr().unwrap());
    drop(nobody);
    let acme = Acme::new().await;
    let mut client = Client::new(&acme, &[]);
    (client.base_url, client.metadata_base) = (Some(refused.clone()), Some(refused));
    let provider = client.provider();
    let error = provider
        .assign(&address(), &machine("m7"), None)
        .await
        .unwrap_err();
    assert_eq!(error.kind, ErrorKind::Unreachable);
    assert!(
        chain(&error).contains("no connection") && chain(&error).contains("refused"),
        "{}",
        chain(&error)
    );
    let error = provider.target().await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::Unreachable);
    assert!(
        error
            .to_string()
            .contains("the metadata service does not answer"),
        "{error}"
    );
}
