//! What templates and expressions can name, place by place.

/// In requests that read an address.
pub(super) const READ: &[&str] = &["address", "id", "options", "found", "item", "page", "uuid"];

/// In requests that move one.
pub(super) const WRITE: &[&str] = &[
    "address", "id", "options", "found", "item", "page", "uuid", "target", "holder", "holders",
    "busy", "version",
];

/// In requests that find an address, this machine or the cluster's.
pub(super) const LOCATE: &[&str] = &["address", "options", "found", "item", "page", "uuid"];
pub(super) const IDENTITY: &[&str] = &["options", "found", "item", "page", "uuid"];
pub(super) const DISCOVERY: &[&str] = &["selector", "options", "found", "item", "page", "uuid"];

/// In the request for a token.
pub(super) const FETCH: &[&str] = &["options", "credentials", "uuid"];

/// In the base URL.
pub(super) const BASE: &[&str] = &["options"];

/// In rules, beside an answer's: what is missing in a place does not match there.
pub(super) const RULE: &[&str] = &[
    "address", "id", "options", "found", "item", "target", "holder", "holders", "selector",
];

/// Of an answer.
pub(super) const ANSWER: &[&str] = &["body", "text", "headers", "status"];

/// A place's names and an answer's.
pub(super) fn with_answer(names: &[&'static str]) -> Vec<&'static str> {
    [names, ANSWER].concat()
}
