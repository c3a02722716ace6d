//! The flags that `les run`, `les check` and what reads a node share: the reference's, and the configuration file.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::Args;
use les::config::{Config, ConfigError, Origin, Origins, Setting};

/// The flags that are keys of the configuration.
pub(super) const FLAGS: [(&str, &str); 5] = [
    ("--bind-interface", "node.bind_interface"),
    ("--bind-port", "node.bind_port"),
    ("--advertise-addr", "node.advertise_addr"),
    ("--seeds", "node.seeds"),
    ("--loop-rate", "node.loop_rate"),
];

/// Where the configuration comes from. Flags win over the environment, and that over the file.
#[derive(Debug, Args)]
pub(super) struct SettingsArgs {
    /// A configuration file (TOML; see deploy/les.toml)
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// The IP address to listen on [default: 0.0.0.0]
    #[arg(long, value_name = "IP")]
    bind_interface: Option<String>,
    /// The port to listen on, 0 for any [default: 4000]
    #[arg(long, value_name = "PORT")]
    bind_port: Option<String>,
    /// The address that peers are told [default: auto]
    #[arg(long, value_name = "HOST:PORT")]
    advertise_addr: Option<String>,
    /// Addresses that are always tried
    #[arg(long, value_name = "A,B,C")]
    seeds: Option<String>,
    /// How often an address at rest is read, in seconds [default: 5]
    #[arg(long, value_name = "SECONDS")]
    loop_rate: Option<String>,
}

impl SettingsArgs {
    /// The configuration of all layers.
    pub(super) fn load(&self) -> Result<(Config, Origins), ConfigError> {
        Config::load(self.config.as_deref(), &self.settings())
    }

    /// Where the node of this configuration listens, whatever else is written.
    pub(super) fn listens(&self) -> Result<SocketAddr, ConfigError> {
        Config::listens(self.config.as_deref(), &self.settings())
    }

    /// What the unit, the environment and the flags say.
    fn settings(&self) -> Vec<Setting> {
        let values = [
            &self.bind_interface,
            &self.bind_port,
            &self.advertise_addr,
            &self.seeds,
            &self.loop_rate,
        ];
        let written = FLAGS.into_iter().zip(values);
        let flags = written
            .filter_map(|((flag, key), value)| Some(Setting::from_flag(flag, key, value.clone()?)));
        environment().into_iter().chain(flags).collect()
    }
}

/// The settings that the environment makes.
pub(super) fn environment() -> Vec<Setting> {
    let variables = std::env::vars_os()
        .filter_map(|(name, value)| Setting::from_env(name.to_str()?, &value.to_string_lossy()));
    of_unit()
        .chain(admin_token_of_systemd())
        .chain(variables)
        .collect()
}

/// The directories that a systemd unit prepares (systemd.exec(5)): a node under one keeps its state and has an admin socket without being told.
fn of_unit() -> impl Iterator<Item = Setting> {
    [
        ("STATE_DIRECTORY", "node.state_dir", ""),
        ("RUNTIME_DIRECTORY", "node.admin_socket", "admin.sock"),
    ]
    .into_iter()
    .filter_map(|(variable, key, file)| {
        let directories = std::env::var(variable).ok()?;
        Setting::from_unit(variable, key, &directories, file)
    })
}

/// The admin token as a systemd credential (`LoadCredential=LES_NODE__ADMIN_TOKEN:PATH`), where the providers' credentials are found too.
/// An environment variable wins over it.
fn admin_token_of_systemd() -> Option<Setting> {
    const VARIABLE: &str = "LES_NODE__ADMIN_TOKEN";
    let is_given = |name: String| std::env::var_os(name).is_some();
    if is_given(VARIABLE.into()) || is_given(format!("{VARIABLE}_FILE")) {
        return None;
    }
    let path = PathBuf::from(std::env::var_os("CREDENTIALS_DIRECTORY")?).join(VARIABLE);
    path.exists().then(|| Setting {
        origin: Origin::Env("CREDENTIALS_DIRECTORY".into()),
        key: "node.admin_token_file".into(),
        value: path.display().to_string(),
    })
}
