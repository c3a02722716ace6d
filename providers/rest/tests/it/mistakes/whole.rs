//! The good preset.

/// A preset that says everything that can be said.
pub(super) const WHOLE: [(&str, &str); 9] = [
    (
        "option",
        r#"
[option.zone]
about = "the zone"
default = "a"
grammar = "name"
[option.auth_url]
about = "where tokens are given"
grammar = "url"
"#,
    ),
    (
        "auth",
        r#"
[[auth]]
kind = "header"
header = "X-Token"
credentials.key = ["ACME_KEY"]
[auth.fetch]
base_option = "auth_url"
path = "/token"
headers = { X-Key = "{{ credentials.key }}" }
form = "{'key': credentials.key}"
token = "body.token"
expires_in = "body.expires_in"
[[auth]]
kind = "basic"
credentials.user = ["ACME_USER"]
credentials.password = ["ACME_PASSWORD"]
"#,
    ),
    (
        "locate",
        r#"
[locate]
path = "/all?page={{ page }}"
next_page = "body.next"
value = "body.id"
"#,
    ),
    (
        "identity",
        r#"
[identity]
metadata_base = "http://169.254.169.254"
[[identity.step]]
name = "token"
method = "PUT"
path = "/token"
secret = true
value = "text"
[[identity.step]]
path = "/id"
headers = { X-Token = "{{ found.token }}" }
"#,
    ),
    (
        "assign",
        r#"
[[assign.step]]
when = "holder is not none"
method = "POST"
path = "/ips/{{ id }}/detach"
json = "{'from': holder}"
action = false
[[assign.step]]
until = "holder is none"
interval = "500ms"
deadline = "20s"
[[assign.step]]
name = "moved"
method = "POST"
path = "/ips/{{ id }}/attach?zone={{ options.zone }}"
json = "{'to': target}"
timeout = "12s"
"#,
    ),
    (
        "action",
        r#"
[action]
path = "/jobs/{{ body.job.id }}"
status = "body.job.state"
pending = ["running"]
ok = ["done"]
failed = ["failed"]
interval = "500ms"
deadline = "10s"
"#,
    ),
    (
        "limits",
        r#"
[limits]
moves_in_one_call = false
settle = "0s"
connect_timeout = "3s"
request_timeout = "10s"
call_timeout = "90s"
calls_per_hour = 3600
hold_after_refused_login = "10m"
"#,
    ),
    (
        "errors",
        r#"
[errors]
message = "body.message"
reset_header = "X-Reset"
remaining_header = "X-Remaining"
[[errors.rule]]
on = ["assign"]
status = ["403"]
when = "body.code == 'limit'"
kind = "throttled"
retry_after = "body.interval"
hint = "wait"
"#,
    ),
    (
        "discovery",
        r#"
[discovery]
about = "a tag"
path = "/machines?tag={{ selector }}"
value = "body.machines"
"#,
    ),
];
