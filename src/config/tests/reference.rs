//! The reference tells what the rules do, and leaves nothing out.

use figment::Figment;
use figment::providers::{Format as _, Toml};
use serde_json::Value;

use super::*;
use crate::admin::Token;
use crate::config::reference::schema;

mod judge;

use judge::judge;

/// Each key of a table, with its schema.
fn keys() -> Vec<(String, Value)> {
    let schema = schema();
    let of = |table: &str, properties: &Value| {
        let properties = properties.as_object().unwrap().clone();
        let keys = properties
            .into_iter()
            .map(|(name, property)| (format!("{table}.{name}"), property));
        keys.collect::<Vec<_>>()
    };
    let mut keys = of(
        "address",
        &schema["properties"]["address"]["items"]["properties"],
    );
    for table in ["node", "election", "provider"] {
        keys.extend(of(table, &schema["properties"][table]["properties"]));
    }
    keys
}

/// Those that a flag or a variable can set.
fn settable() -> impl Iterator<Item = (String, Value)> {
    keys()
        .into_iter()
        .filter(|(key, _)| !key.starts_with("address."))
}

fn message(key: &str, value: &str) -> String {
    match load(&[(key, value)]) {
        Ok(_) => panic!("{key} = {value} is allowed"),
        Err(error) => error.to_string(),
    }
}

#[test]
fn every_key_is_described_in_sentences() {
    let tables = schema()["properties"].as_object().unwrap().clone();
    for (key, property) in keys().into_iter().chain(tables) {
        let text = property["description"].as_str().unwrap_or_default();
        assert!(text.ends_with('.') && text.len() > 20, "{key}: {text:?}");
        assert!(!text.contains("  "), "{key}: {text:?}");
    }
}

#[test]
fn a_key_has_a_default_or_says_why_not() {
    for (key, property) in keys() {
        let text = property["description"].as_str().unwrap();
        let without = text.starts_with("Optional. ") || text.starts_with("Required. ");
        assert_ne!(property.get("default").is_some(), without, "{key}: {text}");
        assert!(property["title"].is_string(), "{key}: its kind");
        let types = property["type"].to_string();
        assert!(!types.contains("null"), "{key}: {types}");
    }
}

#[test]
fn who_writes_a_default_changes_nothing() {
    let defaults = load(&[]).unwrap();
    for (key, property) in settable() {
        let written = match property.get("default") {
            None => continue,
            Some(Value::String(text)) => text.clone(),
            Some(Value::Array(_)) => String::new(),
            Some(other) => other.to_string(),
        };
        let config = load(&[(&key, &written)]).unwrap();
        assert_eq!(config, defaults, "{key} = {written}");
    }
}

#[test]
fn bounds_and_words_are_those_of_the_rules() {
    let told = |seconds: &Value| {
        humantime::format_duration(Duration::from_secs_f64(seconds.as_f64().unwrap())).to_string()
    };
    for (key, property) in settable() {
        let most = property.get("maximum");
        if let Some(words) = property["enum"].as_array() {
            let words: Vec<_> = words.iter().filter_map(Value::as_str).collect();
            let allowed = format!("one of {}", words.join(", "));
            assert!(message(&key, "nothing").contains(&allowed), "{key}");
        } else if let (Some(most), "duration") = (most, property["title"].as_str().unwrap()) {
            let range = format!("from {} to {}", told(&property["minimum"]), told(most));
            let more = format!("{}", most.as_f64().unwrap() + 1.0);
            assert!(message(&key, &more).contains(&range), "{key}: {range}");
        } else if let Some(most) = most.and_then(Value::as_u64) {
            let range = format!("from {} to {most}", property["minimum"]);
            let more = (most + 1).to_string();
            assert!(message(&key, &more).contains(&range), "{key}: {range}");
        }
    }
    let token = &schema()["properties"]["node"]["properties"]["admin_token"]["description"];
    assert!(token.as_str().unwrap().contains("at least 16 ASCII"));
    assert!(Token::new(&"x".repeat(16)).is_ok() && Token::new(&"x".repeat(15)).is_err());
}

#[test]
fn every_key_has_a_variable() {
    for (key, _) in settable() {
        let variable = Setting::variable(&key);
        assert_eq!(Setting::from_env(&variable, "x").unwrap().key, key);
    }
}

fn problem(file: &str) -> Option<String> {
    let written: Value = Figment::from(Toml::string(file)).extract().unwrap();
    judge(&schema(), &written, "file").err()
}

/// The sample with what is commented out in it.
fn full_sample() -> String {
    let is_key = |line: &str| {
        let name = line.split(" = ").next().unwrap_or_default();
        line.starts_with('[')
            || (name != line && name.bytes().all(|b| b.is_ascii_lowercase() || b == b'_'))
    };
    let sample = include_str!("../../../deploy/les.toml");
    let lines = sample.lines().map(|line| {
        let shown = line.strip_prefix("# ").filter(|line| is_key(line));
        shown.unwrap_or(line)
    });
    lines.collect::<Vec<_>>().join("\n")
}

#[test]
fn the_samples_obey_the_schema_and_show_every_key() {
    let example = include_str!("../../../deploy/container/example.toml");
    for sample in [
        include_str!("../../../deploy/les.toml"),
        example,
        &full_sample(),
    ] {
        assert_eq!(problem(sample), None);
    }
    let sample: Value = Figment::from(Toml::string(&full_sample()))
        .extract()
        .unwrap();
    for (key, _) in keys() {
        let (table, name) = key.split_once('.').unwrap();
        let table = if table == "address" {
            &sample[table][0]
        } else {
            &sample[table]
        };
        // The token is given in the environment.
        assert!(table.get(name).is_some() || name == "admin_token", "{key}");
    }
}

#[test]
fn what_the_rules_refuse_the_schema_refuses() {
    for file in [
        "[node]\nbind_prot = 1",
        "[nodes]",
        "[node]\nbind_port = 70000",
        "[node]\nbind_port = [1]",
        "[node]\nloop_rate = 0.5",
        "[node]\nrole = \"boss\"",
        "[node]\ncore_dumps = \"yes\"",
        "[node]\nstate_dir = \"\"",
        "[node]\nadmin_token = \"0123456789abcdef\"",
        "[node]\nseeds = { a = 1 }",
        "[election]\nmax_members = 0",
        "[provider.options]\nzone = [1]",
        "[[address]]\non_stranger = \"report\"",
        "[provider]\nkind = \"x\"\n[[address]]\nid = \"a\"\non_stranger = \"steal\"",
    ] {
        assert!(load_file(file).is_err(), "{file}");
        assert!(problem(file).is_some(), "{file}");
    }
}
