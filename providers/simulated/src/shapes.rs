//! The JSON of DigitalOcean's API, with made-up values where nobody looks.

use std::time::Duration;

use les_provider::AddressId;
use les_provider::memory::{Action, ActionId, ActionState, Machine, Reading};
use serde_json::{Value, json};

const PROJECT: &str = "746c6152-2fa2-11ed-92d3-27aaa54e4988";
const CREATED: &str = "2026-01-01T00:00:00Z";

/// The answer to a reading. While an action is under way the holder is not told, as in the API's own example.
pub(crate) fn reserved_ip(address: &AddressId, reading: &Reading, hide_droplets: bool) -> Value {
    let droplet = match (&reading.holder, reading.holder_state) {
        (Some(holder), Some(state)) if !reading.locked => droplet(&holder.0, state),
        _ => Value::Null,
    };
    let mut answer = json!({
        "reserved_ip": {
            "ip": address.0,
            "droplet": droplet,
            "region": region(),
            "locked": reading.locked,
            "project_id": PROJECT,
        }
    });
    if hide_droplets && let Some(shown) = answer["reserved_ip"].as_object_mut() {
        shown.remove("droplet");
    }
    answer
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
            "resource_type": "reserved_ip",
            "region": region(),
            "region_slug": "nyc3",
            "project_id": PROJECT,
        }
    })
}

fn droplet(id: &str, state: Machine) -> Value {
    // Ids are checked to be numbers where machines are looked up; one set by hand that is none is shown as it is.
    let id = id.parse::<u64>().map_or_else(|_| json!(id), |id| json!(id));
    json!({
        "id": id,
        "name": format!("node-{id}"),
        "memory": 1024,
        "vcpus": 1,
        "disk": 25,
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
        "networks": { "v4": [], "v6": [] },
        "region": region(),
        "tags": [],
    })
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
