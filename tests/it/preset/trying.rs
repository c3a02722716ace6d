//! `les preset try` without `--assign`: a look.

use les_provider::Operation;
use les_provider::memory::Fault;

use super::kit::{Said, run, trying};
use crate::support::{Cloud, Dir, TOKEN, les};

#[test]
fn it_shows_every_exchange_and_no_secret_and_changes_nothing() {
    let cloud = Cloud::start("");
    cloud.move_by_hand(3);
    let said = Said::of(&mut trying(&cloud, "digitalocean", &[]));
    assert_eq!(said.code, Some(0), "{said:?}");
    said.tells(&[
        "credentials    from DIGITALOCEAN_TOKEN",
        &format!("> GET {}/node/2/metadata/v1/id\n< 200\n< 2\n", cloud.base()),
        "this machine   2",
        &format!(
            "> GET {}/v2/reserved_ips/203.0.113.7\n> authorization: [secret]\n< 200\n",
            cloud.base()
        ),
        "\"name\": \"node-3\"",
        "203.0.113.7    held by 3\n",
    ]);
    said.keeps_secrets();
    assert_eq!(cloud.history(), [Some(3)]);
    assert_eq!(cloud.asked(Some(Operation::Assign)), 0);
}

#[test]
fn a_configuration_says_what_no_flag_says() {
    let cloud = Cloud::start("");
    let dir = Dir::new();
    let provider = format!(
        "[provider]\nbase_url = {:?}\ntarget = \"4\"\n",
        cloud.base()
    );
    let config = dir.file(
        "les.toml",
        &format!("{provider}[[address]]\nid = \"203.0.113.7\"\n"),
    );
    let mut command = les();
    command.args(["preset", "try", "digitalocean", "--config", &config]);
    let said = Said::of(command.env("DIGITALOCEAN_TOKEN", TOKEN));
    assert_eq!(said.code, Some(0), "{said:?}");
    said.tells(&["this machine   4", "203.0.113.7    held by nobody"]);
    let two =
        format!("{provider}[[address]]\nid = \"203.0.113.7\"\n[[address]]\nid = \"203.0.113.8\"\n");
    dir.file("les.toml", &two);
    let said = Said::of(&mut command);
    assert_eq!(said.code, Some(64), "{said:?}");
    assert!(
        said.stderr
            .contains("configured are 203.0.113.7, 203.0.113.8"),
        "{said:?}"
    );
}

#[test]
fn what_the_cloud_refuses_is_told_with_the_presets_advice() {
    let cloud = Cloud::start("");
    let mut command = trying(&cloud, "digitalocean", &["--assign"]);
    let said = Said::of(command.env("DIGITALOCEAN_TOKEN", "dop_v1_wrong-and-secret"));
    assert_eq!(said.code, Some(1), "{said:?}");
    said.tells(&[
        "< 401\n",
        "denied: observe: HTTP 401",
        "the token is refused",
        "DIGITALOCEAN_TOKEN",
    ]);
    assert!(!said.stdout.contains("wrong-and-secret"), "{said:?}");
    cloud.fault(
        Operation::Observe,
        Some(Fault::Throttled { retry_after: None }),
    );
    let said = Said::of(&mut trying(&cloud, "digitalocean", &["--assign"]));
    assert_eq!(said.code, Some(1), "{said:?}");
    said.tells(&["this machine   2", "< 429\n", "throttled: observe"]);
    assert_eq!(cloud.asked(Some(Operation::Assign)), 0);
}

#[test]
fn wrong_input_is_named_before_anything_is_sent() {
    let cloud = Cloud::start("");
    let cases: [(&[&str], &[&str]); 9] = [
        (
            &["--address", "example.com"],
            &["--address", "example.com", "IP address"],
        ),
        (
            &["--target", "web-1"],
            &["provider.target", "web-1", "flag --target", "number"],
        ),
        (
            &["--base-url", "http://example.com"],
            &["provider.base_url", "flag --base-url", "https://"],
        ),
        (
            &["--metadata-base", "ftp://x"],
            &["provider.metadata_base", "flag --metadata-base"],
        ),
        (
            &["--option", "zone=a"],
            &[
                "provider.options.zone",
                "[not shown]",
                "flag --option",
                "it has: none",
            ],
        ),
        (&["--option", "zone"], &["--option", "NAME=VALUE"]),
        (
            &["--ca-file", "/nonexistent/ca.pem"],
            &["provider.ca_file", "/nonexistent/ca.pem", "flag --ca-file"],
        ),
        (
            &["--config", "/nonexistent/les.toml"],
            &["/nonexistent/les.toml"],
        ),
        (&["--keep"], &["--assign"]),
    ];
    for (args, parts) in cases {
        let mut command = trying(&cloud, "digitalocean", &[]);
        // Of flags that may stand once the last one would be refused by the command line: the case's own replaces the helper's.
        let flags = command
            .get_args()
            .map(|arg| arg.to_str().unwrap().to_owned());
        let mut flags: Vec<String> = flags.collect();
        if let Some(at) = flags.iter().position(|flag| flag == args[0]) {
            flags.drain(at..at + 2);
        }
        command = les();
        command
            .args(flags)
            .args(args)
            .env("DIGITALOCEAN_TOKEN", TOKEN);
        let said = Said::of(&mut command);
        assert_eq!(said.code, Some(64), "{args:?}: {said:?}");
        for part in parts {
            assert!(
                said.stderr.contains(part),
                "{part:?} is missing in {said:?}"
            );
        }
    }
    let nowhere = run(&["try", "digitalocean"]);
    assert_eq!(nowhere.code, Some(64), "{nowhere:?}");
    assert!(nowhere.stderr.contains("--address"), "{nowhere:?}");
    assert_eq!(cloud.asked(None), 0);
}

/// An environment, and what is told of it.
type Case<'a> = (&'a [(&'a str, &'a str)], &'a [&'a str]);

#[test]
fn credentials_that_are_missing_or_doubtful_are_named() {
    let cloud = Cloud::start("");
    let dir = Dir::new();
    let file = dir.file("token", TOKEN);
    let gone = format!("{file}.gone");
    let cases: [Case<'_>; 4] = [
        (&[], &["DIGITALOCEAN_TOKEN", "_FILE", "set"]),
        (
            &[
                ("DIGITALOCEAN_TOKEN", TOKEN),
                ("DIGITALOCEAN_TOKEN_FILE", &file),
            ],
            &["both", "leave one"],
        ),
        (
            &[("DIGITALOCEAN_TOKEN_FILE", &gone)],
            &[&gone, "cannot be read"],
        ),
        (
            &[("DIGITALOCEAN_TOKEN", "two words")],
            &["DIGITALOCEAN_TOKEN", "one line"],
        ),
    ];
    for (variables, parts) in cases {
        let mut command = trying(&cloud, "digitalocean", &[]);
        command
            .env_remove("DIGITALOCEAN_TOKEN")
            .envs(variables.iter().copied());
        let said = Said::of(&mut command);
        assert_eq!(said.code, Some(64), "{variables:?}: {said:?}");
        for part in parts {
            assert!(
                said.stderr.contains(part),
                "{part:?} is missing in {said:?}"
            );
        }
        said.keeps_secrets();
        assert!(!said.stderr.contains("two words"), "{said:?}");
    }
    let mut command = trying(&cloud, "digitalocean", &[]);
    command
        .env_remove("DIGITALOCEAN_TOKEN")
        .env("CREDENTIALS_DIRECTORY", &dir.0);
    std::fs::rename(&file, dir.0.join("DIGITALOCEAN_TOKEN")).unwrap();
    let said = Said::of(&mut command);
    assert_eq!(said.code, Some(0), "{said:?}");
    said.keeps_secrets();
}
