//! Proxies are for the cloud's API and never for the metadata service.
//!
//! The environment belongs to a process, so the test runs itself again in one of its own.

use std::process::Stdio;
use std::time::Duration;

use les_provider::Provider;
use les_provider_rest::{Options, Preset, RestProvider};
use tokio::io::AsyncReadExt;
use tokio::net::TcpListener;
use tokio::process::Command;

use crate::support::{TOKEN, address, credentials};

/// Set in the second process: where the metadata service is.
const METADATA: &str = "LES_TEST_METADATA";

/// A name that nothing answers to: only a proxy could reach it.
const CLOUD: &str = "https://api.cloud.invalid";

#[tokio::test]
async fn only_the_clouds_api_is_asked_through_a_proxy() {
    if let Ok(metadata) = std::env::var(METADATA) {
        return ask_both(metadata).await;
    }
    let proxy = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let metadata = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let proxy_url = format!("http://{}", proxy.local_addr().unwrap());
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args([
            "--exact",
            "proxies::only_the_clouds_api_is_asked_through_a_proxy",
        ])
        .env(
            METADATA,
            format!("http://{}", metadata.local_addr().unwrap()),
        )
        .envs(
            ["HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy"]
                .map(|name| (name, &proxy_url)),
        )
        .env_remove("NO_PROXY")
        .env_remove("no_proxy")
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    let first_lines = async { (first_line(&metadata).await, first_line(&proxy).await) };
    let (to_metadata, to_proxy) = tokio::time::timeout(Duration::from_secs(30), first_lines)
        .await
        .expect("both are asked");
    assert_eq!(to_metadata, "GET /metadata/v1/id HTTP/1.1");
    assert_eq!(to_proxy, "CONNECT api.cloud.invalid:443 HTTP/1.1");
    drop((metadata, proxy));
    assert!(child.wait().await.unwrap().success());
}

/// The second process: both calls fail, since nobody answers them.
async fn ask_both(metadata: String) {
    let preset = Preset::builtin("digitalocean").expect("it fits");
    let credentials = credentials(&preset, TOKEN);
    let options = Options {
        base_url: Some(CLOUD.to_owned()),
        metadata_base: Some(metadata),
        ..Options::new(credentials)
    };
    let provider = RestProvider::new(preset, options).expect("it fits");
    assert!(provider.target().await.is_err());
    assert!(provider.observe(&address()).await.is_err());
}

/// The first line of the first request, which is then hung up on.
async fn first_line(listener: &TcpListener) -> String {
    let (mut stream, _) = listener.accept().await.expect("somebody connects");
    let mut request = [0; 1024];
    let length = stream.read(&mut request).await.expect("it sends something");
    String::from_utf8_lossy(&request[..length])
        .lines()
        .next()
        .unwrap_or_default()
        .to_owned()
}
