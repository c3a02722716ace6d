//! What the election is told, from what a provider says.

use std::net::IpAddr;
use std::sync::Arc;

use super::super::dns::Dns;
use super::*;
use crate::events::KEPT;
use crate::fake_provider::Fake;

const INTERVAL: Duration = Duration::from_millis(20);

fn label() -> [DiscoverySource; 1] {
    [DiscoverySource::Label {
        word: "tag",
        selector: "les".into(),
    }]
}

/// A discovery that runs, and what it tells.
struct Bench {
    fake: Arc<Fake>,
    events: Events,
    wiring: DiscoveryWiring,
    inputs: mpsc::Receiver<Input>,
}

impl Bench {
    fn new(state_dir: Option<PathBuf>) -> Self {
        let (fake, events) = (Arc::new(Fake::default()), Events::default());
        let (sender, inputs) = mpsc::channel(8);
        let wiring = DiscoveryWiring {
            asker: Asker {
                dns: Dns::system(),
                provider: Some(fake.clone()),
                port: 4000,
                loopback_allowed: false,
            },
            me: "10.0.0.1:4000".parse().unwrap(),
            configured: 10,
            interval: INTERVAL,
            state_dir,
            clock: Clock::start(),
            inputs: sender,
            events: events.clone(),
            stop: CancellationToken::new(),
            jitter_seed: 1,
        };
        Self {
            fake,
            events,
            wiring,
            inputs,
        }
    }

    fn machines(&self, machines: &[&str]) {
        let parsed = machines.iter().map(|ip| ip.parse().unwrap());
        *self.fake.machines.lock().unwrap() = parsed.collect();
    }

    fn start(&self) -> (Input, watch::Receiver<Vec<SourceStatus>>) {
        let (discovery, status) = Discovery::new(&label(), self.wiring.clone());
        let first = discovery.seeds();
        tokio::spawn(discovery.run());
        (first, status)
    }

    /// The next thing that the election is told which is like this.
    async fn told(&mut self, found: &[&str], complete: bool) {
        let expected = (found.iter().map(ToString::to_string).collect(), complete);
        let told = async {
            while let Some(input) = self.inputs.recv().await {
                if seeds(&input) == expected {
                    return;
                }
            }
        };
        let told = tokio::time::timeout(Duration::from_secs(60), told).await;
        assert!(told.is_ok(), "never told: {expected:?}");
    }

    fn events(&self, name: &str) -> usize {
        let events = self.events.latest(KEPT);
        events.iter().filter(|e| e.entry.name == name).count()
    }
}

impl Drop for Bench {
    fn drop(&mut self) {
        self.wiring.stop.cancel();
    }
}

fn seeds(input: &Input) -> (Vec<String>, bool) {
    match input {
        Input::Seeds { found, complete } => {
            (found.iter().map(ToString::to_string).collect(), *complete)
        }
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn what_was_found_is_kept_while_the_source_cannot_be_asked() {
    let mut bench = Bench::new(None);
    bench.machines(&["10.0.0.1", "10.0.0.2", "2001:db8::3"]);
    let (first, status) = bench.start();
    assert_eq!(seeds(&first), (vec![], false));
    let all = ["10.0.0.1:4000", "10.0.0.2:4000", "[2001:db8::3]:4000"];
    bench.told(&all, true).await;
    bench.machines(&["10.0.0.1", "10.0.0.2"]);
    bench.told(&all[..2], true).await;
    *bench.fake.fails.lock().unwrap() = true;
    while status.borrow()[0].last_error.is_none() {
        bench.told(&all[..2], true).await;
    }
    let shown = status.borrow()[0].clone();
    assert_eq!((shown.source.as_str(), shown.found.len()), ("tag:les", 2));
    assert!(
        shown
            .last_error
            .unwrap()
            .message
            .contains("the cloud is down")
    );
    assert_eq!(bench.events("discovery_failed"), 1);
    assert_eq!(bench.events("discovery_found"), 2, "changes only");
}

#[tokio::test]
async fn nobody_is_believed_after_a_while_only() {
    let mut bench = Bench::new(None);
    bench.machines(&["10.0.0.2"]);
    let (_, status) = bench.start();
    bench.told(&["10.0.0.2:4000"], true).await;
    bench.machines(&[]);
    while !status.borrow()[0].kept {
        bench.told(&["10.0.0.2:4000"], true).await;
    }
    assert_eq!(bench.events("discovery_nobody"), 1);
    bench.told(&[], true).await;
}

#[tokio::test]
async fn a_restart_remembers_and_is_complete_once_it_has_asked() {
    let dir = std::env::temp_dir().join(format!("les-task-{:016x}", fastrand::u64(..)));
    std::fs::create_dir(&dir).unwrap();
    let found = ["10.0.0.2:4000"];
    let mut before = Bench::new(Some(dir.clone()));
    before.machines(&["10.0.0.2"]);
    before.start();
    before.told(&found, true).await;
    // The second time it is told, the first time is on disk.
    before.told(&found, true).await;
    drop(before);
    let mut after = Bench::new(Some(dir.clone()));
    *after.fake.fails.lock().unwrap() = true;
    let (first, status) = after.start();
    assert_eq!(seeds(&first), (vec![found[0].to_owned()], false));
    after.told(&found, true).await;
    assert!(status.borrow()[0].kept);
    drop(after);
    let mut elsewhere = Bench::new(None);
    *elsewhere.fake.fails.lock().unwrap() = true;
    elsewhere.start();
    elsewhere.told(&[], false).await;
    std::fs::remove_dir_all(dir).unwrap();
}

#[tokio::test]
async fn what_may_not_be_contacted_and_what_is_too_much_is_left_out() {
    let mut bench = Bench::new(None);
    bench.machines(&[
        "127.0.0.1",
        "169.254.169.254",
        "0.0.0.0",
        "fe80::1",
        "10.0.0.2",
    ]);
    bench.start();
    bench.told(&["10.0.0.2:4000"], true).await;
    let many = (0..1000_u32).map(|i| IpAddr::from((0x0a00_0000 + i).to_be_bytes()));
    *bench.fake.machines.lock().unwrap() = many.collect();
    loop {
        let input = bench.inputs.recv().await.unwrap();
        let (found, _) = seeds(&input);
        assert!(found.len() <= MAX_SEEDS - 10, "ten are configured");
        if found.len() == MAX_SEEDS - 10 {
            break;
        }
    }
}
