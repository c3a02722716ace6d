//! The hand of a person at the EC2 API: the query protocol, without the SDK, so that what the code under test sends is not checked by itself.

use reqwest::Client;

use crate::metadata::Role;

/// Access to one EC2. Everything happens in `us-east-1`.
#[derive(Clone, Debug)]
pub struct Hand {
    base: String,
    client: Client,
}

/// A running instance with one interface.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Machine {
    /// `i-…`
    pub instance: String,
    /// `eni-…`
    pub interface: String,
    /// Its primary private address.
    pub private: String,
    /// Where its interface is.
    pub subnet: String,
}

impl Machine {
    /// As `les` names it.
    #[must_use]
    pub fn target(&self) -> String {
        format!("{}/{}", self.interface, self.private)
    }
}

/// An Elastic IP.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ElasticIp {
    /// `eipalloc-…`
    pub allocation: String,
    /// Itself.
    pub public: String,
}

/// What is between the first `<tag>` and its end; empty if there is none.
pub(crate) fn first(xml: &str, tag: &str) -> String {
    all(xml, tag).into_iter().next().unwrap_or_default()
}

/// What is between each `<tag>` and its end; tags of one name must not be nested.
#[must_use]
pub fn all(xml: &str, tag: &str) -> Vec<String> {
    let (open, close) = (format!("<{tag}>"), format!("</{tag}>"));
    let parts = xml.split(&open).skip(1);
    parts
        .filter_map(|part| part.split_once(&close))
        .map(|(text, _)| text.trim().to_owned())
        .collect()
}

/// Nothing here is reached by a proxy, or by TLS; but reqwest wants to know whose TLS it would be.
pub(crate) fn client() -> Client {
    // An error means that somebody else did it.
    let _ = rustls::crypto::ring::default_provider().install_default();
    Client::builder().no_proxy().build().unwrap()
}

/// Each outermost `<item>`, without what is around them.
pub(crate) fn items(xml: &str) -> Vec<String> {
    let (open, close) = ("<item>", "</item>");
    let (mut items, mut depth, mut begun, mut at) = (Vec::new(), 0, 0, 0);
    while let Some(found) = xml[at..].find('<').map(|next| at + next) {
        let rest = &xml[found..];
        at = found + 1;
        if rest.starts_with(open) {
            if depth == 0 {
                begun = found + open.len();
            }
            depth += 1;
        } else if rest.starts_with(close) {
            depth -= 1;
            if depth == 0 {
                items.push(xml[begun..found].to_owned());
            }
        }
    }
    items
}

fn form(action: &str, version: &str, parameters: &[(&str, &str)]) -> String {
    let mut form = form_urlencoded::Serializer::new(String::new());
    form.append_pair("Action", action);
    form.append_pair("Version", version);
    form.extend_pairs(parameters).finish()
}

impl Hand {
    /// At the EC2 of `base`.
    #[must_use]
    pub fn new(base: &str) -> Self {
        Self {
            base: base.to_owned(),
            client: client(),
        }
    }

    /// One call; the answer as it came, with its status.
    pub async fn ask(&self, action: &str, parameters: &[(&str, &str)]) -> (u16, String) {
        self.send("ec2", form(action, "2016-11-15", parameters))
            .await
    }

    async fn send(&self, service: &str, body: String) -> (u16, String) {
        // moto reads service and region from the scope, and does not check the signature.
        let scope = format!("Credential=hand/20260101/us-east-1/{service}/aws4_request");
        let authorization = format!("AWS4-HMAC-SHA256 {scope}, SignedHeaders=host, Signature=00");
        let sent = self
            .client
            .post(format!("{}/", self.base))
            .header("content-type", "application/x-www-form-urlencoded")
            .header("authorization", authorization)
            .body(body)
            .send()
            .await
            .unwrap();
        (sent.status().as_u16(), sent.text().await.unwrap())
    }

    /// One call that must succeed.
    pub async fn call(&self, action: &str, parameters: &[(&str, &str)]) -> String {
        let (status, text) = self.ask(action, parameters).await;
        assert!(status < 300, "{action}: {status} {text}");
        text
    }

    /// A role that may do nothing, and credentials for it as an instance would get them.
    pub async fn create_role(&self, name: &str) -> Role {
        let trust = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"ec2.amazonaws.com"},"Action":"sts:AssumeRole"}]}"#;
        let role = [("RoleName", name), ("AssumeRolePolicyDocument", trust)];
        let made = self.iam("CreateRole", &role).await;
        let assume = [
            ("RoleArn", &*first(&made, "Arn")),
            ("RoleSessionName", "i-0"),
        ];
        let sent = self.send("sts", form("AssumeRole", "2011-06-15", &assume));
        let (status, text) = sent.await;
        assert!(status < 300, "{status} {text}");
        Role {
            key: first(&text, "AccessKeyId"),
            secret: first(&text, "SecretAccessKey"),
            token: first(&text, "SessionToken"),
        }
    }

    /// From now on the role may do just this.
    pub async fn set_policy(&self, role: &str, policy: &str) {
        let parameters = [
            ("RoleName", role),
            ("PolicyName", "only"),
            ("PolicyDocument", policy),
        ];
        self.iam("PutRolePolicy", &parameters).await;
    }

    async fn iam(&self, action: &str, parameters: &[(&str, &str)]) -> String {
        let sent = self.send("iam", form(action, "2010-05-08", parameters));
        let (status, text) = sent.await;
        assert!(status < 300, "{action}: {status} {text}");
        text
    }

    /// From now on permissions are checked, or not. The hand has none.
    pub(crate) async fn authorise(&self, checked: bool) {
        let unchecked = if checked { "0" } else { "1000000" };
        let sent = self
            .client
            .post(format!("{}/moto-api/reset-auth", self.base));
        let sent = sent.header("content-type", "text/plain").body(unchecked);
        assert!(sent.send().await.unwrap().status().is_success());
    }

    /// A new running instance, with these tags.
    pub async fn run_instance(&self, tags: &[(&str, &str)]) -> Machine {
        let parameters = [
            ("ImageId", "ami-12c6146b"),
            ("MinCount", "1"),
            ("MaxCount", "1"),
        ];
        let made = self.call("RunInstances", &parameters).await;
        let machine = Machine {
            instance: first(&made, "instanceId"),
            interface: first(&made, "networkInterfaceId"),
            private: first(&made, "privateIpAddress"),
            subnet: first(&made, "subnetId"),
        };
        for (key, value) in tags {
            let of = [
                ("ResourceId.1", &*machine.instance),
                ("Tag.1.Key", key),
                ("Tag.1.Value", value),
            ];
            self.call("CreateTags", &of).await;
        }
        machine
    }

    /// A new Elastic IP, on nothing.
    pub async fn allocate(&self) -> ElasticIp {
        let made = self.call("AllocateAddress", &[("Domain", "vpc")]).await;
        ElasticIp {
            allocation: first(&made, "allocationId"),
            public: first(&made, "publicIp"),
        }
    }

    /// Puts an Elastic IP on a machine, from wherever it is.
    pub async fn associate(&self, ip: &ElasticIp, to: &Machine) {
        let parameters = [
            ("AllocationId", &*ip.allocation),
            ("NetworkInterfaceId", &to.interface),
            ("AllowReassociation", "true"),
        ];
        self.call("AssociateAddress", &parameters).await;
    }

    /// Takes an Elastic IP from whatever it is on.
    pub async fn disassociate(&self, ip: &ElasticIp) {
        let found = self.describe(ip).await;
        let association = first(&found, "associationId");
        if !association.is_empty() {
            let parameters = [("AssociationId", &*association)];
            self.call("DisassociateAddress", &parameters).await;
        }
    }

    /// The interface that an Elastic IP is on.
    pub async fn holder(&self, ip: &ElasticIp) -> Option<String> {
        let found = self.describe(ip).await;
        Some(first(&found, "networkInterfaceId")).filter(|id| !id.is_empty())
    }

    /// The association of an Elastic IP; empty if it is on nothing.
    pub async fn association(&self, ip: &ElasticIp) -> String {
        first(&self.describe(ip).await, "associationId")
    }

    async fn describe(&self, ip: &ElasticIp) -> String {
        let parameters = [("AllocationId.1", &*ip.allocation)];
        self.call("DescribeAddresses", &parameters).await
    }

    /// `StopInstances`, `StartInstances`, `TerminateInstances`.
    pub async fn change(&self, action: &str, machine: &Machine) {
        let parameters = [("InstanceId.1", &*machine.instance)];
        self.call(action, &parameters).await;
    }

    /// The interfaces that an address is on, by EC2's filter for its kind.
    pub async fn interfaces_with(&self, filter: &str, address: &str) -> Vec<String> {
        let found = self.described_with(filter, address).await;
        found
            .iter()
            .map(|item| first(item, "networkInterfaceId"))
            .collect()
    }

    /// The same as EC2 describes them. moto knows one of these filters for primary addresses only, and not the other.
    pub(crate) async fn described_with(&self, filter: &str, address: &str) -> Vec<String> {
        let tag = match filter {
            "addresses.private-ip-address" => "privateIpAddress",
            "ipv6-addresses.ipv6-address" => "ipv6Address",
            other => panic!("{other}"),
        };
        let all = self.call("DescribeNetworkInterfaces", &[]).await;
        let mut found = items(&all);
        let has = format!("<{tag}>{address}</{tag}>");
        found.retain(|item| item.contains(&has));
        found
    }
}
