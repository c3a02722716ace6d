//! What EC2 does and moto does not: the README lists it.

use std::collections::BTreeMap;

use crate::ec2::{Hand, all, first, items};

/// A request's parameters.
pub(crate) type Parameters = BTreeMap<String, String>;

/// An answer: status and text.
pub(crate) type Answer = (u16, String);

/// What takes the place of moto's answer.
pub(crate) enum Instead {
    /// This, and moto is not asked.
    Of(Answer),
    /// This, if moto would answer at all: it checks permissions.
    Found(String),
}

/// Filters that moto does not know, or not wholly.
const FILTERS: [&str; 2] = [
    "addresses.private-ip-address",
    "ipv6-addresses.ipv6-address",
];

/// EC2's form of a refusal.
pub(crate) fn error(status: u16, code: &str, message: &str) -> Answer {
    let text = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?><Response><Errors><Error><Code>{code}</Code><Message>{message}</Message></Error></Errors>\
         <RequestID>00000000-0000-0000-0000-000000000000</RequestID></Response>"
    );
    (status, text)
}

fn of<'a>(with: &'a Parameters, name: &str) -> &'a str {
    with.get(name).map_or("", String::as_str)
}

fn is(with: &Parameters, name: &str, value: &str) -> bool {
    of(with, name).eq_ignore_ascii_case(value)
}

/// Before moto is asked.
pub(crate) async fn before(hand: &Hand, action: &str, with: &Parameters) -> Option<Instead> {
    match action {
        "AssociateAddress" => associate(hand, with).await.map(Instead::Of),
        "AssignPrivateIpAddresses" if !is(with, "AllowReassignment", "true") => {
            let others = others(hand, with).await;
            let text = "The address is assigned to another interface already.";
            (!others.is_empty()).then(|| Instead::Of(error(400, "InvalidParameterValue", text)))
        }
        "ReplaceRoute" if is(with, "DryRun", "true") => {
            let text = "Request would have succeeded, but DryRun flag is set.";
            Some(Instead::Of(error(412, "DryRunOperation", text)))
        }
        "DescribeNetworkInterfaces" => describe_interfaces(hand, with).await,
        _ => None,
    }
}

async fn associate(hand: &Hand, with: &Parameters) -> Option<Answer> {
    let interface = ("NetworkInterfaceId.1", of(with, "NetworkInterfaceId"));
    let (status, found) = hand.ask("DescribeNetworkInterfaces", &[interface]).await;
    let private = of(with, "PrivateIpAddress");
    let has = |found: &str| all(found, "privateIpAddress").iter().any(|a| a == private);
    if status == 200 && !private.is_empty() && !has(&found) {
        let text = "The private IP address is not of this network interface.";
        return Some(error(400, "InvalidParameterValue", text));
    }
    if is(with, "DryRun", "true") || !is(with, "AllowReassociation", "false") {
        return None;
    }
    let allocation = ("AllocationId.1", of(with, "AllocationId"));
    let (_, found) = hand.ask("DescribeAddresses", &[allocation]).await;
    let taken = !first(&found, "associationId").is_empty();
    taken.then(|| {
        error(
            400,
            "Resource.AlreadyAssociated",
            "The address is associated.",
        )
    })
}

/// The other interfaces that have the private address that is to be assigned.
async fn others(hand: &Hand, with: &Parameters) -> Vec<String> {
    let mut others = hand
        .interfaces_with(FILTERS[0], of(with, "PrivateIpAddress.1"))
        .await;
    others.retain(|other| other != of(with, "NetworkInterfaceId"));
    others
}

async fn describe_interfaces(hand: &Hand, with: &Parameters) -> Option<Instead> {
    let mut filters = (1..).map_while(|n| {
        let name = with.get(&format!("Filter.{n}.Name"))?;
        Some((name.as_str(), of(with, &format!("Filter.{n}.Value.1"))))
    });
    let (name, address) = filters.find(|(name, _)| FILTERS.contains(name))?;
    let found = hand.described_with(name, address).await;
    let found: String = found
        .iter()
        .map(|item| format!("<item>{item}</item>"))
        .collect();
    let of = "DescribeNetworkInterfacesResponse";
    let xmlns = "http://ec2.amazonaws.com/doc/2016-11-15/";
    Some(Instead::Found(format!(
        "<{of} xmlns=\"{xmlns}\"><requestId>0</requestId><networkInterfaceSet>{found}</networkInterfaceSet></{of}>"
    )))
}

/// After moto has done it: EC2 moves a private address, and moto copies it.
pub(crate) async fn after(hand: &Hand, action: &str, with: &Parameters) {
    if action != "AssignPrivateIpAddresses" || !is(with, "AllowReassignment", "true") {
        return;
    }
    for other in others(hand, with).await {
        let from = [
            ("NetworkInterfaceId", &*other),
            ("PrivateIpAddress.1", of(with, "PrivateIpAddress.1")),
        ];
        hand.call("UnassignPrivateIpAddresses", &from).await;
    }
}

/// moto's `DescribeNetworkInterfaces`, in which these are attached to something that is no instance.
pub(crate) fn of_services(services: &[String], mut text: String) -> String {
    for item in items(&text) {
        if services.contains(&first(&item, "networkInterfaceId")) {
            let attached = "<attachment><attachmentId>ela-attach-0</attachmentId><instanceOwnerId>amazon-aws</instanceOwnerId></attachment>";
            text = text.replace(&item, &format!("{item}{attached}"));
        }
    }
    text
}

/// Which private address of an interface each Elastic IP was bound to: moto forgets it.
#[derive(Debug, Default)]
pub(crate) struct Bound(BTreeMap<String, (String, String)>);

impl Bound {
    /// An `AssociateAddress` that worked.
    pub(crate) fn note(&mut self, with: &Parameters) {
        let text = |name: &str| of(with, name).to_owned();
        let to = (text("NetworkInterfaceId"), text("PrivateIpAddress"));
        self.0.insert(text("AllocationId"), to);
    }

    /// moto's `DescribeAddresses`, with the private addresses that were asked for, as long as they are on that interface.
    pub(crate) fn told(&self, mut text: String) -> String {
        for item in items(&text) {
            let (on, told) = (
                first(&item, "networkInterfaceId"),
                first(&item, "privateIpAddress"),
            );
            let bound = self.0.get(&first(&item, "allocationId"));
            let asked = bound.filter(|(interface, p)| *interface == on && !p.is_empty());
            if let Some((_, private)) = asked.filter(|_| !told.is_empty()) {
                let tag = |ip: &str| format!("<privateIpAddress>{ip}</privateIpAddress>");
                let right = item.replace(&tag(&told), &tag(private));
                text = text.replace(&item, &right);
            }
        }
        text
    }
}
