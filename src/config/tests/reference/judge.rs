//! As much of JSON Schema as the schema uses. Patterns need an engine for regular expressions, and are not judged.

use serde_json::{Map, Value};

/// Whether `value` obeys `schema`; if not, where and why. A keyword that this does not know is a panic: it would be obeyed by everything.
pub(super) fn judge(schema: &Value, value: &Value, at: &str) -> Result<(), String> {
    for (keyword, rule) in schema.as_object().unwrap() {
        let obeys = match keyword.as_str() {
            "type" => is_of(rule, value),
            "enum" => rule.as_array().unwrap().contains(value),
            "minimum" => value.as_f64().is_none_or(|n| n >= rule.as_f64().unwrap()),
            "maximum" => value.as_f64().is_none_or(|n| n <= rule.as_f64().unwrap()),
            "minLength" => length(value).is_none_or(|n| n >= rule.as_u64().unwrap()),
            "maxLength" => length(value).is_none_or(|n| n <= rule.as_u64().unwrap()),
            "maxItems" => items(value).len() as u64 <= rule.as_u64().unwrap(),
            "required" => value.as_object().is_none_or(|object| has_all(object, rule)),
            "items" => {
                items(value)
                    .iter()
                    .try_for_each(|item| judge(rule, item, at))?;
                true
            }
            "properties" | "additionalProperties" => entries(schema, value, at)?,
            "$schema" | "title" | "description" | "default" | "writeOnly" | "pattern" => true,
            other => panic!("the schema has a keyword that this test does not know: {other}"),
        };
        if !obeys {
            return Err(format!("{at}: {value} breaks {keyword} {rule}"));
        }
    }
    Ok(())
}

fn is_of(types: &Value, value: &Value) -> bool {
    let is = |name: &Value| match name.as_str().unwrap() {
        "string" => value.is_string(),
        "integer" => value.is_u64() || value.is_i64(),
        "number" => value.is_number(),
        "boolean" => value.is_boolean(),
        "array" => value.is_array(),
        "object" => value.is_object(),
        other => panic!("not a type: {other}"),
    };
    types
        .as_array()
        .map_or_else(|| is(types), |types| types.iter().any(is))
}

fn length(value: &Value) -> Option<u64> {
    value.as_str().map(|text| text.chars().count() as u64)
}

fn items(value: &Value) -> &[Value] {
    value.as_array().map(Vec::as_slice).unwrap_or_default()
}

fn has_all(object: &Map<String, Value>, names: &Value) -> bool {
    let mut names = names.as_array().unwrap().iter();
    names.all(|name| object.contains_key(name.as_str().unwrap()))
}

fn entries(schema: &Value, value: &Value, at: &str) -> Result<bool, String> {
    for (name, entry) in value.as_object().into_iter().flatten() {
        let at = format!("{at}.{name}");
        match (&schema["properties"][name], &schema["additionalProperties"]) {
            (Value::Null, Value::Bool(allowed)) => {
                if !allowed {
                    return Err(format!("{at} is not a key"));
                }
            }
            (Value::Null, of_others) => judge(of_others, entry, &at)?,
            (property, _) => judge(property, entry, &at)?,
        }
    }
    Ok(true)
}
