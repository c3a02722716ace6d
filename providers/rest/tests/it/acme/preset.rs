//! The preset of a cloud that nobody runs, part by part: a test replaces the parts that it is about.

use les_provider_rest::Preset;

/// The parts, in the order of the file.
const PARTS: [(&str, &str); 11] = [
    ("name", "name = \"acme\""),
    ("base_url", "base_url = \"http://127.0.0.1:1\""),
    ("option", ""),
    (
        "auth",
        r#"
[[auth]]
kind = "bearer"
credentials.token = ["ACME_TOKEN"]
"#,
    ),
    (
        "grammars",
        r#"
[address]
grammar = "text"
[target]
grammar = "name"
"#,
    ),
    (
        "identity",
        r#"
[identity]
metadata_base = "http://127.0.0.1:1"
path = "/me"
value = "text"
"#,
    ),
    // Long: the machine that runs the tests may be busy. Tests of a silence have shorter ones.
    (
        "limits",
        r#"
[limits]
moves_in_one_call = true
settle = "0s"
connect_timeout = "5s"
request_timeout = "10s"
call_timeout = "90s"
"#,
    ),
    (
        "describe",
        r#"
[describe]
path = "/ips/{{ id }}"
holder = "body.ip.server"
version = "body.ip.revision"
busy = "body.ip.locked"
"#,
    ),
    (
        "assign",
        r#"
[assign]
method = "POST"
path = "/ips/{{ id }}/move"
json = "{'server': target}"
"#,
    ),
    (
        "unassign",
        r#"
[unassign]
method = "POST"
path = "/ips/{{ id }}/detach"
json = "{'server': target}"
"#,
    ),
    (
        "errors",
        r#"
[errors]
message = "body.message"
"#,
    ),
];

/// Limits under which a silence ends soon, and a busy machine still answers.
pub(crate) const IMPATIENT: (&str, &str) = (
    "limits",
    r#"
[limits]
moves_in_one_call = true
settle = "0s"
connect_timeout = "1s"
request_timeout = "2s"
call_timeout = "20s"
"#,
);

/// The text with some parts replaced; what has no such part is added at the end.
pub(crate) fn text(changes: &[(&str, &str)]) -> String {
    let change = |part: &str| changes.iter().find(|(name, _)| *name == part);
    let mut text = String::new();
    for (part, given) in PARTS {
        text.push_str(change(part).map_or(given, |(_, text)| text));
        text.push('\n');
    }
    for (part, added) in changes {
        if !PARTS.iter().any(|(known, _)| known == part) {
            text.push_str(added);
            text.push('\n');
        }
    }
    text
}

/// The preset with some parts replaced.
pub(crate) fn preset(changes: &[(&str, &str)]) -> Preset {
    let text = text(changes);
    Preset::parse("acme.toml", &text).unwrap_or_else(|error| panic!("{error:?} in {text}"))
}
