//! The page: a section for each table, an entry for each key.

use std::fmt::Write as _;
use std::time::Duration;

use serde_json::{Map, Value};

use super::{head, schema};
use crate::config::Setting;

/// `docs/configuration.md`. `flags` are those of `les run`, each with its key.
#[must_use]
pub fn page(flags: &[(&str, &str)]) -> String {
    let schema = schema();
    let mut page = head::text();
    for table in ["node", "election", "provider"] {
        let table_schema = &schema["properties"][table];
        let _ = write!(page, "\n## `[{table}]`\n\n{}\n", described(table_schema));
        entries(&mut page, table, table_schema, flags);
    }
    let addresses = &schema["properties"]["address"];
    let _ = write!(
        page,
        "\n## `[[address]]`\n\n{} At most {}. They are written in a file: there is no environment variable for them.\n",
        described(addresses),
        addresses["maxItems"]
    );
    entries(&mut page, "address", &addresses["items"], flags);
    page
}

fn described(schema: &Value) -> &str {
    schema["description"].as_str().unwrap_or_default()
}

fn entries(page: &mut String, table: &str, schema: &Value, flags: &[(&str, &str)]) {
    let properties = schema["properties"].as_object();
    let mut properties: Vec<_> = properties.into_iter().flatten().collect();
    properties.sort_by_key(|(name, _)| *name);
    for (name, property) in properties {
        let key = format!("{table}.{name}");
        let _ = write!(page, "\n### `{key}`\n\n{}.", kind(property));
        if let Some(default) = property.get("default") {
            let _ = write!(page, " Default: {}.", default_value(default));
        }
        if let Some(variable) = variable(&key) {
            let _ = write!(page, " Environment: `{variable}`.");
        }
        if let Some((flag, _)) = flags.iter().find(|(_, of)| *of == key) {
            let _ = write!(page, " Flag: `{flag}`.");
        }
        let _ = write!(page, "\n\n{}\n", described(property));
    }
}

/// A table of a list has no variable, and a name within a table stands for itself.
fn variable(key: &str) -> Option<String> {
    match key {
        "provider.options" => Some(Setting::variable("provider.options.NAME")),
        key if key.starts_with("address.") => None,
        key => Some(Setting::variable(key)),
    }
}

fn default_value(default: &Value) -> String {
    match default {
        Value::String(text) => format!("`\"{text}\"`"),
        Value::Array(_) => "none".to_owned(),
        other => format!("`{other}`"),
    }
}

/// What kind of a value it is, with its words or its bounds.
fn kind(property: &Value) -> String {
    let title = property["title"].as_str().unwrap_or_default();
    let mut kind = match &property["enum"] {
        Value::Array(words) if title == "word" => one_of(words),
        Value::Array(_) => "`true` or `false`".to_owned(),
        _ => capital(title),
    };
    if let Value::Object(keywords) = property {
        kind.push_str(&bounds(title, keywords));
    }
    kind
}

fn one_of(words: &[Value]) -> String {
    let words: Vec<_> = words.iter().map(|word| format!("`{word}`")).collect();
    match words.split_last() {
        Some((last, rest)) if !rest.is_empty() => format!("{} or {last}", rest.join(", ")),
        _ => words.concat(),
    }
}

fn bounds(title: &str, keywords: &Map<String, Value>) -> String {
    let of = |keyword| keywords.get(keyword);
    match (of("minimum"), of("maximum")) {
        (Some(least), Some(most)) if title == "duration" => {
            return format!(", from {} to {}", duration(least), duration(most));
        }
        (Some(least), Some(most)) => return format!(", from {least} to {most}"),
        _ => {}
    }
    match (of("maxItems"), of("maxLength").and_then(Value::as_u64)) {
        (Some(most), _) => format!(", at most {most}"),
        (None, Some(most)) if most > 0 => format!(", at most {most} bytes"),
        _ => String::new(),
    }
}

fn duration(seconds: &Value) -> String {
    let seconds = Duration::try_from_secs_f64(seconds.as_f64().unwrap_or_default());
    humantime::format_duration(seconds.unwrap_or_default()).to_string()
}

/// A title may begin with what is written, which stays as it is.
fn capital(title: &str) -> String {
    let mut letters = title.chars();
    let first = letters.next().map(char::to_uppercase);
    first.into_iter().flatten().chain(letters).collect()
}
