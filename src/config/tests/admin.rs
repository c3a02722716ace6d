//! `node.admin_*`.

use std::path::PathBuf;

use crate::admin::MAX_SOCKET_PATH;
use crate::config::{AdminSocketPath, Config, Origin, Setting, TokenSource};

fn env(name: &str, value: &str) -> Setting {
    Setting::from_env(name, value).unwrap()
}

fn socket(settings: &[Setting]) -> Option<AdminSocketPath> {
    Config::load(None, settings).unwrap().0.node.admin.socket
}

fn problem(settings: &[Setting]) -> String {
    Config::load(None, settings).unwrap_err().to_string()
}

#[test]
fn the_socket_is_in_state_dir_or_where_it_is_written_or_nowhere() {
    let dir = env("LES_NODE__STATE_DIR", "/var/lib/les");
    let at = |path: &str, is_default| {
        Some(AdminSocketPath {
            path: PathBuf::from(path),
            is_default,
        })
    };
    assert_eq!(socket(&[]), None);
    assert_eq!(
        socket(std::slice::from_ref(&dir)),
        at("/var/lib/les/admin.sock", true)
    );
    let none = env("LES_NODE__ADMIN_SOCKET", "none");
    assert_eq!(socket(&[dir.clone(), none]), None);
    let other = env("LES_NODE__ADMIN_SOCKET", "/run/les/a.sock");
    assert_eq!(socket(&[dir, other]), at("/run/les/a.sock", false));
}

#[test]
fn a_socket_that_cannot_be_is_refused_with_the_reason() {
    let long = format!("/{}", "x".repeat(MAX_SOCKET_PATH));
    for (written, reason) in [("admin.sock", "absolute"), ("", "empty"), (&*long, "107")] {
        let problem = problem(&[env("LES_NODE__ADMIN_SOCKET", written)]);
        assert!(
            problem.contains(reason) && problem.contains("node.admin_socket"),
            "{problem}"
        );
    }
    assert!(socket(&[env("LES_NODE__ADMIN_SOCKET", &long[..MAX_SOCKET_PATH])]).is_some());
}

#[test]
fn the_token_comes_from_the_environment_or_a_file_and_is_never_shown() {
    const TOKEN: &str = "0123456789abcdef-secret";
    let given = env("LES_NODE__ADMIN_TOKEN", TOKEN);
    let file = env("LES_NODE__ADMIN_TOKEN_FILE", "/etc/les/token");
    let token = |settings: &[Setting]| Config::load(None, settings).unwrap().0.node.admin.token;
    assert_eq!(token(&[]), None);
    assert_eq!(
        token(&[env("LES_NODE__ADMIN_TOKEN", " ")]),
        None,
        "empty is none"
    );
    assert!(
        matches!(token(std::slice::from_ref(&given)), Some(TokenSource::Given(secret)) if secret.expose() == TOKEN)
    );
    assert_eq!(
        token(std::slice::from_ref(&file)),
        Some(TokenSource::File("/etc/les/token".into()))
    );
    let written = Setting {
        origin: Origin::Flag("--test".into()),
        ..given.clone()
    };
    for settings in [&[given.clone(), file][..], &[written][..]] {
        let problem = problem(settings);
        assert!(
            problem.contains("node.admin_token") && !problem.contains(TOKEN),
            "{problem}"
        );
    }
    let debug = format!("{:?}", Config::load(None, &[given]).unwrap().0);
    assert!(!debug.contains(TOKEN), "{debug}");
}
