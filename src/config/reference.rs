//! The reference of the configuration, from the types that are read: a JSON Schema, and a page in Markdown.

mod head;
mod page;
pub(super) mod values;

use schemars::generate::SchemaSettings;
use serde_json::Value;

pub use page::page;

use super::raw::RawConfig;

/// The JSON Schema (2020-12) of a configuration file. `title` is the kind of a value.
#[must_use]
pub fn schema() -> Value {
    let settings =
        SchemaSettings::draft2020_12().with(|settings| settings.inline_subschemas = true);
    let mut schema = settings
        .into_generator()
        .into_root_schema_for::<RawConfig>()
        .to_value();
    unwrap_lines(&mut schema);
    schema
}

/// Docs are wrapped where a source file wants it; a description has a line for each paragraph.
fn unwrap_lines(schema: &mut Value) {
    match schema {
        Value::Object(entries) => {
            if let Some(Value::String(text)) = entries.get_mut("description") {
                let paragraphs = text.split("\n\n").map(|lines| lines.replace('\n', " "));
                *text = paragraphs.collect::<Vec<_>>().join("\n\n");
            }
            entries.values_mut().for_each(unwrap_lines);
        }
        Value::Array(items) => items.iter_mut().for_each(unwrap_lines),
        _ => {}
    }
}
