//! Takeovers as traces, told to a collector that is not ours.

use std::collections::BTreeMap;
use std::time::Duration;

use fake_opentelemetry_collector::{ExportedSpan, FakeCollectorServer};
use tokio::runtime::Runtime;

use crate::support::{Cloud, Cluster, PATIENCE, wait_for};

struct Collector {
    server: FakeCollectorServer,
    spans: Vec<ExportedSpan>,
    runtime: Runtime,
}

impl Collector {
    fn start() -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .unwrap();
        let server = runtime.block_on(FakeCollectorServer::start()).unwrap();
        Self {
            server,
            spans: Vec::new(),
            runtime,
        }
    }

    /// What it has received so far.
    fn spans(&mut self) -> &[ExportedSpan] {
        let none_needed = self.server.exported_spans(1, Duration::from_millis(20));
        self.spans.extend(self.runtime.block_on(none_needed));
        &self.spans
    }
}

fn attribute<'a>(span: &'a ExportedSpan, key: &str) -> Option<&'a str> {
    span.attributes.get(key).map(|value| &**value)
}

#[test]
fn a_takeover_is_one_trace_from_the_evidence_to_the_confirmed_move_and_peers_are_in_it() {
    let mut collector = Collector::start();
    let endpoint = collector.server.endpoint();
    let cloud = Cloud::start("");
    let mut cluster = Cluster::start_with(3, |index, command| {
        cloud.configure(index, command);
        command
            .env("OTEL_EXPORTER_OTLP_ENDPOINT", &endpoint)
            .env("OTEL_BSP_SCHEDULE_DELAY", "100");
    });
    wait_for("the address to arrive", PATIENCE, || {
        (cloud.holder() == Some(1)).then_some(())
    });
    drop(cluster.take_leader());
    let heir = cluster.nodes[cluster.agreed()].addr.clone();
    let whole = wait_for("the takeover's own span", PATIENCE, || {
        let spans = collector.spans();
        let took_over = |span: &&ExportedSpan| {
            let outcome = attribute(span, "outcome").unwrap_or_default();
            span.name == "takeover" && outcome.contains("took_over")
        };
        spans.iter().find(took_over).cloned()
    });
    assert!(
        attribute(&whole, "node").unwrap().contains(&heir),
        "{whole:?}"
    );
    assert!(
        attribute(&whole, "cause").unwrap().contains("dead"),
        "{whole:?}"
    );
    assert!(attribute(&whole, "epoch").is_some(), "{whole:?}");
    let names = ["detect", "elect", "move", "assign", "observe", "answer"];
    let trace: BTreeMap<String, ExportedSpan> = wait_for("all of its parts", PATIENCE, || {
        let of_it = collector
            .spans()
            .iter()
            .filter(|span| span.trace_id == whole.trace_id);
        let by_name: BTreeMap<_, _> = of_it.map(|s| (s.name.clone(), s.clone())).collect();
        names
            .iter()
            .all(|name| by_name.contains_key(*name))
            .then_some(by_name)
    });
    for name in ["detect", "elect", "move", "answer"] {
        assert_eq!(trace[name].parent_span_id, whole.span_id, "{name}");
    }
    let moving = &trace["move"];
    assert_eq!(trace["assign"].parent_span_id, moving.span_id);
    assert!(
        attribute(moving, "address")
            .unwrap()
            .contains(Cloud::ADDRESS)
    );
    assert!(attribute(moving, "attempts").is_some());
    assert!(trace["detect"].start_time_unix_nano <= trace["elect"].start_time_unix_nano);
    assert!(trace["elect"].end_time_unix_nano <= trace["assign"].end_time_unix_nano);
    let asker = attribute(&trace["answer"], "node").unwrap();
    assert!(!asker.contains(&heir), "a peer answered: {asker}");
}

#[test]
fn a_collector_that_is_down_costs_the_spans_and_nothing_else() {
    let cloud = Cloud::start("");
    let mut cluster = Cluster::start_with(3, |index, command| {
        cloud.configure(index, command);
        // Nobody listens on port 1.
        command
            .env("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:1")
            .env("OTEL_BSP_SCHEDULE_DELAY", "100");
    });
    wait_for("the address to arrive", PATIENCE, || {
        (cloud.holder() == Some(1)).then_some(())
    });
    drop(cluster.take_leader());
    let heir = u64::try_from(cluster.agreed()).unwrap() + 2;
    wait_for("the address to move", PATIENCE, || {
        (cloud.holder() == Some(heir)).then_some(())
    });
    let told = |node: &crate::support::Node| node.events("traces_lost").pop();
    wait_for("the loss to be said", PATIENCE, || {
        cluster.nodes.iter().find_map(told)
    });
    let mut leaving = cluster.take_leader();
    leaving.signal("TERM");
    assert_eq!(leaving.wait().code(), Some(0));
    assert!(leaving.events("traces").len() == 1 && leaving.log().lines().count() < 200);
}

#[test]
fn what_is_no_collectors_address_is_said_and_the_node_runs() {
    let mut command = crate::support::Node::command("");
    command.env("OTEL_EXPORTER_OTLP_ENDPOINT", "not an address");
    let node = crate::support::Node::spawn(&mut command);
    assert_eq!(node.events("no_traces").len(), 1, "{}", node.log());
    assert_eq!(node.get("/ping/").status, 200);
}
