//! Requests and waits.

use super::Mistake;

pub(super) const STEPS: &[Mistake] = &[
    (
        "until = \"holder is none\"",
        "until = \"holder is none\"\npath = \"/x\"",
        &[
            "`assign.step[1].until`",
            "either asks (`path`) or waits (`until`)",
        ],
    ),
    (
        "until = \"holder is none\"",
        "",
        &["`assign.step[1].path` is missing"],
    ),
    (
        "until = \"holder is none\"",
        "until = \"holder is none\"\njson = \"{}\"",
        &["`assign.step[1].json`", "a step that waits has only"],
    ),
    (
        "until = \"holder is none\"",
        "until = \"holder is none\"\nname = \"x\"",
        &["`assign.step[1].name`", "a step that waits has only"],
    ),
    (
        "until = \"holder is none\"",
        "until = \"holder is none\"\nfor_each = \"holders\"",
        &["`assign.step[1].for_each`", "done once"],
    ),
    (
        "until = \"holder is none\"",
        "until = \"body.free\"",
        &["`assign.step[1].until`", "unknown name `body`"],
    ),
    (
        "interval = \"500ms\"\ndeadline = \"20s\"",
        "deadline = \"20s\"",
        &["`assign.step[1].interval` is missing", "500ms"],
    ),
    (
        "deadline = \"20s\"",
        "",
        &["`assign.step[1].deadline` is missing"],
    ),
    (
        "deadline = \"20s\"",
        "deadline = \"500ms\"",
        &[
            "`assign.step[1].interval` = \"500ms\"",
            "shorter than assign.step[1].deadline",
        ],
    ),
    (
        "timeout = \"12s\"",
        "deadline = \"12s\"",
        &["`assign.step[2].deadline`", "only a step that waits"],
    ),
    (
        "timeout = \"12s\"",
        "timeout = \"0s\"",
        &["`assign.step[2].timeout`", "longer than zero"],
    ),
    (
        "json = \"{'to': target}\"",
        "json = \"{'to': target}\"\nform = \"{}\"",
        &["`assign.step[2].form`", "either `json` or `form`"],
    ),
    (
        "json = \"{'to': target}\"",
        "json = \"{'to': traget}\"",
        &["`assign.step[2].json`", "unknown name `traget`", "target"],
    ),
    (
        "json = \"{'to': target}\"",
        "json = \"{'to': found.detached}\"",
        &[
            "`assign.step[2].json`",
            "unknown name `found.detached`",
            "`found` has nothing here",
        ],
    ),
    (
        "zone={{ options.zone }}",
        "zone={{ options.zoen }}",
        &[
            "`assign.step[2].path`",
            "unknown name `options.zoen`",
            "auth_url, zone",
        ],
    ),
    (
        "when = \"holder is not none\"",
        "when = \"holder is not\"",
        &["`assign.step[0].when`", "syntax error"],
    ),
    (
        "name = \"moved\"",
        "name = \"Moved\"",
        &["`assign.step[2].name`", "lower-case"],
    ),
    (
        "name = \"moved\"\nmethod = \"POST\"",
        "name = \"moved\"",
        &["`assign.step[2].method` is missing", "POST, PUT"],
    ),
    (
        "path = \"/ips/{{ id }}/attach",
        "path = \"ips/{{ id }}/attach",
        &["`assign.step[2].path`", "begins with `/`"],
    ),
    (
        "name = \"moved\"",
        "name = \"moved\"\nfrom = \"metadata\"",
        &["`assign.step[2].from`", "expected api"],
    ),
    (
        "secret = true",
        "action = false",
        &["`identity.step[0].action`", "only assign and unassign"],
    ),
    (
        "secret = true",
        "until = \"true\"",
        &["`identity.step[0].until`", "either asks"],
    ),
    (
        "{{ found.token }}",
        "{{ found.tokn }}",
        &[
            "`identity.step[1].headers.X-Token`",
            "unknown name `found.tokn`",
            "`found` has token here",
        ],
    ),
    (
        "headers = { X-Token",
        "headers = { \"X Token\"",
        &["`identity.step[1].headers.X Token`", "name of a header"],
    ),
    (
        "method = \"PUT\"",
        "method = \"POST\"",
        &["`identity.step[0].method`", "expected GET: this only reads"],
    ),
    (
        "[discovery]\nabout = \"a tag\"",
        "[discovery]\nabout = \"a tag\"\nmethod = \"PUT\"",
        &["`discovery.method`", "expected GET"],
    ),
    (
        "value = \"body.id\"",
        "value = \"body.id\"\nuntil = \"true\"",
        &["unknown field `until`"],
    ),
    (
        "path = \"/all?page={{ page }}\"",
        "path = \"/all?id={{ id }}\"",
        &["`locate.path`", "unknown name `id`", "address"],
    ),
    (
        "[discovery]\nabout = \"a tag\"\npath = \"/machines?tag={{ selector }}\"\nvalue = \"body.machines\"",
        "[discovery]\nabout = \"a tag\"",
        &["`discovery.step` is missing", "a list of steps"],
    ),
    (
        "path = \"/ips/{{ id }}\"\nholder",
        "path = \"/ips/{{ id }}\"\nstep = [{ path = \"/x\" }]\nholder",
        &["`describe.step`", "either a `path`"],
    ),
];
