//! `les preset`: what is built in, and what is said of a file.

mod kit;
mod there_and_back;
mod trying;
mod tutorial;
mod way_back;

use std::path::Path;

use kit::run;

use crate::support::Dir;

/// The presets as they lie in the repository: name and text.
fn shipped() -> Vec<(String, String)> {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("providers/rest/presets");
    let files = std::fs::read_dir(dir)
        .unwrap()
        .map(|entry| entry.unwrap().path());
    let presets = files.filter(|path| path.extension().is_some_and(|ext| ext == "toml"));
    let presets = presets.map(|path| {
        let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
        (name, std::fs::read_to_string(path).unwrap())
    });
    presets.collect()
}

#[test]
fn every_shipped_preset_is_listed_shown_to_the_byte_and_valid() {
    let list = run(&["list"]);
    assert_eq!(list.code, Some(0), "{list:?}");
    assert!(shipped().len() >= 8);
    for (name, text) in shipped() {
        let row = list.stdout.lines().find(|line| line.starts_with(&name));
        let row = row.unwrap_or_else(|| panic!("{name} is not in {}", list.stdout));
        assert!(
            row.contains("in one call") || row.contains("in several"),
            "{row}"
        );
        assert_eq!(run(&["show", &name]).stdout, text, "{name}");
        let lint = run(&["lint", &name]);
        assert_eq!((lint.code, &*lint.stderr), (Some(0), ""), "{name}");
    }
    assert!(
        list.stdout
            .contains("DIGITALOCEAN_TOKEN (or DIGITALOCEAN_ACCESS_TOKEN)"),
        "{}",
        list.stdout
    );
    let ways = list
        .stdout
        .lines()
        .filter(|line| line.trim_start().starts_with("or OS_PASSWORD"));
    assert_eq!(ways.count(), 1, "{}", list.stdout);
}

#[test]
fn lint_says_what_it_understood() {
    let lint = run(&["lint", "scaleway"]).stdout;
    for part in [
        "valid",
        "SCW_SECRET_KEY",
        "zone",
        "also from SCW_DEFAULT_ZONE; required",
        "default \"no\"",
        "in several calls",
        "longest call",
        "; found out at http://169.254.42.42",
    ] {
        assert!(lint.contains(part), "{part:?} is missing in {lint}");
    }
}

#[test]
fn lint_names_the_file_the_key_and_what_was_expected() {
    let dir = Dir::new();
    let good = run(&["show", "digitalocean"]).stdout;
    let lint = |name: &str, text: &str| run(&["lint", &dir.file(name, text)]);
    let valid = lint("mine.toml", &good);
    assert_eq!(valid.code, Some(0), "{valid:?}");
    for (text, parts) in [
        (
            good.replace("\"bearer\"", "\"token\""),
            ["auth", "kind", "bearer"],
        ),
        (
            good.replace("settle = \"2s\"", "settle = \"fast\""),
            ["limits.settle", "\"fast\"", "duration"],
        ),
        (
            good.replace("target | int}", "target | }"),
            ["assign", "json", "target | }"],
        ),
        (
            good.replace("[target]", "[taget]"),
            ["unknown field", "taget", "target"],
        ),
        ("name = [".to_owned(), ["preset's form", "line 1", "TOML"]),
        (String::new(), ["preset's form", "missing field", "name"]),
    ] {
        let refused = lint("mine.toml", &text);
        assert_eq!(
            (refused.code, &*refused.stdout),
            (Some(64), ""),
            "{refused:?}"
        );
        for part in parts.into_iter().chain(["mine.toml"]) {
            assert!(
                refused.stderr.contains(part),
                "{part:?} is missing in {}",
                refused.stderr
            );
        }
    }
}

#[test]
fn what_is_not_there_is_refused_with_what_is() {
    for args in [["show", "nocloud"], ["lint", "nocloud"], ["lint", "none"]] {
        let refused = run(&args);
        assert_eq!(refused.code, Some(64), "{refused:?}");
        assert!(
            refused.stderr.contains("digitalocean") && refused.stdout.is_empty(),
            "{refused:?}"
        );
    }
    let unreadable = run(&["lint", "/nonexistent/mine.toml"]);
    assert_eq!(unreadable.code, Some(64), "{unreadable:?}");
    assert!(
        unreadable.stderr.contains("/nonexistent/mine.toml"),
        "{unreadable:?}"
    );
    for args in [&["lint"][..], &["paint"], &[]] {
        assert_eq!(run(args).code, Some(64), "{args:?}");
    }
}
