//! One test's part of EC2: two machines, an Elastic IP, and a provider for the first machine.

use std::collections::BTreeMap;
use std::sync::LazyLock;
use std::time::Duration;

use les_moto::{ElasticIp, Front, Hand, Machine, Metadata, Moto, Role};
use les_provider::{AddressId, ErrorKind, Observation, Provider as _, ProviderError, Target};
use les_provider_aws::{AwsProvider, Options};

pub(crate) const SECRET: &str = "not-to-be-seen-secret";

pub(crate) const TOKEN: &str = "not-to-be-seen-token";

/// One for all tests: each makes machines and addresses of its own. It ends with this process.
static MOTO: LazyLock<Option<Moto>> = LazyLock::new(Moto::start);

pub(crate) struct Stage {
    pub(crate) front: Front,
    pub(crate) hand: Hand,
    pub(crate) metadata: Metadata,
    pub(crate) me: Machine,
    pub(crate) other: Machine,
    pub(crate) ip: ElasticIp,
    pub(crate) provider: AwsProvider,
}

/// Runs a test, where moto is installed.
pub(crate) fn on_stage(test: impl AsyncFnOnce(Stage)) {
    let Some(moto) = &*MOTO else { return };
    runtime().block_on(async { test(Stage::set(&moto.base()).await).await });
}

pub(crate) fn runtime() -> tokio::runtime::Runtime {
    let mut builder = tokio::runtime::Builder::new_multi_thread();
    builder.worker_threads(2).enable_all().build().unwrap()
}

/// A role whose credentials everybody accepts, as moto does not check any.
pub(crate) fn role() -> Role {
    Role {
        key: "AKIAACCEPTED".into(),
        secret: SECRET.into(),
        token: TOKEN.into(),
    }
}

/// Patient enough for a busy machine, and no more: several checks wait for it.
pub(crate) fn options(front: &Front, metadata: &Metadata) -> Options {
    Options {
        base_url: Some(front.base()),
        metadata_base: Some(metadata.base()),
        request_timeout: Duration::from_secs(3),
        call_timeout: Duration::from_secs(4),
        grace: Duration::ZERO,
        ..Options::default()
    }
}

impl Stage {
    pub(crate) async fn set(behind: &str) -> Self {
        let front = Front::start(behind).await;
        let hand = Hand::new(behind);
        let me = hand.run_instance(&[]).await;
        let other = hand.run_instance(&[]).await;
        let metadata = Metadata::start(&me, Some(role())).await;
        let provider = AwsProvider::new(options(&front, &metadata)).unwrap();
        let ip = hand.allocate().await;
        Self {
            front,
            hand,
            metadata,
            me,
            other,
            ip,
            provider,
        }
    }

    /// Another provider of the same machine.
    pub(crate) fn with(&self, target: Option<&str>, settings: &[(&str, &str)]) -> AwsProvider {
        let settings: BTreeMap<_, _> = settings
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect();
        let options = options(&self.front, &self.metadata);
        AwsProvider::new(options.configure(target, &settings).unwrap()).unwrap()
    }

    pub(crate) fn address(&self) -> AddressId {
        AddressId(self.ip.allocation.clone())
    }

    pub(crate) async fn observe(&self, address: &AddressId) -> Observation {
        self.provider.observe(address).await.unwrap()
    }

    /// A secondary private address on this machine's interface, that nobody else has.
    pub(crate) async fn secondary(&self) -> String {
        let one = [
            ("NetworkInterfaceId", &*self.me.interface),
            ("SecondaryPrivateIpAddressCount", "1"),
        ];
        self.hand.call("AssignPrivateIpAddresses", &one).await;
        let interface = [("NetworkInterfaceId.1", &*self.me.interface)];
        let found = self
            .hand
            .call("DescribeNetworkInterfaces", &interface)
            .await;
        let mut all = les_moto::all(&found, "privateIpAddress").into_iter();
        let found = all.rfind(|a| *a != self.me.private).unwrap();
        self.metadata.add_address(&self.me.interface, &found);
        found
    }

    /// The first of such a tag.
    pub(crate) fn first(&self, xml: &str, tag: &str) -> String {
        les_moto::all(xml, tag)
            .into_iter()
            .next()
            .unwrap_or_default()
    }

    /// How often the writes of Elastic IPs were asked for.
    pub(crate) fn writes(&self) -> (usize, usize) {
        let count = |action| self.front.count(action);
        (count("DisassociateAddress"), count("AssociateAddress"))
    }
}

pub(crate) fn target(machine: &Machine) -> Target {
    Target(machine.target())
}

/// The interface of one machine.
pub(crate) fn only(machine: &Machine) -> Vec<String> {
    vec![machine.interface.clone()]
}

/// What kind of failure it is, and that its text has all these parts.
#[track_caller]
pub(crate) fn refused<T: std::fmt::Debug>(
    result: Result<T, ProviderError>,
    kind: ErrorKind,
    parts: &[&str],
) {
    let error = result.expect_err("a refusal");
    assert_eq!(error.kind, kind, "{error}");
    for part in parts {
        assert!(error.message.contains(part), "{part:?} is missing: {error}");
    }
}
