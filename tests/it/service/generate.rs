//! What `les generate` writes is what the packages and the first boot install.

use std::collections::BTreeSet;

use crate::support::{Dir, Finished, les};

fn generate(args: &[&str]) -> Finished {
    Finished::run(les().arg("generate").args(args))
}

#[test]
fn units_name_the_program_where_it_is() {
    let dir = Dir::new();
    let to = dir.0.to_str().unwrap();
    let written = generate(&["units", "--exec", "/usr/local/bin/les", "--to", to]);
    assert_eq!(written.code, Some(0), "{}", written.output);
    let unit = std::fs::read_to_string(dir.0.join("les.service")).unwrap();
    assert!(unit.contains("\nExecStart=/usr/local/bin/les run --config /etc/les/les.toml\n"));
    assert!(unit.contains("ExecPaths=/usr/local/bin/les "));
    assert!(!unit.contains("/usr/bin/les"), "{unit}");
    assert!(dir.0.join("les-address@.service").exists());
    for exec in ["les", "/opt/my les", "/opt/%n/les", "/opt/$HOME/les"] {
        let refused = generate(&["units", "--exec", exec, "--to", to]);
        assert_eq!(refused.code, Some(64), "{exec}: {}", refused.output);
    }
}

/// A token in a file must work for every cloud that is built in: systemd hands on only what the unit names.
#[test]
fn the_unit_takes_every_credential_of_the_presets() {
    let listed = Finished::run(les().args(["preset", "list"])).output;
    let is_name = |word: &&str| {
        word.contains('_') && word.chars().all(|c| c.is_ascii_uppercase() || c == '_')
    };
    let mut names: BTreeSet<&str> = listed
        .split(|c: char| !c.is_ascii_alphanumeric() && c != '_')
        .filter(is_name)
        .collect();
    assert!(names.contains("HCLOUD_TOKEN"), "{listed}");
    names.insert("LES_NODE__ADMIN_TOKEN");
    let unit = include_str!("../../../deploy/systemd/les.service");
    let taken: BTreeSet<&str> = unit
        .lines()
        .filter_map(|line| line.strip_prefix("LoadCredential="))
        .collect();
    assert_eq!(taken, names);
}

#[test]
fn every_command_has_a_page_and_every_shell_its_completions() {
    let dir = Dir::new();
    let written = generate(&["man", "--to", dir.0.to_str().unwrap()]);
    assert_eq!(written.code, Some(0), "{}", written.output);
    let page = |name: &str| std::fs::read_to_string(dir.0.join(name)).unwrap();
    for (name, said) in [
        ("les.1", "les\\-run(1)"),
        ("les-run.1", "bind\\-port"),
        ("les-preset-try.1", "assign"),
        ("les-log-level.1", "reset"),
        ("les-status.1", "watch"),
        ("les-provider-assign.1", "dry\\-run"),
    ] {
        assert!(page(name).contains(said), "{name}: {}", page(name));
    }
    let hidden = "exit\\-with\\-stdin";
    assert!(!page("les-run.1").contains(hidden));
    for shell in ["bash", "zsh", "fish"] {
        let script = generate(&["completions", shell]).output;
        for word in ["handoff", "log-level", "bind-port", "status", "observe"] {
            assert!(script.contains(word), "{shell}: {word}");
        }
    }
}

#[test]
fn the_sample_configuration_is_the_shipped_one() {
    let sample = generate(&["config"]);
    assert_eq!(sample.output, include_str!("../../../deploy/les.toml"));
}

#[test]
fn the_reference_of_the_configuration_is_the_committed_page() {
    let page = generate(&["reference"]);
    assert_eq!(page.code, Some(0), "{}", page.output);
    assert_eq!(
        page.output,
        include_str!("../../../docs/configuration.md"),
        "write it anew: cargo run -- generate reference > docs/configuration.md"
    );
    let help = Finished::run(les().args(["run", "--help"])).output;
    let flags = help
        .split_whitespace()
        .filter(|word| word.starts_with("--") && !["--config", "--help"].contains(word));
    for flag in flags {
        assert!(page.output.contains(&format!("Flag: `{flag}`.")), "{flag}");
    }
    let sample = include_str!("../../../deploy/les.toml");
    let keys = sample.lines().filter_map(|line| line.split(" = ").next());
    for key in keys.filter(|key| key.starts_with(char::is_lowercase)) {
        assert!(page.output.contains(&format!(".{key}`\n")), "{key}");
    }
}

#[test]
fn the_schema_of_the_configuration_is_json() {
    let written = generate(&["schema"]);
    assert_eq!(written.code, Some(0), "{}", written.output);
    let schema: serde_json::Value = serde_json::from_str(&written.output).unwrap();
    let port = &schema["properties"]["node"]["properties"]["bind_port"];
    assert_eq!(
        (&port["default"], &port["maximum"]),
        (&4000.into(), &65535.into())
    );
    assert_eq!(schema["additionalProperties"], false);
}
