//! Each policy is enough, and each of its actions is needed: with moto's authorisation on. Whatever is denied is explained.

use les_moto::{Metadata, Moto};
use les_provider::{AddressId, ErrorKind, Provider as _, ProviderError, Target};
use les_provider_aws::AwsProvider;

use crate::policy;
use crate::stage::{Stage, options, runtime, target};

/// A stage whose EC2 checks permissions, and a provider with a role of its own.
struct Guarded {
    stage: Stage,
    provider: AwsProvider,
    secondary: String,
    table: String,
}

impl Guarded {
    async fn new(moto: &Moto) -> Self {
        let stage = Stage::set(&moto.base()).await;
        let role = stage.hand.create_role("les").await;
        let metadata = Metadata::start(&stage.me, Some(role)).await;
        let provider = AwsProvider::new(options(&stage.front, &metadata)).unwrap();
        let secondary = stage.secondary().await;
        let table = crate::routes::table(&stage).await;
        Self {
            stage,
            provider,
            secondary,
            table,
        }
    }

    /// From now on these actions are allowed, and nothing else is.
    async fn allow(&self, actions: impl Iterator<Item = &String>) {
        self.stage.front.check_permissions(false).await;
        let policy = serde_json::json!({
            "Version": "2012-10-17",
            "Statement": [{"Effect": "Allow", "Action": actions.collect::<Vec<_>>(), "Resource": "*"}],
        });
        self.stage.hand.set_policy("les", &policy.to_string()).await;
        // It is elsewhere, so that there is something to move.
        self.stage
            .hand
            .associate(&self.stage.ip, &self.stage.other)
            .await;
        let route = [
            ("RouteTableId", &*self.table),
            ("DestinationCidrBlock", "10.99.0.1/32"),
            ("NetworkInterfaceId", &self.stage.other.interface),
        ];
        self.stage.hand.call("ReplaceRoute", &route).await;
        self.stage.front.check_permissions(true).await;
    }

    /// Everything that is done with addresses of one kind; the first refusal ends it.
    async fn everything(&self, kind: &str) -> Result<(), ProviderError> {
        let provider = &self.provider;
        let (me, other) = (target(&self.stage.me), target(&self.stage.other));
        provider.introduce().await?;
        provider.discover("les=x").await?;
        let address = AddressId(match kind {
            "elastic-ip" => self.stage.ip.allocation.clone(),
            "private-ip" => format!("private-ip:{}", self.secondary),
            "route" => format!("route:10.99.0.1@{}", self.table),
            "ipv6" => "ipv6:2001:db8::77".to_owned(),
            other => panic!("{other}"),
        });
        let there_and_back: [&Target; 2] = [&other, &me];
        for to in there_and_back {
            if kind == "route" && to == &other {
                continue;
            }
            let seen = provider.observe(&address).await?;
            provider.assign(&address, to, Some(&seen)).await?;
        }
        if kind == "ipv6" {
            provider.release(&address, &me).await?;
        }
        Ok(())
    }
}

#[test]
fn each_policy_is_enough_and_no_more_than_that() {
    // Of its own: while it checks permissions nobody else could use it.
    let Some(moto) = Moto::start() else { return };
    runtime().block_on(async {
        let guarded = Guarded::new(&moto).await;
        for (kind, policy) in policy::all() {
            let actions = policy::actions(&policy);
            guarded.allow(actions.iter()).await;
            guarded
                .everything(&kind)
                .await
                .unwrap_or_else(|error| panic!("{kind}: {error}"));
            for missing in &actions {
                guarded
                    .allow(actions.iter().filter(|action| *action != missing))
                    .await;
                let told = guarded.everything(&kind).await;
                let error = told.expect_err(missing);
                assert_eq!(
                    error.kind,
                    ErrorKind::Denied,
                    "{kind} without {missing}: {error}"
                );
                for part in [&**missing, "providers/aws/policies"] {
                    assert!(
                        error.message.contains(part),
                        "{kind} without {missing}: {error}"
                    );
                }
            }
        }
    });
}

#[test]
fn a_person_who_asks_beforehand_is_told_what_is_missing() {
    let Some(moto) = Moto::start() else { return };
    runtime().block_on(async {
        let guarded = Guarded::new(&moto).await;
        let (_, policy) = policy::all()
            .into_iter()
            .find(|(kind, _)| kind == "elastic-ip")
            .unwrap();
        let actions = policy::actions(&policy);
        let address = guarded.stage.address();
        let me = target(&guarded.stage.me);
        for missing in [
            None,
            Some("ec2:AssociateAddress"),
            Some("ec2:DisassociateAddress"),
        ] {
            guarded
                .allow(
                    actions
                        .iter()
                        .filter(|action| Some(action.as_str()) != missing),
                )
                .await;
            let told = guarded.provider.rehearse(&address, &me).await.unwrap();
            let refused: Vec<_> = told.iter().filter(|call| call.outcome.is_err()).collect();
            assert_eq!(told.len(), 2);
            assert_eq!(
                refused.iter().map(|call| call.action).next(),
                missing,
                "{refused:?}"
            );
        }
        guarded.stage.front.check_permissions(false).await;
        let held = guarded.stage.hand.holder(&guarded.stage.ip).await;
        assert_eq!(
            held.as_ref(),
            Some(&guarded.stage.other.interface),
            "nothing was moved"
        );
    });
}
