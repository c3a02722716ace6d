//! The policies' resources and conditions, held against what EC2 documents: moto authorises against `*` and ignores both.

use std::collections::BTreeSet;
use std::path::PathBuf;

use serde_json::Value;

/// Each action with the types of resource that a policy can restrict it to, and that EC2 checks for the calls that `les` makes ("Actions, resources, and
/// condition keys for Amazon EC2" in AWS's Service Authorization Reference). None: only `*`.
const ACTIONS: [(&str, &[&str]); 11] = [
    ("ec2:DescribeAddresses", &[]),
    ("ec2:DescribeInstances", &[]),
    ("ec2:DescribeNetworkInterfaces", &[]),
    ("ec2:DescribeRouteTables", &[]),
    (
        "ec2:AssociateAddress",
        &["elastic-ip", "network-interface", "instance"],
    ),
    (
        "ec2:DisassociateAddress",
        &["elastic-ip", "network-interface", "instance"],
    ),
    ("ec2:AssignPrivateIpAddresses", &["network-interface"]),
    ("ec2:UnassignPrivateIpAddresses", &["network-interface"]),
    ("ec2:AssignIpv6Addresses", &["network-interface"]),
    ("ec2:UnassignIpv6Addresses", &["network-interface"]),
    ("ec2:ReplaceRoute", &["route-table"]),
];

/// Every policy, by its name.
pub(crate) fn all() -> Vec<(String, Value)> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("policies");
    let files = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path());
    let read = |path: PathBuf| {
        let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
        let text = std::fs::read_to_string(&path).unwrap();
        (name, serde_json::from_str(&text).unwrap())
    };
    let mut policies: Vec<_> = files.map(read).collect();
    policies.sort_by(|a, b| a.0.cmp(&b.0));
    policies
}

/// One text or several.
fn texts(value: &Value) -> Vec<&str> {
    match value {
        Value::Array(all) => all.iter().map(|text| text.as_str().unwrap()).collect(),
        one => vec![one.as_str().unwrap()],
    }
}

/// Every action that a policy allows.
pub(crate) fn actions(policy: &Value) -> BTreeSet<String> {
    let statements = policy["Statement"].as_array().unwrap().iter();
    statements
        .flat_map(|statement| texts(&statement["Action"]))
        .map(ToOwned::to_owned)
        .collect()
}

#[test]
fn every_statement_says_what_ec2_understands() {
    let policies = all();
    assert_eq!(policies.len(), 4);
    for (name, policy) in &policies {
        let mut granted = BTreeSet::new();
        for statement in policy["Statement"].as_array().unwrap() {
            assert_eq!(statement["Effect"], "Allow");
            for action in texts(&statement["Action"]) {
                let known = ACTIONS.iter().find(|(known, _)| *known == action);
                let (_, types) = known.unwrap_or_else(|| panic!("{name}: {action}"));
                for resource in texts(&statement["Resource"]) {
                    if types.is_empty() {
                        assert_eq!(resource, "*", "{name}: {action} knows no resources");
                        assert_eq!(statement["Condition"], Value::Null, "{name}: {action}");
                        continue;
                    }
                    let rest = resource.strip_prefix("arn:aws:ec2:REGION:ACCOUNT:");
                    let kind = rest.and_then(|rest| rest.strip_suffix("/*")).unwrap();
                    assert!(types.contains(&kind), "{name}: {action} on {kind}");
                    granted.insert((action, kind));
                }
            }
            if let Some(condition) = statement.get("Condition") {
                let expected = r#"{"StringEquals":{"aws:ResourceTag/les":"CLUSTER"}}"#;
                assert_eq!(condition.to_string(), expected, "{name}");
            }
        }
        // A type that EC2 checks and nobody allows is a refusal.
        for action in actions(policy) {
            let (known, types) = ACTIONS.iter().find(|(known, _)| *known == action).unwrap();
            for kind in *types {
                assert!(
                    granted.contains(&(*known, *kind)),
                    "{name}: {action} on {kind}"
                );
            }
        }
    }
}

#[test]
fn nothing_is_allowed_that_is_not_used() {
    let source = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("src");
    let files = std::fs::read_dir(source).unwrap();
    let code: String = files
        .map(|entry| std::fs::read_to_string(entry.unwrap().path()).unwrap())
        .collect();
    let allowed: BTreeSet<String> = all()
        .iter()
        .flat_map(|(_, policy)| actions(policy))
        .collect();
    for (action, _) in ACTIONS {
        assert!(allowed.contains(action), "{action} is in no policy");
        assert!(
            code.contains(&format!("\"{action}\"")),
            "{action} is not used"
        );
    }
}
