//! The layers, the rules, and the shipped sample.

use std::io::Write as _;
use std::path::PathBuf;
use std::time::Duration;

use super::*;

mod admin;
mod quorum;
mod reference;
mod timings;

fn load(settings: &[(&str, &str)]) -> Result<Config, ConfigError> {
    let settings: Vec<_> = settings
        .iter()
        .map(|(k, v)| Setting::from_flag("--test", k, (*v).to_owned()))
        .collect();
    Config::load(None, &settings).map(|(config, _)| config)
}

fn load_file(text: &str) -> Result<Config, ConfigError> {
    let file = TempFile::new(text);
    Config::load(Some(&file.0), &[]).map(|(config, _)| config)
}

struct TempFile(PathBuf);

impl TempFile {
    fn new(text: &str) -> Self {
        let path = std::env::temp_dir().join(format!("les-config-{:016x}.toml", fastrand::u64(..)));
        std::fs::File::create_new(&path)
            .unwrap()
            .write_all(text.as_bytes())
            .unwrap();
        Self(path)
    }
}

impl Drop for TempFile {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}

#[test]
fn the_shipped_sample_equals_the_defaults() {
    let sample = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("deploy/les.toml");
    let (from_sample, _) = Config::load(Some(&sample), &[]).unwrap();
    assert_eq!(from_sample, load(&[]).unwrap());
    let text = std::fs::read_to_string(sample).unwrap();
    for key in [
        "bind_port = ",
        "discovery = ",
        "discovery_interval = ",
        "core_dumps = ",
        "admin_socket = ",
        "admin_token_file = ",
        "profile = ",
        "beat = \"100ms\"",
        "silence_after = \"800ms\"",
        "watch = ",
        "polled_silence_after = ",
        "poll_interval = ",
        "max_members = ",
        "mode = ",
        "voters = ",
        "on_lone_silence = ",
        "preference = ",
        "preference_hold = ",
        "role = ",
        "probe = ",
        "alone_after = ",
        "target = ",
        "ca_file = ",
        "[provider.options]",
    ] {
        assert!(text.contains(key), "the sample shows every default: {key}");
    }
}

#[test]
fn the_defaults_are_the_references() {
    let config = load(&[]).unwrap();
    assert_eq!(config.node.bind_interface.to_string(), "0.0.0.0");
    assert_eq!(config.node.bind_port, 4000);
    assert_eq!(config.node.loop_rate, Duration::from_secs(5));
    assert_eq!(config.election, ElectionConfig::default());
}

#[test]
fn later_layers_win_and_are_named() {
    let file = TempFile::new("[node]\nbind_port = 1\nloop_rate = 7\nseeds = [\"a:1\", \"b:2\"]\n");
    let env = Setting::from_env("LES_NODE__BIND_PORT", "2").unwrap();
    let flag = Setting::from_flag("--bind-port", "node.bind_port", "3".into());
    let port = |settings: &[Setting]| {
        Config::load(Some(&file.0), settings)
            .map(|(c, o)| (c.node.bind_port, o.of("node.bind_port")))
            .unwrap()
    };
    assert_eq!(port(&[]), (1, Origin::File(file.0.clone())));
    assert_eq!(
        port(std::slice::from_ref(&env)),
        (2, Origin::Env("LES_NODE__BIND_PORT".into()))
    );
    assert_eq!(port(&[env, flag]), (3, Origin::Flag("--bind-port".into())));
    let (config, origins) = Config::load(Some(&file.0), &[]).unwrap();
    assert_eq!(config.node.loop_rate, Duration::from_secs(7));
    assert_eq!(origins.of("node.bind_interface"), Origin::Default);
}

#[test]
fn environment_lists_have_commas_and_other_variables_are_not_ours() {
    let seeds = Setting::from_env("LES_NODE__SEEDS", " a:1, b:2 ,,").unwrap();
    let (config, _) = Config::load(None, &[seeds]).unwrap();
    assert_eq!(
        config.election.seeds,
        ["a:1".parse().unwrap(), "b:2".parse().unwrap()]
    );
    for foreign in [
        "LES_LOG",
        "LES_LOG_FORMAT",
        "LES_PORT_4000_TCP",
        "LES_SERVICE_HOST",
        "PATH",
    ] {
        assert_eq!(Setting::from_env(foreign, "x"), None, "{foreign}");
    }
    let target = Setting::from_env("LES_PROVIDER__TARGET", "007").unwrap();
    assert_eq!(
        Config::load(None, &[target])
            .unwrap()
            .0
            .provider
            .target
            .as_deref(),
        Some("007")
    );
}

#[test]
fn numbers_and_texts_are_both_durations() {
    for (written, ms) in [("5", 5000), ("1.5", 1500), ("1500ms", 1500), ("1m", 60_000)] {
        assert_eq!(
            load(&[("node.loop_rate", written)]).unwrap().node.loop_rate,
            Duration::from_millis(ms),
            "{written}"
        );
    }
    assert_eq!(
        load_file("[node]\nloop_rate = 2.5").unwrap().node.loop_rate,
        Duration::from_millis(2500)
    );
    assert_eq!(
        load(&[("election.alone_after", "never")])
            .unwrap()
            .election
            .alone_after,
        None
    );
    assert_eq!(
        load(&[("election.alone_after", "20s")])
            .unwrap()
            .election
            .alone_after,
        Some(Duration::from_secs(20))
    );
}

#[test]
fn every_rule_names_key_value_and_origin() {
    let cases: [(&str, &str, &str); 36] = [
        ("node.bind_interface", "eth0", "IP address"),
        ("node.bind_port", "65536", "port from 0 to 65535"),
        ("node.advertise_addr", "10.0.0.1", "port is missing"),
        ("node.advertise_addr", "0.0.0.0:4000", "unspecified"),
        ("node.advertise_addr", "224.0.0.1:4000", "multicast"),
        ("node.advertise_addr", "169.254.0.1:4000", "link-local"),
        ("node.seeds", "http://a:1", "port is missing"),
        ("node.discovery", "les.test", "dns:NAME"),
        ("node.discovery", "mdns:les.test", "dns:NAME"),
        ("node.discovery", "dns:", "not a DNS name"),
        ("node.discovery", "dns:10.0.0.1", "not a DNS name"),
        ("node.discovery", "dns:les test", "not a DNS name"),
        ("node.discovery", "dns:les.test:0", "port"),
        (
            "node.discovery",
            "dns:_les._tcp.test:4000",
            "bring their ports",
        ),
        ("node.discovery", "tag:les", "provider.kind is \"none\""),
        ("node.discovery", "label:", "dns:NAME"),
        ("node.discovery_interval", "1s", "from 10s to 1h"),
        ("node.discovery_interval", "2h", "from 10s to 1h"),
        ("node.loop_rate", "fast", "duration"),
        ("node.loop_rate", "0", "from 1s to 1h"),
        ("node.loop_rate", "-5", "duration"),
        ("node.loop_rate", "NaN", "duration"),
        ("node.state_dir", "", "empty"),
        ("election.missed_polls", "0", "from 1 to 100"),
        ("election.missed_polls", "3.5", "whole number"),
        ("election.profile", "quick", "default, fast, wan"),
        ("election.watch", "yes", "true, false"),
        ("node.core_dumps", "1", "true, false"),
        ("election.beat", "9ms", "from 10ms to 10s"),
        ("election.silence_after", "99ms", "from 100ms to 10m"),
        ("election.polled_silence_after", "11m", "from 100ms to 10m"),
        ("election.max_members", "100000", "from 1 to 1024"),
        ("provider.base_url", "ftp://x", "https://"),
        ("provider.kind", "", "empty"),
        ("provider.ca_file", "", "empty"),
        ("provider.options.zone", " ", "empty"),
    ];
    for (key, value, rule) in cases {
        let message = load(&[(key, value)]).unwrap_err().to_string();
        for part in [key, value, rule, "flag --test"] {
            assert!(
                message.contains(part),
                "{key}={value}: {message:?} lacks {part:?}"
            );
        }
    }
}

#[test]
fn addresses_obey_their_rules() {
    let provider = "[provider]\nkind = \"digitalocean\"\n";
    let config = load_file(&format!("{provider}[[address]]\nid = \"203.0.113.7\"\n[[address]]\nid = \"203.0.113.8\"\non_stranger = \"report\"")).unwrap();
    assert_eq!(
        config.addresses[0],
        AddressConfig {
            id: "203.0.113.7".into(),
            on_stranger: OnStranger::Repair,
            probe: None,
        }
    );
    assert_eq!(config.addresses[1].on_stranger, OnStranger::Report);
    assert!(config.election.needs_target);
    for (text, rule) in [
        (
            format!("{provider}[[address]]\nid = \"a\"\n[[address]]\nid = \"a\""),
            "each address once",
        ),
        (
            format!("{provider}[[address]]\nid = \"a\"\non_stranger = \"steal\""),
            "repair, always, report",
        ),
        (format!("{provider}[[address]]\n"), "empty"),
        (
            "[[address]]\nid = \"a\"".to_owned(),
            "provider.kind is \"none\"",
        ),
    ] {
        let message = load_file(&text).unwrap_err().to_string();
        assert!(
            message.contains(rule) && message.contains("les-config-"),
            "{message}"
        );
    }
}

#[test]
fn unknown_keys_and_wrong_shapes_are_refused() {
    for (text, key) in [
        ("[node]\nbind_prot = 1", "node.bind_prot"),
        ("[nodes]", "nodes"),
        ("[[address]]\nip = \"a\"", "ip"),
        ("[node]\nbind_port = [1]", "node.bind_port"),
        ("[node]\nseeds = { a = 1 }", "node.seeds"),
        ("node = 3", "node"),
        ("[provider]\noptions = 3", "provider.options"),
        ("[provider.options]\nzone = [1]", "provider.options.zone"),
        ("[node\n", "the file"),
    ] {
        let message = load_file(text).unwrap_err().to_string();
        assert!(
            message.contains(key) && message.contains("les-config-"),
            "{text:?}: {message}"
        );
    }
    let message = load(&[("node.bind_prot", "1")]).unwrap_err().to_string();
    assert!(
        message.contains("node.bind_prot")
            && message.contains("--test")
            && message.contains("bind_port"),
        "{message}"
    );
    let missing = Config::load(Some(Path::new("/nonexistent/les.toml")), &[]).unwrap_err();
    assert!(missing.to_string().contains("/nonexistent/les.toml"));
}

#[test]
fn provider_kinds() {
    let kind = |v| load(&[("provider.kind", v)]).unwrap().provider.kind;
    assert_eq!(kind("none"), ProviderKind::None);
    assert_eq!(
        kind("digitalocean"),
        ProviderKind::Preset("digitalocean".into())
    );
    assert_eq!(kind("./x"), ProviderKind::File("./x".into()));
    assert_eq!(kind("x.toml"), ProviderKind::File("x.toml".into()));
}

#[test]
fn a_url_that_is_none_is_told_without_what_may_be_a_secret() {
    for (value, told) in [
        ("user:p@s?s@host/v2", "\"[secret]@host/v2\""),
        ("ftp://host/v2?key=hidden", "\"ftp://host/v2?[secret]\""),
    ] {
        for key in ["provider.base_url", "provider.metadata_base"] {
            let message = load(&[(key, value)]).unwrap_err().to_string();
            assert!(message.contains(&format!("{key} = {told}")), "{message}");
        }
    }
}

#[test]
fn a_presets_options_are_texts_from_every_layer() {
    let file =
        TempFile::new("[provider.options]\nzone = \"fr-par-1\"\nproject = 7\nregion = \"a\"\n");
    let env = Setting::from_env("LES_PROVIDER__OPTIONS__AUTH_URL", "https://k:5000/v3").unwrap();
    let flag = Setting::from_flag("--option", "provider.options.region", "b".into());
    let (config, origins) = Config::load(Some(&file.0), &[env, flag]).unwrap();
    let expected = [
        ("auth_url", "https://k:5000/v3"),
        ("project", "7"),
        ("region", "b"),
        ("zone", "fr-par-1"),
    ];
    let expected = expected.map(|(name, value)| (name.to_owned(), value.to_owned()));
    assert_eq!(config.provider.options, expected.into());
    let origin = origins.of("provider.options.auth_url");
    assert_eq!(
        origin,
        Origin::Env("LES_PROVIDER__OPTIONS__AUTH_URL".into())
    );
    let ca = load(&[("provider.ca_file", "/etc/les/ca.pem")]).unwrap();
    assert_eq!(ca.provider.ca_file, Some("/etc/les/ca.pem".into()));
}

#[test]
fn sources_of_seeds() {
    let text = "dns:les.test, dns:les.test:4100,dns:_les._tcp.test, dns:les.test,,";
    let config = load(&[("node.discovery", text)]).unwrap();
    let written: Vec<_> = config
        .node
        .discovery
        .iter()
        .map(|s| s.to_string())
        .collect();
    let expected = ["dns:les.test", "dns:les.test:4100", "dns:_les._tcp.test"];
    assert_eq!(written, expected);
    assert!(config.election.discovers && !load(&[]).unwrap().election.discovers);
    let file =
        "[node]\ndiscovery = [\"label:env=prod,role=lb\", \"tag:les\"]\n[provider]\nkind = \"x\"";
    let config = load_file(file).unwrap();
    let label = |word, selector: &str| DiscoverySource::Label {
        word,
        selector: selector.into(),
    };
    let expected = [label("label", "env=prod,role=lb"), label("tag", "les")];
    assert_eq!(config.node.discovery, expected);
    let text = [
        ("node.discovery", "aws:tag:role=lb"),
        ("provider.kind", "aws"),
    ];
    let config = load(&text).unwrap();
    assert_eq!(config.node.discovery, [label("aws:tag", "role=lb")]);
    assert_eq!(config.node.discovery[0].only_of(), Some("aws"));
    for bad in ["aws:role=lb", "aws:tag:", "aws:label:x=y"] {
        assert!(
            load(&[("node.discovery", bad), ("provider.kind", "aws")]).is_err(),
            "{bad}"
        );
    }
    let many: Vec<_> = (0..9).map(|i| format!("dns:n{i}")).collect();
    let message = load(&[("node.discovery", &many.join(","))]).unwrap_err();
    assert!(message.to_string().contains("at most 8"), "{message}");
}
