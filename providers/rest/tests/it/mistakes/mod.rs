//! Every mistake in a preset is told with the file, the key and what was expected: one good preset, spoilt in one place at a time.

mod answers;
mod authorisation;
mod keys;
mod steps;
mod whole;

use les_provider_rest::Preset;

use crate::acme::{chain, text};
use answers::ANSWERS;
use authorisation::AUTHORISATION;
use keys::KEYS;
use steps::STEPS;
use whole::WHOLE;

/// What is replaced, by what, and what the error must say.
type Mistake = (&'static str, &'static str, &'static [&'static str]);

#[test]
fn each_mistake_names_the_file_the_key_and_what_was_expected() {
    let good = text(&WHOLE);
    Preset::parse("mine.toml", &good).unwrap();
    for (what, by, told) in [KEYS, AUTHORISATION, STEPS, ANSWERS].concat() {
        assert!(good.contains(what), "{what}");
        let spoilt = good.replacen(what, by, 1);
        let error = match Preset::parse("mine.toml", &spoilt) {
            Err(error) => chain(&error),
            Ok(_) => panic!("{what} -> {by}: must be refused"),
        };
        for part in told.iter().chain(&["mine.toml"]) {
            assert!(
                error.contains(part),
                "{what} -> {by}: `{part}` is not in: {error}"
            );
        }
        assert!(!error.contains("5ecre7"), "{error}");
    }
}

#[test]
fn too_much_of_anything_is_refused() {
    let rule = "[[errors.rule]]\nstatus = ['400']\nkind = 'transient'\n";
    let step = "[[describe.step]]\npath = '/x'\n";
    let option = |n: usize| format!("[option.o{n}]\nabout = 'x'\n");
    let options: String = (0..33).map(option).collect();
    let way = "[[auth]]\nkind = 'bearer'\ncredentials.token = ['ACME_TOKEN']\n";
    let describe = format!("{}[describe]\nholder = 'none'", step.repeat(17));
    for (part, given, told) in [
        (
            "errors",
            rule.repeat(101),
            "`errors.rule` = \"101\": 100 rules at most",
        ),
        (
            "describe",
            describe,
            "`describe.step` = \"17\": 16 steps at most",
        ),
        ("option", options, "`option` = \"33\": 32 at most"),
        ("auth", way.repeat(33), "`auth` = \"33\": 32 at most"),
        (
            "auth",
            "auth = []".to_owned(),
            "`auth` is missing: expected one or more ways",
        ),
        (
            "assign",
            "[[assign.step]]\nuntil = 'true'\ninterval = '1s'\ndeadline = '2s'".to_owned(),
            "waiting alone does nothing",
        ),
    ] {
        let error = Preset::parse("mine.toml", &text(&[(part, &given)]))
            .unwrap_err()
            .to_string();
        assert!(error.contains(told), "{part}: {error}");
    }
}
