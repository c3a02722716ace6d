//! Whom discovery names at the very start, before this node has a name of its own: that tells in which network the others are.

use std::time::Duration;

use les_core::Addr;

use super::asker::Asker;
use super::cache::{Cache, Found};
use crate::config::NodeConfig;
use crate::words::chain;

/// How long to ask. A machine's first boot may be ahead of its network, its role or its tag; what is not known by then is not waited for.
const PATIENCE: Duration = Duration::from_secs(30);
/// One source's part of a round, so that one that hangs leaves time for the others.
const ONE_SOURCE: Duration = Duration::from_secs(3);
const BETWEEN_ROUNDS: Duration = Duration::from_secs(1);

/// Whom the first source names that names anybody; this node itself will do. If none can say, whom an earlier life found. Nobody after 30 s.
pub async fn first_named(node: &NodeConfig, asker: &Asker) -> Vec<Addr> {
    let asked = async {
        if let Some(named) = ask_each(node, asker).await.or_else(|| remembered(node)) {
            return named;
        }
        loop {
            tokio::time::sleep(BETWEEN_ROUNDS).await;
            if let Some(named) = ask_each(node, asker).await {
                return named;
            }
        }
    };
    tokio::time::timeout(PATIENCE, asked)
        .await
        .unwrap_or_default()
}

async fn ask_each(node: &NodeConfig, asker: &Asker) -> Option<Vec<Addr>> {
    for source in &node.discovery {
        match tokio::time::timeout(ONE_SOURCE, asker.ask(source)).await {
            Ok(Ok(answer)) if !answer.named.is_empty() => {
                return Some(answer.named.into_iter().collect());
            }
            Ok(Ok(_)) => {
                tracing::debug!(event = "discovery_empty", source = %source, "{source} names nobody yet");
            }
            Ok(Err(failure)) => tracing::info!(
                event = "discovery_failed",
                source = %source,
                "{source} cannot be asked yet: {}",
                chain(&failure)
            ),
            Err(_) => {
                tracing::info!(event = "discovery_failed", source = %source, "{source} does not answer yet");
            }
        }
    }
    None
}

fn remembered(node: &NodeConfig) -> Option<Vec<Addr>> {
    let found: Found = Cache::new(node.state_dir.clone()?).load();
    let named: Vec<Addr> = found.into_values().flatten().collect();
    (!named.is_empty()).then_some(named)
}
