//! `[provider.options]`, `provider.ca_file` and credentials: what is refused, in whose terms, and what `les check` shows.

use std::process::Command;

use crate::support::{Dir, Finished, les};

/// `les check` at Scaleway, with an option that is required and can come from a variable of its users'. Whatever is accepted, nobody
/// is asked anything: there is no address, and the target is given.
fn scaleway() -> Command {
    let mut command = les();
    command
        .args(["check", "--advertise-addr", "127.0.0.1:4000"])
        .env("LES_LOG_FORMAT", "human")
        .env("LES_PROVIDER__KIND", "scaleway")
        .env("LES_PROVIDER__BASE_URL", "http://127.0.0.1:9")
        .env(
            "LES_PROVIDER__TARGET",
            "746c6152-2fa2-11ed-92d3-27aaa54e4988",
        )
        .env("SCW_SECRET_KEY", "not-to-be-seen")
        .env_remove("SCW_DEFAULT_ZONE");
    command
}

#[track_caller]
fn refused(command: &mut Command, parts: &[&str]) {
    let finished = Finished::run(command);
    assert_eq!(finished.code, Some(64), "{}", finished.output);
    for part in parts.iter().chain(&["provider."]) {
        let told = finished.output.contains(part);
        assert!(told, "{part:?} is missing in {}", finished.output);
    }
    assert!(!finished.output.contains("not-to-be-seen"));
}

#[test]
fn options_are_refused_with_key_value_and_origin() {
    let missing = [
        "provider.options.zone = nothing (the default)",
        "SCW_DEFAULT_ZONE",
    ];
    refused(&mut scaleway(), &missing);
    let from_env = [
        "provider.options.zone = \"fr par\"",
        "(environment variable SCW_DEFAULT_ZONE)",
    ];
    refused(scaleway().env("SCW_DEFAULT_ZONE", "fr par"), &from_env);
    let ours = "LES_PROVIDER__OPTIONS__ZONE";
    let from_ours = [
        "provider.options.zone = \"fr/par\"",
        "(environment variable LES_PROVIDER__OPTIONS__ZONE)",
    ];
    refused(scaleway().env(ours, "fr/par"), &from_ours);
    let dir = Dir::new();
    let file = dir.file(
        "les.toml",
        "[provider.options]\nzone = \"fr-par-1\"\nregion = \"fr-par\"\n",
    );
    let unknown = [
        "provider.options.region = \"[not shown]\"",
        &*file,
        "it has: direct, zone",
    ];
    refused(scaleway().args(["--config", &file]), &unknown);
}

#[test]
fn a_ca_bundle_that_cannot_be_used_is_refused() {
    let dir = Dir::new();
    let empty = dir.file("ca.pem", "no certificate\n");
    for file in ["/nonexistent/ca.pem", &empty] {
        let mut command = scaleway();
        command
            .env("SCW_DEFAULT_ZONE", "fr-par-1")
            .env("LES_PROVIDER__CA_FILE", file);
        refused(
            &mut command,
            &[
                "provider.ca_file",
                file,
                "environment variable LES_PROVIDER__CA_FILE",
            ],
        );
    }
}

#[test]
fn check_shows_the_options_and_the_credentials_variables_in_use() {
    let dir = Dir::new();
    let secret = dir.file("key", "not-to-be-seen\n");
    let mut command = scaleway();
    command
        .env_remove("SCW_SECRET_KEY")
        .env("SCW_SECRET_KEY_FILE", secret)
        .env("SCW_DEFAULT_ZONE", "nl-ams-1")
        .env("LES_PROVIDER__OPTIONS__DIRECT", "yes");
    let check = Finished::run(&mut command);
    assert_eq!(check.code, Some(0), "{}", check.output);
    for part in [
        "provider       scaleway",
        "credentials    from SCW_SECRET_KEY",
        "option         direct = \"yes\"",
        "option         zone = \"nl-ams-1\"",
    ] {
        let told = check.output.contains(part);
        assert!(told, "{part:?} is missing in {}", check.output);
    }
    assert!(!check.output.contains("not-to-be-seen"), "{}", check.output);
}
