//! Presets and options: what is wrong is told with the file, the key, the value and what was expected.

use std::error::Error;

use crate::support::{TOKEN, credentials};
use les_provider::{AddressId, Provider};
use les_provider_rest::{
    BuildError, Credentials, Options, Preset, PresetError, RestProvider, builtin_names,
};

const DIGITALOCEAN: &str = include_str!("../../presets/digitalocean.toml");

/// What is replaced in a good preset, by what, and what the error must say.
const MISTAKES: &[(&str, &str, &[&str])] = &[
    (
        "kind = \"bearer\"",
        "kind = \"digest\"",
        &["`auth.kind`", "\"digest\"", "bearer, header or basic"],
    ),
    (
        "kind = \"bearer\"",
        "kind = \"basic\"",
        &["`auth.credentials`", "\"token\"", "user and password"],
    ),
    (
        "kind = \"bearer\"",
        "kind = \"header\"",
        &["`auth.header` is missing"],
    ),
    (
        "credentials.token = [\"DIGITALOCEAN_TOKEN\", \"DIGITALOCEAN_ACCESS_TOKEN\"]",
        "credentials.token = []",
        &["`auth.credentials.token`", "environment"],
    ),
    (
        "base_url = \"https://api.digitalocean.com\"",
        "base_url = \"api.digitalocean.com\"",
        &["`base_url`", "expected a URL"],
    ),
    (
        "grammar = \"ip\"",
        "grammar = \"ipv5\"",
        &["`address.grammar`", "\"ipv5\"", "expected one of ip, ipv4"],
    ),
    (
        "grammar = \"number\"",
        "grammar = \"int\"",
        &["`target.grammar`", "\"int\""],
    ),
    (
        "settle = \"2s\"",
        "settle = \"2 parsecs\"",
        &["`limits.settle`", "\"2 parsecs\"", "duration"],
    ),
    ("settle = \"2s\"", "settle = 2", &["invalid type", "settle"]),
    (
        "connect_timeout = \"3s\"",
        "connect_timeout = \"30s\"",
        &[
            "`limits.connect_timeout`",
            "shorter than limits.request_timeout",
        ],
    ),
    (
        "request_timeout = \"10s\"",
        "request_timeout = \"90s\"",
        &[
            "`limits.request_timeout`",
            "shorter than limits.call_timeout",
        ],
    ),
    (
        "request_timeout = \"10s\"",
        "request_timeout = \"0s\"",
        &["`limits.request_timeout`", "longer than zero"],
    ),
    (
        "call_timeout = \"60s\"",
        "call_timeout = \"1h\"",
        &["`limits.call_timeout`", "10m at most"],
    ),
    (
        "deadline = \"45s\"",
        "deadline = \"55s\"",
        &[
            "`limits.call_timeout`",
            "action.deadline",
            "assign can take",
        ],
    ),
    (
        "pending = [\"in-progress\"]",
        "pending = []",
        &["`action.pending`", "one or more"],
    ),
    (
        "[[describe.step]]",
        "[[describe.step]]\nmethod = \"PUT\"",
        &["`describe.method`", "expected GET"],
    ),
    (
        "method = \"POST\"",
        "method = \"OPTIONS\"",
        &["`assign.method`", "expected POST"],
    ),
    (
        "'reserved_ips' }}/{{ address }}\"",
        "'reserved_ips' }}/{{ adress }}\"",
        &["`describe.path`", "unknown name `adress`", "address"],
    ),
    (
        "busy = \"found.reserved.locked if ':' not in address else false\"",
        "busy = \"body.reserved_ip.(\"",
        &["`describe.busy`", "syntax error"],
    ),
    (
        "json = \"{'type': 'unassign'}\"",
        "json = \"{'type': body}\"",
        &["`unassign.json`", "unknown name `body`"],
    ),
    (
        "status = [\"401\"]",
        "status = [\"forty\"]",
        &["`errors.rule[1].status`", "\"forty\"", "HTTP status"],
    ),
    (
        "kind = \"throttled\"",
        "kind = \"slow\"",
        &["`errors.rule[7].kind`", "\"slow\"", "throttled"],
    ),
    (
        "on = [\"observe\"]",
        "on = [\"read\"]",
        &["`errors.rule[0].on`", "\"read\"", "observe"],
    ),
    (
        "json = \"{'type': 'unassign'}\"",
        "json = \"{'type': found.verb}\"",
        &[
            "`unassign.json`",
            "unknown name `found.verb`",
            "`found` has nothing here",
        ],
    ),
    ("busy = ", "bussy = ", &["unknown field `bussy`", "busy"]),
];

fn chain(error: &dyn Error) -> String {
    std::iter::successors(Some(error), |error| (*error).source())
        .map(|error| format!("{error}; "))
        .collect()
}

#[test]
fn every_built_in_preset_is_valid_and_bears_its_name() {
    assert!(!builtin_names().is_empty());
    for name in builtin_names() {
        assert_eq!(Preset::builtin(name).unwrap().name(), name);
    }
}

#[test]
fn mistakes_name_the_file_the_key_and_what_was_expected() {
    for (what, by, told) in MISTAKES {
        assert!(DIGITALOCEAN.contains(what), "{what}");
        let error = Preset::parse("mine.toml", &DIGITALOCEAN.replacen(what, by, 1)).expect_err(by);
        let text = chain(&error);
        for part in told.iter().chain(&["mine.toml"]) {
            assert!(text.contains(part), "{by}: `{part}` is not in: {text}");
        }
    }
}

#[test]
fn a_missing_table_is_named() {
    let without = DIGITALOCEAN.replacen("[unassign]", "[unasign]", 1);
    let text = chain(&Preset::parse("mine.toml", &without).unwrap_err());
    assert!(text.contains("unasign"), "{text}");
    let text = chain(&Preset::parse("mine.toml", "name = \"x\"").unwrap_err());
    assert!(text.contains("missing field `auth`"), "{text}");
}

#[test]
fn a_preset_is_built_in_or_in_a_file() {
    assert!(Preset::builtin("digitalocean").is_ok());
    let text = Preset::builtin("digitalocaen").unwrap_err().to_string();
    assert!(
        text.contains("digitalocaen") && text.contains("built in: digitalocean"),
        "{text}"
    );
    let file = std::env::temp_dir().join(format!("les-preset-{}.toml", std::process::id()));
    std::fs::write(
        &file,
        DIGITALOCEAN.replacen("name = \"digitalocean\"", "name = \"mine\"", 1),
    )
    .unwrap();
    let found = Preset::load(&file);
    std::fs::remove_file(&file).unwrap();
    assert_eq!(found.unwrap().name(), "mine");
    let gone = Preset::load(&file).unwrap_err();
    assert!(matches!(gone, PresetError::Unreadable { .. }));
    let huge = Preset::parse("huge.toml", &"#".repeat(300_000)).unwrap_err();
    assert!(matches!(huge, PresetError::TooLarge { .. }));
}

#[test]
fn addresses_and_targets_are_checked_by_the_preset() {
    let preset = Preset::builtin("digitalocean").unwrap();
    assert!(
        preset
            .check_address(&AddressId("203.0.113.7".to_owned()))
            .is_ok()
    );
    assert_eq!(
        preset.check_address(&AddressId("eipalloc-1".to_owned())),
        Err(
            "must be an IP address in its usual spelling, such as 203.0.113.7 or 2001:db8::7"
                .to_owned()
        )
    );
    let capitals = AddressId("2001:DB8::7".to_owned());
    assert!(
        preset.check_address(&capitals).is_err(),
        "readings name it in one spelling, and it is compared as text"
    );
}

fn lookup<'a>(pairs: &'a [(&'a str, &'a str)]) -> impl Fn(&str) -> Option<String> + 'a {
    move |name| {
        pairs
            .iter()
            .find(|(key, _)| *key == name)
            .map(|(_, value)| (*value).to_owned())
    }
}

#[test]
fn the_first_token_that_is_set_is_taken() {
    let preset = Preset::builtin("digitalocean").unwrap();
    let text = Credentials::lookup(&preset, &lookup(&[]))
        .unwrap_err()
        .to_string();
    assert_eq!(
        text,
        "no credentials: set DIGITALOCEAN_TOKEN or DIGITALOCEAN_ACCESS_TOKEN (or, for each, its name with _FILE and the path of a file)"
    );
    let odd = lookup(&[
        ("DIGITALOCEAN_TOKEN", " "),
        ("DIGITALOCEAN_ACCESS_TOKEN", "one\ntwo 5ecre7"),
    ]);
    let text = format!("{0} {0:?}", Credentials::lookup(&preset, &odd).unwrap_err());
    assert!(
        text.contains("DIGITALOCEAN_ACCESS_TOKEN") && !text.contains("5ecre7"),
        "{text}"
    );
    let good = lookup(&[("DIGITALOCEAN_ACCESS_TOKEN", "dop_v1_5ecre7\n")]);
    let credentials = Credentials::lookup(&preset, &good).unwrap();
    assert!(!format!("{credentials:?}").contains("5ecre7"));
}

fn build(change: impl FnOnce(&mut Options)) -> Result<RestProvider, BuildError> {
    let preset = Preset::builtin("digitalocean").expect("it is built in");
    let mut options = Options::new(credentials(&preset, TOKEN));
    options.base_url = Some("http://127.0.0.1:1".to_owned());
    change(&mut options);
    RestProvider::new(preset, options)
}

#[test]
fn options_that_cannot_work_are_refused_with_the_key_the_value_and_the_rule() {
    let refused = |change: fn(&mut Options)| build(change).expect_err("it cannot work").to_string();
    let text = refused(|options| options.base_url = Some("http://api.example.com".to_owned()));
    assert!(
        text.contains("`base_url` = \"http://api.example.com/\"") && text.contains("https"),
        "{text}"
    );
    let text =
        refused(|options| options.base_url = Some("https://user:pw@api.example.com".to_owned()));
    assert!(
        text.contains("`base_url`") && text.contains("user name") && !text.contains("pw@"),
        "{text}"
    );
    let text = refused(|options| options.metadata_base = Some("169.254.169.254".to_owned()));
    assert!(
        text.contains("`metadata_base` = \"169.254.169.254\""),
        "{text}"
    );
    let text = refused(|options| options.target = Some("i-0abc".to_owned()));
    assert!(
        text.contains("`target` = \"i-0abc\"") && text.contains("must be a number"),
        "{text}"
    );
}

#[tokio::test]
async fn a_configured_target_is_taken_as_it_is() {
    let provider = build(|options| options.target = Some("77".to_owned())).unwrap();
    assert_eq!(provider.target().await.unwrap().0, "77");
    assert!(!format!("{provider:?}").contains(TOKEN));
}

#[test]
fn a_preset_without_metadata_needs_a_target() {
    let begin = DIGITALOCEAN.find("[identity]").unwrap();
    let end = DIGITALOCEAN.find("[limits]").unwrap();
    let text = format!("{}{}", &DIGITALOCEAN[..begin], &DIGITALOCEAN[end..]);
    let preset = Preset::parse("mine.toml", &text).unwrap();
    let options = Options::new(credentials(&preset, TOKEN));
    let error = RestProvider::new(preset, options).unwrap_err();
    assert!(matches!(error, BuildError::NoIdentity { .. }), "{error}");
}
