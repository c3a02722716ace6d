//! Ways to be authorised.

use super::Mistake;

pub(super) const AUTHORISATION: &[Mistake] = &[
    (
        "kind = \"header\"",
        "kind = \"bearer\"",
        &[
            "`auth[0].header` = \"X-Token\"",
            "only kind = \"header\" has it",
        ],
    ),
    (
        "header = \"X-Token\"",
        "header = \"X Token\"",
        &["`auth[0].header` = \"X Token\"", "name of a header"],
    ),
    (
        "header = \"X-Token\"",
        "",
        &["`auth[0].header` is missing", "carries the token"],
    ),
    (
        "kind = \"header\"\nheader = \"X-Token\"",
        "kind = \"basic\"",
        &["`auth[0].kind` = \"basic\"", "bearer or in a header"],
    ),
    (
        "credentials.user = [\"ACME_USER\"]",
        "credentials.name = [\"ACME_USER\"]",
        &[
            "`auth[1].credentials` = \"name, password\"",
            "exactly user and password",
        ],
    ),
    (
        "credentials.key = [\"ACME_KEY\"]",
        "credentials.Key = [\"ACME_KEY\"]",
        &["auth[0]", "Key"],
    ),
    (
        "credentials.user = [\"ACME_USER\"]",
        "credentials.user = [\"\"]",
        &["`auth[1].credentials.user`", "environment variables"],
    ),
    (
        "base_option = \"auth_url\"",
        "base_option = \"zone\"",
        &[
            "`auth[0].fetch.base_option` = \"zone\"",
            "whose grammar is url",
        ],
    ),
    (
        "base_option = \"auth_url\"",
        "base_option = \"keystone\"",
        &["`auth[0].fetch.base_option` = \"keystone\""],
    ),
    (
        "base_option = \"auth_url\"",
        "",
        &[
            "`auth[0].fetch.base_url` is missing",
            "exactly one of base_url, base_option and on",
        ],
    ),
    (
        "base_option = \"auth_url\"",
        "base_option = \"auth_url\"\non = \"metadata\"",
        &["exactly one of base_url, base_option and on"],
    ),
    (
        "base_option = \"auth_url\"",
        "on = \"api\"",
        &["`auth[0].fetch.on` = \"api\"", "expected metadata"],
    ),
    (
        "base_option = \"auth_url\"",
        "base_option = \"auth_url\"\nmethod = \"PATCH\"",
        &["`auth[0].fetch.method`", "POST, GET or PUT"],
    ),
    (
        "form = \"{'key': credentials.key}\"",
        "form = \"{'key': credentials.kye}\"",
        &[
            "`auth[0].fetch.form`",
            "unknown name `credentials.kye`",
            "`credentials` has key here",
        ],
    ),
    (
        "form = \"{'key': credentials.key}\"",
        "form = \"{}\"\njson = \"{}\"",
        &["`auth[0].fetch.form`", "either `json` or `form`"],
    ),
    (
        "X-Key = \"{{ credentials.key }}\"",
        "X-Key = \"{{ key }}\"",
        &["`auth[0].fetch.headers.X-Key`", "unknown name `key`"],
    ),
    ("token = \"body.token\"", "", &["missing field `token`"]),
    (
        "token = \"body.token\"",
        "token = \"credentials.key\"",
        &["`auth[0].fetch.token`", "unknown name `credentials`"],
    ),
    (
        "expires_in = \"body.expires_in\"",
        "expires_in = \"body.a\"\nexpires_at = \"body.b\"",
        &[
            "`auth[0].fetch.expires_in`",
            "either `expires_at` or `expires_in`",
        ],
    ),
];
