//! What `les preset try` is told, as a configuration.

use std::path::PathBuf;

use clap::Args;
use les::config::{Config, ConfigError, Origin, Origins, Rule, Setting};
use les_provider::AddressId;
use les_provider_rest::Preset;

use crate::cli::settings;

/// A preset, and what a node's configuration would add to it. Flags win over the environment (LES_...), and that over the file.
#[derive(Clone, Debug, Args)]
pub(in crate::cli) struct TryArgs {
    /// The name of a built-in preset, or a file (with a `/` in it, or ending in `.toml`)
    pub(super) preset: String,
    /// The address to look at [default: that of the configuration]
    #[arg(long, value_name = "ADDRESS")]
    pub(super) address: Option<String>,
    /// This machine's id at the cloud [default: the cloud's metadata service is asked]
    #[arg(long, value_name = "ID")]
    pub(super) target: Option<String>,
    /// Where the API is, instead of at the preset's place
    #[arg(long, value_name = "URL")]
    pub(super) base_url: Option<String>,
    /// Where the metadata service is, instead of at the preset's place
    #[arg(long, value_name = "URL")]
    pub(super) metadata_base: Option<String>,
    /// One of the preset's options; may be given several times
    #[arg(long = "option", value_name = "NAME=VALUE")]
    pub(super) options: Vec<String>,
    /// Certificates (PEM) that are trusted besides the system's
    #[arg(long, value_name = "FILE")]
    pub(super) ca_file: Option<String>,
    /// A configuration file, for everything that is not given by a flag
    #[arg(long, value_name = "FILE")]
    pub(super) config: Option<PathBuf>,
    /// Move the address to this machine, and back to whoever holds it now
    #[arg(long)]
    pub(super) assign: bool,
    /// With --assign: leave the address at this machine
    #[arg(long, requires = "assign")]
    pub(super) keep: bool,
}

impl TryArgs {
    /// The configuration of all layers.
    pub(super) fn load(&self) -> Result<(Config, Origins), ConfigError> {
        let mut settings = settings::environment();
        let flags = [
            ("--target", "provider.target", &self.target),
            ("--base-url", "provider.base_url", &self.base_url),
            (
                "--metadata-base",
                "provider.metadata_base",
                &self.metadata_base,
            ),
            ("--ca-file", "provider.ca_file", &self.ca_file),
            ("PRESET", "provider.kind", &Some(self.preset.clone())),
        ];
        for (flag, key, value) in flags {
            let setting = |value: &String| Setting::from_flag(flag, key, value.clone());
            settings.extend(value.as_ref().map(setting));
        }
        for option in &self.options {
            settings.push(option_setting(option)?);
        }
        Config::load(self.config.as_deref(), &settings)
    }

    /// Which address is meant, and whether it can be one.
    pub(super) fn address(&self, config: &Config, preset: &Preset) -> Result<AddressId, String> {
        let configured: Vec<&str> = config.addresses.iter().map(|a| &*a.id).collect();
        let address = match (&self.address, configured.as_slice()) {
            (Some(address), _) => address.trim().to_owned(),
            (None, [one]) => (*one).to_owned(),
            (None, []) => return Err("which address? Say --address ADDRESS".to_owned()),
            (None, several) => {
                let several = several.join(", ");
                return Err(format!(
                    "which address? Say --address; configured are {several}"
                ));
            }
        };
        let address = AddressId(address);
        preset.check_address(&address).map_err(|rule| {
            format!(
                "--address {:?}: {rule}, as {} names its addresses",
                address.0,
                preset.name()
            )
        })?;
        Ok(address)
    }

    /// The command line that gives the address to `target` and leaves it there.
    pub(super) fn command_to(&self, address: &AddressId, target: &str) -> String {
        let mut words = ["les", "preset", "try"].map(str::to_owned).to_vec();
        words.push(quoted(&self.preset));
        let config = self.config.as_ref().map(|path| path.display().to_string());
        for (flag, value) in [
            ("--address", Some(&address.0)),
            ("--target", Some(&target.to_owned())),
            ("--base-url", self.base_url.as_ref()),
            ("--metadata-base", self.metadata_base.as_ref()),
            ("--ca-file", self.ca_file.as_ref()),
            ("--config", config.as_ref()),
        ] {
            let pair = value.map(|value| [flag.to_owned(), quoted(value)]);
            words.extend(pair.into_iter().flatten());
        }
        let options = self
            .options
            .iter()
            .map(|o| ["--option".to_owned(), quoted(o)]);
        words.extend(options.flatten());
        words.extend(["--assign", "--keep"].map(str::to_owned));
        words.join(" ")
    }
}

fn option_setting(written: &str) -> Result<Setting, ConfigError> {
    match written.split_once('=') {
        Some((name, value)) if !name.is_empty() && !name.contains('.') => {
            let key = format!("provider.options.{name}");
            Ok(Setting::from_flag("--option", &key, value.to_owned()))
        }
        Some(_) | None => {
            let rule = Rule::Provider("expected NAME=VALUE".to_owned());
            let origin = Origin::Flag("--option".to_owned());
            let value = format!("{written:?}");
            Err(ConfigError::invalid(
                "provider.options",
                value,
                origin,
                rule,
            ))
        }
    }
}

/// Fit for a shell.
fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./:=@%+,".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', "'\\''"))
    }
}
