//! A fake OpenStack: Keystone, Neutron, and a server's metadata.

use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use axum::routing::{get, post};
use axum::{Json, Router};
use les_provider::conformance::{Locking, Names};
use les_provider::memory::{Behaviour, MemoryCloud};
use les_provider::{AddressId, Target};
use les_provider_rest::RestProvider;
use serde_json::json;

use super::super::stage::{Stage, Wiring, cloud, serve};
use super::keystone::{self, Catalogue, ID, PASSWORD, SECRET, TOKEN, Tokens};
use super::neutron::{self, TAKEN, WITH_TWO_ADDRESSES, WITHOUT_ROUTER};

pub(super) const FIP: &str = "0757552d-e38f-45aa-8353-5e1974eee81e";
pub(super) const IP: &str = "203.0.113.216";
pub(super) const SERVER: &str = "0a1c2e3f-0000-4000-8000-00000000000a";
pub(super) const ME: &str = "2fa3f3b1-ddcf-4aac-bd95-3023216050d1";
pub(super) const OTHER: &str = "9aa36a45-25d3-4d19-8604-f6a65c17b386";
pub(super) const NETWORKS: [&str; 2] = [
    "2d991c5b-a91a-4ba7-91e4-5bd10e457f43",
    "2d991c5b-a91a-4ba7-91e4-5bd10e457f44",
];
const WRONG: &str = "wr0ng-5ecre7";

pub(super) fn port(id: &str) -> Target {
    Target(id.to_owned())
}

/// How a fresh fake differs from the usual one, and how the provider is set up.
pub(super) struct Setting {
    /// As the operator configures it.
    pub(super) address: &'static str,
    pub(super) environment: &'static [(&'static str, &'static str)],
    /// Beside `auth_url`.
    pub(super) options: &'static [(&'static str, &'static str)],
    /// What `auth_url` has after Keystone's own path.
    pub(super) version: &'static str,
    pub(super) catalogue: Catalogue,
    /// The end of a token's life; they are all issued at 17:33:02.
    pub(super) expires_at: &'static str,
    /// The access rules allow no `PUT`.
    pub(super) read_only: bool,
    /// Neutron without the extension `standard-attr-revisions`.
    pub(super) without_revisions: bool,
    /// The networks in which the machine has a port.
    pub(super) networks: &'static [&'static str],
}

pub(super) const BY_CREDENTIAL: &[(&str, &str)] = &[
    ("OS_APPLICATION_CREDENTIAL_ID", ID),
    ("OS_APPLICATION_CREDENTIAL_SECRET", SECRET),
];

pub(super) const USUAL: Setting = Setting {
    address: FIP,
    environment: BY_CREDENTIAL,
    options: &[],
    version: "/v3",
    catalogue: Catalogue::OneRegion,
    expires_at: "2026-11-23T18:33:02.000000Z",
    read_only: false,
    without_revisions: false,
    networks: &[NETWORKS[0]],
};

/// What the fake knows; clones share it.
#[derive(Clone)]
pub(super) struct OpenStack {
    pub(super) cloud: MemoryCloud,
    pub(super) tokens: Tokens,
    pub(super) catalogue: Catalogue,
    pub(super) expires_at: &'static str,
    pub(super) read_only: bool,
    pub(super) without_revisions: bool,
    pub(super) networks: &'static [&'static str],
    base: Arc<OnceLock<String>>,
    /// The `If-Match` of each write.
    conditions: Arc<Mutex<Vec<Option<String>>>>,
}

impl OpenStack {
    pub(super) fn base(&self) -> &str {
        self.base.get().expect("it is served")
    }

    pub(super) fn note(&self, condition: Option<&str>) {
        let mut noted = self
            .conditions
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        noted.push(condition.map(str::to_owned));
    }

    /// The `If-Match` of each write so far.
    pub(super) fn conditions(&self) -> Vec<Option<String>> {
        let noted = self
            .conditions
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        noted.clone()
    }

    fn router(&self) -> Router {
        Router::new()
            .route("/identity/v3/auth/tokens", post(keystone::issue))
            .route("/network/v2.0/floatingips", get(neutron::list))
            .route(
                "/network/v2.0/floatingips/{id}",
                get(neutron::describe).put(neutron::update),
            )
            .route("/network/v2.0/ports", get(neutron::ports))
            .route(
                "/node/openstack/latest/meta_data.json",
                get(async || Json(json!({"uuid": SERVER, "name": "web-1", "meta": {}}))),
            )
            .with_state(self.clone())
    }

    /// A provider of a machine of this cloud.
    pub(super) fn provider(&self, setting: &Setting, environment: &[(&str, &str)]) -> RestProvider {
        let auth_url = format!("{}/identity{}", self.base(), setting.version);
        let mut settings = setting.options.to_vec();
        settings.push(("auth_url", &auth_url));
        Wiring {
            preset: "openstack",
            // The catalogue tells it.
            base_url: "",
            metadata_base: &format!("{}/node", self.base()),
            target: None,
            settings: &settings,
            environment,
        }
        .provider()
    }
}

/// A fake with one floating IP that nobody has, and a provider.
pub(super) async fn fresh(setting: &Setting) -> (OpenStack, Stage) {
    let address = AddressId(FIP.to_owned());
    let names = Names {
        address: AddressId(setting.address.to_owned()),
        unknown_address: AddressId("203.0.113.99".to_owned()),
        me: port(ME),
        other: port(OTHER),
        unknown_target: port("00000000-0000-4000-8000-000000000099"),
        secrets: [SECRET, PASSWORD, TOKEN, WRONG].map(str::to_owned).to_vec(),
        locking: Locking::Absent,
        tells_holder_down: false,
    };
    let peculiar = [TAKEN, WITHOUT_ROUTER, WITH_TWO_ADDRESSES].map(port);
    let machines: Vec<&Target> = [&names.me, &names.other]
        .into_iter()
        .chain(&peculiar)
        .collect();
    let openstack = OpenStack {
        cloud: cloud(Behaviour::default(), &address, &machines),
        tokens: Tokens::default(),
        catalogue: setting.catalogue,
        expires_at: setting.expires_at,
        read_only: setting.read_only,
        without_revisions: setting.without_revisions,
        networks: setting.networks,
        base: Arc::default(),
        conditions: Arc::default(),
    };
    let base = serve(openstack.router()).await;
    openstack.base.set(base.clone()).expect("it is served once");
    let wrong = [
        ("OS_APPLICATION_CREDENTIAL_ID", ID),
        ("OS_APPLICATION_CREDENTIAL_SECRET", WRONG),
    ];
    let stage = Stage {
        cloud: openstack.cloud.clone(),
        address,
        provider: openstack.provider(setting, setting.environment),
        refused: openstack.provider(setting, &wrong),
        names,
        base,
    };
    (openstack, stage)
}
