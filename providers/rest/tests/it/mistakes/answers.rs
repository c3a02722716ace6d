//! What is taken from answers, and what they mean.

use super::Mistake;

pub(super) const ANSWERS: &[Mistake] = &[
    (
        "holder = \"body.ip.server\"",
        "",
        &["missing field `holder`"],
    ),
    (
        "holder = \"body.ip.server\"",
        "holder = \"server\"",
        &["`describe.holder`", "unknown name `server`"],
    ),
    (
        "holder = \"body.ip.server\"",
        "holder = \"found.detail.server\"",
        &["`describe.holder`", "unknown name `found.detail`"],
    ),
    (
        "version = \"body.ip.revision\"",
        "version = \"target\"",
        &["`describe.version`", "unknown name `target`"],
    ),
    (
        "status = \"body.job.state\"",
        "status = \"state\"",
        &["`action.status`", "unknown name `state`"],
    ),
    (
        "ok = [\"done\"]",
        "ok = []",
        &["`action.ok`", "one or more"],
    ),
    (
        "ok = [\"done\"]",
        "ok = [\"done\", \"failed\"]",
        &["`action.failed` = \"failed\"", "is in action.ok too"],
    ),
    (
        "pending = [\"running\"]",
        "pending = [\"running\", \"done\"]",
        &[
            "`action.pending` = \"done\"",
            "is in action.ok or action.failed too",
        ],
    ),
    (
        "interval = \"500ms\"\ndeadline = \"10s\"",
        "interval = \"10s\"\ndeadline = \"10s\"",
        &[
            "`action.interval` = \"10s\"",
            "shorter than action.deadline",
        ],
    ),
    (
        "reset_header = \"X-Reset\"",
        "reset_header = \"X Reset\"",
        &["`errors.reset_header`", "name of a header"],
    ),
    (
        "status = [\"403\"]",
        "status = []",
        &["`errors.rule[0].status`", "one or more"],
    ),
    (
        "status = [\"403\"]",
        "status = [403]",
        &["invalid type", "expected a string"],
    ),
    (
        "status = [\"403\"]",
        "status = [\"1xx\"]",
        &["`errors.rule[0].status` = \"1xx\"", "HTTP status"],
    ),
    (
        "on = [\"assign\"]",
        "on = [\"write\"]",
        &["`errors.rule[0].on` = \"write\"", "assign, release"],
    ),
    (
        "kind = \"throttled\"",
        "kind = \"transient\"",
        &[
            "`errors.rule[0].retry_after`",
            "only kind = \"throttled\" has it",
        ],
    ),
    (
        "kind = \"throttled\"",
        "kind = \"ok\"",
        &["`errors.rule[0].kind` = \"ok\"", "success"],
    ),
    (
        "when = \"body.code == 'limit'\"",
        "when = \"code == 'limit'\"",
        &["`errors.rule[0].when`", "unknown name `code`"],
    ),
    (
        "hint = \"wait\"",
        "hints = \"wait\"",
        &["unknown field `hints`"],
    ),
];
