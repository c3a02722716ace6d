//! Droplets by tag.

use std::net::{IpAddr, Ipv4Addr};
use std::time::Duration;

use les_provider::memory::What;
use les_provider::{ErrorKind, Operation, Provider, Secret};
use les_provider_simulated::{Droplet, Settings, SimulatedCloud};

use super::{ME, fresh, provider_of};
use crate::clouds::stage::{clock, serve};
use crate::support::{TOKEN, address};

const PUBLIC: Ipv4Addr = Ipv4Addr::new(192, 0, 2, 1);

fn tagged(tag: &str, private: Option<Ipv4Addr>, public: Option<Ipv4Addr>) -> Droplet {
    Droplet {
        tags: vec!["env:prod".to_owned(), tag.to_owned()],
        private,
        public,
    }
}

fn empty_cloud() -> SimulatedCloud {
    let settings = Settings {
        token: Secret::new(TOKEN),
        action_takes: Duration::ZERO,
        hide_droplets: false,
    };
    SimulatedCloud::new(settings, clock())
}

async fn discovered(simulated: &SimulatedCloud) -> Vec<IpAddr> {
    let base = serve(simulated.router()).await;
    let provider = provider_of(&base, 1, TOKEN);
    let mut found = provider.discover("les:web").await.expect("a list");
    found.sort();
    found
}

#[tokio::test]
async fn droplets_are_found_by_tag_with_the_private_address_first() {
    let simulated = empty_cloud();
    let private = |last| Some(Ipv4Addr::new(127, 0, 0, last));
    simulated.set_droplet(1, tagged("les:web", private(1), Some(PUBLIC)));
    simulated.set_droplet(2, tagged("les:web", private(2), None));
    simulated.set_droplet(3, tagged("les:web", None, Some(PUBLIC)));
    simulated.set_droplet(4, tagged("les:web", None, None));
    simulated.set_droplet(5, tagged("les:mail", private(5), Some(PUBLIC)));
    let expected = [
        Ipv4Addr::new(127, 0, 0, 1),
        Ipv4Addr::new(127, 0, 0, 2),
        PUBLIC,
    ];
    assert_eq!(discovered(&simulated).await, expected.map(IpAddr::V4));
}

#[tokio::test]
async fn every_page_of_droplets_is_read() {
    let simulated = empty_cloud();
    let private = |id: u8| Ipv4Addr::new(10, 0, 0, id);
    for id in 0..=250 {
        simulated.set_droplet(
            u64::from(id) + 1,
            tagged("les:web", Some(private(id)), None),
        );
    }
    let expected: Vec<IpAddr> = (0..=250).map(|id| IpAddr::V4(private(id))).collect();
    assert_eq!(discovered(&simulated).await, expected);
    let asked = simulated.world().events(0).into_iter().filter(|event| {
        matches!(
            event.what,
            What::Asked {
                operation: Operation::Discover,
                ..
            }
        )
    });
    assert_eq!(asked.count(), 6, "50 on a page");
}

#[tokio::test]
async fn a_refused_token_is_told() {
    let stage = fresh(&address(), Duration::ZERO).await;
    let error = stage.refused.discover("les:web").await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::Denied);
    assert_eq!(stage.asked(Operation::Discover), 1);
    let none = provider_of(&stage.base, ME, TOKEN)
        .discover("les:web")
        .await;
    assert!(none.unwrap().is_empty());
}
