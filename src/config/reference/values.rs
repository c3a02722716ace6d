//! What a value may be, in the words of JSON Schema. `title` names its kind and `default` its default; what is optional has no default. A file may have
//! numbers and booleans; everywhere each value may also be text, as in the environment.

use std::time::Duration;

use les_core::ElectionConfig;
use schemars::Schema;
use serde_json::{Value, json};

use crate::config::limits::Bounds;

/// Seconds as a number, or numbers with units.
const DURATION: &str = "[0-9]+([.][0-9]+)?( *[a-zA-Zµ]+)?( *[0-9]+([.][0-9]+)? *[a-zA-Zµ]+)*";

/// The defaults of `[election]`.
pub(in crate::config) fn core() -> ElectionConfig {
    ElectionConfig::default()
}

/// The kind of a value as a transformation of a field's schema, which has its description already.
fn kind(keywords: Value) -> impl FnMut(&mut Schema) {
    move |schema| {
        for (keyword, value) in keywords.as_object().into_iter().flatten() {
            schema.insert(keyword.clone(), value.clone());
        }
    }
}

/// A duration within bounds.
pub(in crate::config) fn duration(
    default: Duration,
    Bounds { least, most }: Bounds<Duration>,
) -> impl FnMut(&mut Schema) {
    kind(json!({
        "title": "duration",
        "type": ["string", "number"],
        "pattern": format!("^{DURATION}$"),
        "minimum": least.as_secs_f64(),
        "maximum": most.as_secs_f64(),
        "default": humantime::format_duration(default).to_string(),
    }))
}

/// Any duration, or `never`, which is the default.
pub(in crate::config) fn duration_or_never() -> impl FnMut(&mut Schema) {
    kind(json!({
        "title": "duration, or `never`",
        "type": ["string", "number"],
        "pattern": format!("^(never|{DURATION})$"),
        "minimum": 0,
        "default": "never",
    }))
}

/// A whole number within bounds.
pub(in crate::config) fn whole<T: Into<u64>>(
    default: T,
    Bounds { least, most }: Bounds<T>,
) -> impl FnMut(&mut Schema) {
    kind(json!({
        "title": "whole number",
        "type": ["integer", "string"],
        "pattern": "^[0-9]+$",
        "minimum": least.into(),
        "maximum": most.into(),
        "default": default.into(),
    }))
}

/// One of a few words; the first is the default.
pub(in crate::config) fn choice(words: &[&str]) -> impl FnMut(&mut Schema) {
    kind(json!({ "title": "word", "type": "string", "enum": words, "default": words.first() }))
}

/// True or false.
pub(in crate::config) fn flag(default: bool) -> impl FnMut(&mut Schema) {
    kind(json!({
        "title": "boolean",
        "type": ["boolean", "string"],
        "enum": [true, false, "true", "false"],
        "default": default,
    }))
}

/// Text of a kind that `title` names.
pub(in crate::config) fn text(title: &str, default: &str) -> impl FnMut(&mut Schema) {
    kind(json!({ "title": title, "type": "string", "minLength": 1, "default": default }))
}

/// The same without a default.
pub(in crate::config) fn optional(title: &str) -> impl FnMut(&mut Schema) {
    kind(json!({ "title": title, "type": "string", "minLength": 1 }))
}

/// A path of so many bytes at most, without a default.
pub(in crate::config) fn socket(max: usize) -> impl FnMut(&mut Schema) {
    kind(json!({
        "title": "absolute path, or `none`",
        "type": "string",
        "pattern": "^(none|/.*)$",
        "maxLength": max,
    }))
}

/// The address of an API.
pub(in crate::config) fn url() -> impl FnMut(&mut Schema) {
    kind(json!({ "title": "URL", "type": "string", "pattern": "^https?://" }))
}

/// An id in the cloud's terms, which may look like a number.
pub(in crate::config) fn id(default: &str) -> impl FnMut(&mut Schema) {
    kind(
        json!({ "title": "text", "type": ["string", "integer"], "minLength": 1, "default": default }),
    )
}

/// A secret: a configuration file may at most have it empty.
pub(in crate::config) fn secret() -> impl FnMut(&mut Schema) {
    kind(json!({ "title": "secret text", "type": "string", "maxLength": 0, "writeOnly": true }))
}

/// An array, or one text with commas; at most so many entries. None is the default.
pub(in crate::config) fn list(title: &str, max: u64) -> impl FnMut(&mut Schema) {
    kind(json!({
        "title": title,
        "type": ["array", "string"],
        "items": { "type": "string" },
        "maxItems": max,
        "default": [],
    }))
}

/// A table for each; at most so many.
pub(in crate::config) fn tables(max: usize) -> impl FnMut(&mut Schema) {
    kind(json!({ "maxItems": max }))
}
