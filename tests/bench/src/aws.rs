//! What a node uses at rest whose cloud is AWS: the SDK is part of every node, and costs memory once it is in use.

use std::net::{Ipv4Addr, TcpListener};
use std::path::Path;
use std::time::Duration;

use anyhow::{Context as _, Result};
use les_moto::{Hand, Metadata, Moto, Role};
use tokio::process::Command;
use tokio::time::timeout;

use crate::clock;
use crate::node::Node;
use crate::rest::{self, AtRest};

/// For a node that leads alone to take the address.
const PATIENCE: Duration = Duration::from_secs(60);
const LOOK_EVERY: Duration = Duration::from_millis(200);

/// One leader with one Elastic IP at moto's EC2, which is spoken to without TLS (the system's root certificates are loaded all the same). `None` where moto is
/// not installed.
pub(crate) async fn at_rest(les: &Path) -> Result<Option<AtRest>> {
    let Some(moto) = Moto::start() else {
        return Ok(None);
    };
    let hand = Hand::new(&moto.base());
    let (machine, ip) = (hand.run_instance(&[]).await, hand.allocate().await);
    let role = Role {
        key: "AKIABENCH".into(),
        secret: "secret".into(),
        token: "token".into(),
    };
    let metadata = Metadata::start(&machine, Some(role)).await;
    let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?
        .local_addr()?
        .port();
    let config = std::env::temp_dir().join(format!("les-bench-aws-{port}.toml"));
    let (base, metadata) = (moto.base(), metadata.base());
    let text = format!(
        "[node]\nbind_interface = \"127.0.0.1\"\nbind_port = {port}\nadvertise_addr = \"127.0.0.1:{port}\"\n\
         [election]\nalone_after = \"1s\"\n\
         [provider]\nkind = \"aws\"\nbase_url = \"{base}\"\nmetadata_base = \"{metadata}\"\n\
         [[address]]\nid = \"{}\"\n",
        ip.allocation
    );
    std::fs::write(&config, text)?;
    let mut command = Command::new(les);
    command.args(["run", "--config"]).arg(&config);
    let node = Node::start(command.env("LES_LOG", "error"))?;
    let held = async {
        while hand.holder(&ip).await.as_ref() != Some(&machine.interface) {
            clock::pause(LOOK_EVERY).await;
        }
    };
    let taken = timeout(PATIENCE, held).await;
    std::fs::remove_file(&config)?;
    taken.context("the address was not taken")?;
    rest::watched(|| Ok(vec![node.usage()?])).await.map(Some)
}
