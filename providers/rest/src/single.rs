//! One id out of what an answer gives.

use minijinja::Value;
use minijinja::value::ValueKind;

use crate::template::scalar;

/// Ids that an error names.
const MAX_NAMED: usize = 5;

/// The id, or that of a list with exactly one.
///
/// # Errors
/// For a person: that there is none, or which there are.
pub(crate) fn single(value: &Value) -> Result<String, String> {
    if !matches!(value.kind(), ValueKind::Seq | ValueKind::Iterable) {
        return match scalar(value) {
            Some(id) if !id.is_empty() => Ok(id),
            _ => Err(format!("a {} is no id", value.kind())),
        };
    }
    let items: Vec<Value> = value.try_iter().map_err(|e| e.to_string())?.collect();
    match items.as_slice() {
        [] => Err("there is none".to_owned()),
        [one] => scalar(one).ok_or_else(|| format!("a {} is no id", one.kind())),
        several => {
            let named = several.iter().take(MAX_NAMED).filter_map(scalar);
            let named: Vec<String> = named.collect();
            Err(format!(
                "there are {}, and one is expected: {}",
                several.len(),
                named.join(", ")
            ))
        }
    }
}
