//! A takeover begins on the connection that readings have kept open.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use axum::routing::{get, post};
use axum::serve::ListenerExt;
use axum::{Json, Router};
use les_provider::Provider;
use serde_json::json;
use tokio::net::TcpListener;

use crate::support::{TOKEN, address, digitalocean, droplet};

#[tokio::test]
async fn readings_and_a_move_share_one_connection() {
    let held = json!({"reserved_ip": {"ip": "203.0.113.7", "droplet": null, "locked": false}});
    let done = json!({"action": {"id": 1, "status": "completed"}});
    let router = Router::new()
        .route("/v2/reserved_ips/{ip}", get(async move || Json(held)))
        .route(
            "/v2/reserved_ips/{ip}/actions",
            post(async move || Json(done)),
        );
    let opened = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&opened);
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    let listener = listener.tap_io(move |_| {
        counter.fetch_add(1, Ordering::Relaxed);
    });
    tokio::spawn(axum::serve(listener, router).into_future());
    let provider = digitalocean(&base, &base, TOKEN);
    for _ in 0..3 {
        provider.observe(&address()).await.unwrap();
    }
    provider
        .assign(&address(), &droplet(7), None)
        .await
        .unwrap();
    assert_eq!(opened.load(Ordering::Relaxed), 1);
}
