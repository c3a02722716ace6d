//! What EC2's refusals, and its silence, tell the caller.

use std::time::Duration;

use les_moto::{Fault, REFUSED_KEY, Role};
use les_provider::{ErrorKind, Provider as _};
use les_provider_aws::{AwsProvider, Options};

use crate::stage::{SECRET, Stage, TOKEN, on_stage, options, refused, role, target};

#[test]
fn each_refusal_says_what_the_caller_may_do() {
    on_stage(async |stage: Stage| {
        let (address, me) = (stage.address(), target(&stage.me));
        let throttled = ErrorKind::Throttled { retry_after: None };
        for (status, code, kind) in [
            (503, "RequestLimitExceeded", throttled),
            (403, "UnauthorizedOperation", ErrorKind::Denied),
            (400, "IncorrectInstanceState", ErrorKind::InProgress),
            (
                400,
                "InvalidNetworkInterfaceID.NotFound",
                ErrorKind::NotFound,
            ),
            (400, "InvalidParameterCombination", ErrorKind::Misconfigured),
            (500, "InternalError", ErrorKind::MaybeApplied),
        ] {
            stage.front.inject(
                "AssociateAddress",
                Fault::Refused(status, code, "as it says"),
            );
            let told = stage.provider.assign(&address, &me, None).await;
            refused(told, kind, &["ec2:AssociateAddress", code, "as it says"]);
            assert_eq!(stage.hand.holder(&stage.ip).await, None);
        }
        assert_eq!(
            stage.front.count("AssociateAddress"),
            6,
            "nothing is retried"
        );
    });
}

#[test]
fn nobody_listens() {
    on_stage(async |stage: Stage| {
        let closed = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let nobody = format!("http://{}", closed.local_addr().unwrap());
        drop(closed);
        let options = Options {
            base_url: Some(nobody),
            ..options(&stage.front, &stage.metadata)
        };
        let provider = AwsProvider::new(options).unwrap();
        let (address, me) = (stage.address(), target(&stage.me));
        refused(
            provider.observe(&address).await,
            ErrorKind::Unreachable,
            &["no connection"],
        );
        let told = provider.assign(&address, &me, None).await;
        refused(told, ErrorKind::Unreachable, &["no connection"]);
    });
}

#[test]
fn credentials_that_are_refused_are_looked_up_anew() {
    on_stage(async |stage: Stage| {
        let address = stage.address();
        stage.observe(&address).await;
        stage.metadata.set_role(Some(Role {
            key: REFUSED_KEY.into(),
            secret: SECRET.into(),
            token: TOKEN.into(),
        }));
        // The SDK keeps what it has until that expires, or until it is refused.
        let fault = Fault::Refused(400, "ExpiredToken", "The security token is expired");
        stage.front.inject("DescribeAddresses", fault);
        let told = stage.provider.observe(&address).await;
        refused(told, ErrorKind::Denied, &["ExpiredToken"]);
        let told = stage.provider.observe(&address).await;
        refused(told, ErrorKind::Denied, &["AuthFailure", "not expired"]);
        stage.metadata.set_role(Some(role()));
        stage.observe(&address).await;
    });
}

#[test]
fn no_role_yet_is_waited_for_at_boot_and_told_afterwards() {
    on_stage(async |stage: Stage| {
        stage.metadata.set_role(None);
        let address = stage.address();
        let young = Options {
            grace: Duration::from_secs(300),
            ..options(&stage.front, &stage.metadata)
        };
        let young = AwsProvider::new(young).unwrap();
        let told = young.observe(&address).await;
        refused(
            told,
            ErrorKind::Transient,
            &["no credentials", "AWS_ACCESS_KEY_ID"],
        );
        let told = stage.provider.observe(&address).await;
        refused(told, ErrorKind::Denied, &["no credentials", "role"]);
        stage.metadata.set_role(Some(role()));
        young.observe(&address).await.unwrap();
        stage.observe(&address).await;
    });
}
