//! A cloud that is reached by a proxy, and proxies that do not let anybody through.
//!
//! The environment belongs to a process, so each case runs [`the_other_process`] in one of its own. `0.0.0.0` is this machine too, but
//! is not called loopback: what goes there is meant for a proxy.

use std::process::Stdio;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use les_provider::Provider;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::process::Command;

use crate::acme::{Acme, Client, address, authority, certified, chain, machine};
use crate::folder::Folder;

const BASE: &str = "LES_TEST_PROXY_BASE";
const CA_FILE: &str = "LES_TEST_PROXY_CA";
const TOLD: &str = "LES_TEST_PROXY_TOLD";

/// Moves the address, and writes down what it is told.
#[tokio::test]
async fn the_other_process() {
    let Ok(base) = std::env::var(BASE) else {
        return;
    };
    let mut client = Client::new(&Acme::new().await, &[]);
    client.base_url = Some(base);
    client.ca_file = std::env::var(CA_FILE)
        .ok()
        .filter(|path| !path.is_empty())
        .map(Into::into);
    let result = client
        .provider()
        .assign(&address(), &machine("m7"), None)
        .await;
    let told = result.map_or_else(
        |error| format!("{:?}: {}", error.kind, chain(&error)),
        |()| "moved".to_owned(),
    );
    std::fs::write(std::env::var(TOLD).expect("it is set"), told).expect("it can be written");
}

/// A proxy that keeps the heads of the requests that it receives, and lets through who says the password, if there is one.
struct Proxy {
    authority: String,
    heads: Arc<Mutex<Vec<String>>>,
}

impl Proxy {
    async fn new(password: Option<&'static str>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("it works");
        let authority = listener.local_addr().expect("it works").to_string();
        let heads = Arc::<Mutex<Vec<String>>>::default();
        let kept = Arc::clone(&heads);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(tunnel(stream, password, Arc::clone(&kept)));
            }
        });
        Self { authority, heads }
    }

    fn heads(&self) -> Vec<String> {
        self.heads.lock().expect("it works").clone()
    }
}

async fn tunnel(
    mut from: TcpStream,
    password: Option<&str>,
    heads: Arc<Mutex<Vec<String>>>,
) -> Option<()> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(from.read_u8().await.ok()?);
    }
    let head = String::from_utf8(head).ok()?;
    heads.lock().expect("it works").push(head.clone());
    if password.is_some_and(|password| !head.contains(password)) {
        return from
            .write_all(b"HTTP/1.1 407 Proxy Authentication Required\r\ncontent-length: 0\r\n\r\n")
            .await
            .ok();
    }
    let port = head
        .split_whitespace()
        .nth(1)?
        .rsplit(':')
        .next()?
        .parse()
        .ok()?;
    let mut to = TcpStream::connect(("127.0.0.1", port)).await.ok()?;
    from.write_all(b"HTTP/1.1 200 Connected\r\n\r\n")
        .await
        .ok()?;
    tokio::io::copy_bidirectional(&mut from, &mut to)
        .await
        .ok()
        .map(drop)
}

/// What another process is told that moves the address of this cloud in this environment.
async fn told(acme: &Acme, folder: &Folder, environment: &[(&str, &str)]) -> String {
    let port = acme.server.authority.rsplit(':').next().expect("it works");
    let mut command = Command::new(std::env::current_exe().expect("it works"));
    command.args(["--exact", "faults::proxies::the_other_process"]);
    for name in ["HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY", "NO_PROXY"] {
        command.env_remove(name).env_remove(name.to_lowercase());
    }
    command
        .env(BASE, format!("https://0.0.0.0:{port}"))
        .env(CA_FILE, folder.path("ca.pem"))
        .env(TOLD, folder.path("told"))
        .envs(environment.iter().copied())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .kill_on_drop(true);
    let ended = tokio::time::timeout(Duration::from_secs(60), command.status()).await;
    assert!(ended.expect("it ends").expect("it works").success());
    std::fs::read_to_string(folder.path("told")).expect("it works")
}

/// A cloud at `https://0.0.0.0`, with the certificate authority for it in `ca.pem`.
async fn cloud() -> (Acme, Folder) {
    let folder = Folder::new();
    let ours = authority(&folder.path("ca.pem"));
    (
        Acme::with_tls(&certified(&ours, "0.0.0.0", false)).await,
        folder,
    )
}

#[tokio::test]
async fn a_cloud_is_reached_by_a_proxy_which_sees_neither_token_nor_path() {
    let (acme, folder) = cloud().await;
    let proxy = Proxy::new(None).await;
    let url = format!("http://{}", proxy.authority);
    assert_eq!(
        told(&acme, &folder, &[("HTTPS_PROXY", &url)]).await,
        "moved"
    );
    assert_eq!(acme.holders(), ["m7"]);
    let [head] = &proxy.heads()[..] else {
        panic!("one tunnel: {:?}", proxy.heads())
    };
    let port = acme.server.authority.rsplit(':').next().unwrap();
    assert!(
        head.starts_with(&format!("CONNECT 0.0.0.0:{port} HTTP/1.1\r\n")),
        "{head}"
    );
    assert!(
        !head.contains(crate::acme::TOKEN) && !head.contains("/ips"),
        "{head}"
    );
}

#[tokio::test]
async fn no_proxy_is_honoured() {
    let (acme, folder) = cloud().await;
    let proxy = Proxy::new(None).await;
    let url = format!("http://{}", proxy.authority);
    let environment = [
        ("HTTPS_PROXY", url.as_str()),
        ("NO_PROXY", "example.com,0.0.0.0"),
    ];
    assert_eq!(told(&acme, &folder, &environment).await, "moved");
    assert_eq!(acme.holders(), ["m7"]);
    assert_eq!(proxy.heads(), Vec::<String>::new());
}

#[tokio::test]
async fn a_proxy_that_wants_a_password_is_told_and_gets_the_one_in_its_url() {
    let (acme, folder) = cloud().await;
    // `user:proxy-5ecre7`
    let proxy = Proxy::new(Some("Basic dXNlcjpwcm94eS01ZWNyZTc=")).await;
    let url = format!("http://{}", proxy.authority);
    let text = told(&acme, &folder, &[("HTTPS_PROXY", &url)]).await;
    assert!(
        text.starts_with("Unreachable") && text.contains("proxy authorization required"),
        "{text}"
    );
    let wrong = format!("http://user:other-5ecre7@{}", proxy.authority);
    let text = told(&acme, &folder, &[("HTTPS_PROXY", &wrong)]).await;
    assert!(
        text.starts_with("Unreachable") && !text.contains("5ecre7"),
        "{text}"
    );
    assert_eq!(acme.server.lines(), Vec::<String>::new());
    let right = format!("http://user:proxy-5ecre7@{}", proxy.authority);
    assert_eq!(
        told(&acme, &folder, &[("HTTPS_PROXY", &right)]).await,
        "moved"
    );
    assert_eq!(acme.holders(), ["m7"]);
}

#[tokio::test]
async fn a_proxy_that_is_down_is_told_and_never_gone_around() {
    let (acme, folder) = cloud().await;
    let down = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", down.local_addr().unwrap());
    drop(down);
    let text = told(&acme, &folder, &[("HTTPS_PROXY", &url)]).await;
    assert!(
        text.starts_with("Unreachable") && text.contains("no connection"),
        "{text}"
    );
    assert_eq!((acme.server.lines().len(), acme.holders().len()), (0, 0));
}

/// `SSL_CERT_FILE` stands for the system's bundle: the platform's verifier reads it.
#[tokio::test]
async fn the_systems_root_certificates_are_trusted_with_a_bundle_of_ones_own_and_without() {
    let (acme, folder) = cloud().await;
    let (system, other) = (folder.path("ca.pem"), folder.path("other.pem"));
    let _ = authority(&other);
    let as_system = ("SSL_CERT_FILE", system.to_str().expect("UTF-8"));
    let besides = (CA_FILE, other.to_str().expect("UTF-8"));
    assert_eq!(told(&acme, &folder, &[as_system, besides]).await, "moved");
    assert_eq!(
        told(&acme, &folder, &[as_system, (CA_FILE, "")]).await,
        "moved"
    );
    let text = told(&acme, &folder, &[besides]).await;
    assert!(text.contains("UnknownIssuer"), "{text}");
    assert_eq!(acme.count("/ips"), 2);
}
