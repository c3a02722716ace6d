//! The JSON of DigitalOcean's API, with made-up values where nobody looks.

use std::net::{Ipv4Addr, Ipv6Addr};
use std::time::Duration;

use les_provider::memory::{Action, ActionId, ActionState, Machine, Reading};
use les_provider::{AddressId, Target};
use serde_json::{Value, json};

use crate::droplet::Droplet;

/// The two kinds of reserved IPs: each has paths and a wrapper of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Family {
    V4,
    V6,
}

impl Family {
    pub(crate) fn of(address: &AddressId) -> Self {
        if address.0.parse::<Ipv6Addr>().is_ok() {
            Self::V6
        } else {
            Self::V4
        }
    }

    const fn wrapper(self) -> &'static str {
        match self {
            Self::V4 => "reserved_ip",
            Self::V6 => "reserved_ipv6",
        }
    }
}

/// Which part of a list is wanted; pages are numbered from 1.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Page {
    pub(crate) number: usize,
    pub(crate) size: usize,
}

const PROJECT: &str = "746c6152-2fa2-11ed-92d3-27aaa54e4988";
const VPC: &str = "760e09ef-dc84-11e8-981e-3cfdfeaae000";
const CREATED: &str = "2026-01-01T00:00:00Z";

/// The answer to a reading. While an action is under way the holder of an IPv4 address is not told, as in the API's own example;
/// an IPv6 address shows its old holder and no lock.
pub(crate) fn reserved(
    family: Family,
    address: &AddressId,
    reading: &Reading,
    hide_droplets: bool,
) -> Value {
    let shown = match (&reading.holder, reading.holder_state) {
        (Some(holder), Some(state)) if family == Family::V6 || !reading.locked => {
            droplet(&holder.0, state, &Droplet::default())
        }
        _ => Value::Null,
    };
    let mut answer = match family {
        Family::V4 => json!({
            "ip": address.0,
            "droplet": shown,
            "region": region(),
            "locked": reading.locked,
            "project_id": PROJECT,
        }),
        Family::V6 => json!({
            "ip": address.0,
            "reserved_at": CREATED,
            "region_slug": "nyc3",
            "droplet": shown,
        }),
    };
    if hide_droplets && let Some(shown) = answer.as_object_mut() {
        shown.remove("droplet");
    }
    json!({ family.wrapper(): answer })
}

/// One page of the droplets that were asked for, and where the next one is.
pub(crate) fn droplets(listed: &[(Target, Machine, Droplet)], page: Page) -> Value {
    let droplets: Vec<Value> = listed
        .iter()
        .skip((page.number - 1) * page.size)
        .take(page.size)
        .map(|(id, state, said)| droplet(&id.0, *state, said))
        .collect();
    let next = (page.number * page.size < listed.len()).then(|| page.number + 1);
    let pages = next.map_or_else(
        || json!({}),
        |next| json!({ "next": format!("https://api.digitalocean.com/v2/droplets?page={next}") }),
    );
    json!({ "droplets": droplets, "links": { "pages": pages }, "meta": { "total": listed.len() } })
}

/// The answer about an action.
pub(crate) fn action(id: ActionId, action: &Action) -> Value {
    let status = match action.state() {
        ActionState::Pending | ActionState::Lost => "in-progress",
        ActionState::Done => "completed",
        ActionState::Failed => "errored",
    };
    json!({
        "action": {
            "id": id.0,
            "status": status,
            "type": if action.to().is_some() { "assign_ip" } else { "unassign_ip" },
            "started_at": date_time(action.began()),
            "completed_at": action.ended().map(date_time),
            "resource_id": 758_604_968,
            "resource_type": Family::of(action.address()).wrapper(),
            "region": region(),
            "region_slug": "nyc3",
            "project_id": PROJECT,
        }
    })
}

fn droplet(id: &str, state: Machine, said: &Droplet) -> Value {
    // Ids are checked to be numbers where machines are looked up; one set by hand that is none is shown as it is.
    let id = id.parse::<u64>().map_or_else(|_| json!(id), |id| json!(id));
    json!({
        "id": id,
        "name": format!("node-{id}"),
        "memory": 1024,
        "vcpus": 1,
        "disk": 25,
        "disk_info": [{ "type": "local", "size": { "amount": 25, "unit": "gib" } }],
        "locked": false,
        "status": match state { Machine::Running => "active", Machine::Stopped => "off", Machine::Gone => "archive" },
        "kernel": null,
        "created_at": CREATED,
        "features": ["private_networking"],
        "backup_ids": [],
        "next_backup_window": null,
        "snapshot_ids": [],
        "image": {
            "id": 63_663_980, "name": "simulated", "type": "base", "distribution": "Debian", "slug": "simulated", "public": true,
            "regions": ["nyc3"], "created_at": CREATED, "min_disk_size": 20, "size_gigabytes": 2.36, "description": "", "tags": [],
            "status": "available", "error_message": "",
        },
        "volume_ids": [],
        "size": {
            "slug": "s-1vcpu-1gb", "memory": 1024, "vcpus": 1, "disk": 25, "transfer": 1.0, "price_monthly": 5.0,
            "price_hourly": 0.007_44, "regions": ["nyc3"], "available": true, "description": "Basic",
        },
        "size_slug": "s-1vcpu-1gb",
        "networks": { "v4": networks(said), "v6": [] },
        "region": region(),
        "tags": said.tags,
        "vpc_uuid": VPC,
    })
}

/// The public network first: nobody should rely on the order.
fn networks(said: &Droplet) -> Vec<Value> {
    let network = |address: Option<Ipv4Addr>, kind: &str| {
        let shown = json!({ "ip_address": address?, "netmask": "255.255.0.0", "gateway": "", "type": kind });
        Some(shown)
    };
    [
        network(said.public, "public"),
        network(said.private, "private"),
    ]
    .into_iter()
    .flatten()
    .collect()
}

fn region() -> Value {
    json!({
        "name": "New York 3",
        "slug": "nyc3",
        "features": ["private_networking", "metadata"],
        "available": true,
        "sizes": ["s-1vcpu-1gb"],
    })
}

/// A moment of the cloud's own clock, which begins at midnight of its first day.
fn date_time(at: Duration) -> String {
    let seconds = at.as_secs() % 86_400;
    format!(
        "2026-01-01T{:02}:{:02}:{:02}Z",
        seconds / 3_600,
        seconds / 60 % 60,
        seconds % 60
    )
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::date_time;

    #[test]
    fn times_are_of_one_day() {
        assert_eq!(
            date_time(Duration::from_secs(3_725)),
            "2026-01-01T01:02:05Z"
        );
        assert_eq!(
            date_time(Duration::from_secs(86_400)),
            "2026-01-01T00:00:00Z"
        );
    }
}
