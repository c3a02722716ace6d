//! Sections, names, options and limits.

use super::Mistake;

pub(super) const KEYS: &[Mistake] = &[
    ("name = \"acme\"", "", &["missing field `name`"]),
    (
        "name = \"acme\"",
        "name = 7",
        &["invalid type", "expected a string"],
    ),
    (
        "name = \"acme\"",
        "name = \"../x\"",
        &["`name` = \"../x\"", "must consist of letters"],
    ),
    (
        "name = \"acme\"",
        "name = \"acme\"\ncolour = 1",
        &["unknown field `colour`", "expected one of"],
    ),
    ("[limits]", "[limit]", &["unknown field `limit`"]),
    (
        "base_url = \"http://127.0.0.1:1\"",
        "",
        &["`base_url` is missing", "auth.fetch.api_base_url"],
    ),
    (
        "base_url = \"http://127.0.0.1:1\"",
        "base_url = \"https://me:5ecre7@x\"",
        &["`base_url`", "must not contain a user name"],
    ),
    (
        "base_url = \"http://127.0.0.1:1\"",
        "base_url = \"https://{{ zone }}.x\"",
        &["`base_url`", "unknown name `zone`", "options"],
    ),
    (
        "base_url = \"http://127.0.0.1:1\"",
        "base_url = \"https://{{ options.region }}.x\"",
        &[
            "`base_url`",
            "unknown name `options.region`",
            "auth_url, zone",
        ],
    ),
    (
        "grammar = \"text\"",
        "grammar = []",
        &["`address.grammar`", "one or more"],
    ),
    (
        "grammar = \"text\"",
        "grammar = 7",
        &["a text or a list of texts"],
    ),
    (
        "about = \"the zone\"",
        "",
        &["missing field `about`", "option.zone"],
    ),
    (
        "default = \"a\"",
        "default = \"a/b\"",
        &["`option.zone.default` = \"a/b\"", "must consist of letters"],
    ),
    (
        "[option.zone]",
        "[option.Zone]",
        &["`option.Zone`", "lower-case"],
    ),
    (
        "default = \"a\"",
        "env = [\"A-B\"]",
        &["`option.zone.env` = \"A-B\"", "environment variables"],
    ),
    ("settle = \"0s\"", "", &["missing field `settle`"]),
    (
        "settle = \"0s\"",
        "settle = \"11m\"",
        &["`limits.settle` = \"11m\"", "10m at most"],
    ),
    (
        "calls_per_hour = 3600",
        "calls_per_hour = 0",
        &["`limits.calls_per_hour`", "at least 1"],
    ),
    (
        "calls_per_hour = 3600",
        "calls_per_hour = -1",
        &["calls_per_hour", "invalid value"],
    ),
    (
        "hold_after_refused_login = \"10m\"",
        "hold_after_refused_login = \"0s\"",
        &["`limits.hold_after_refused_login`", "longer than zero"],
    ),
    (
        "call_timeout = \"90s\"",
        "call_timeout = \"60s\"",
        &["`limits.call_timeout` = \"1m\"", "assign can take"],
    ),
    (
        "metadata_base = \"http://169.254.169.254\"",
        "metadata_base = \"169.254.169.254\"",
        &["`identity.metadata_base`", "expected a URL"],
    ),
    (
        "metadata_base = \"http://169.254.169.254\"",
        "",
        &["missing field `metadata_base`"],
    ),
    (
        "about = \"a tag\"",
        "",
        &["missing field `about`", "discovery"],
    ),
];
