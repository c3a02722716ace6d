//! Where the node is to be found: by the configuration that it runs with, or as the command line says.

use std::path::PathBuf;

use clap::Args;
use hyper::Uri;
use les::admin::Token;
use les::config::{Config, TokenSource};
use les::words::chain;

use crate::cli::settings::environment;

/// Where the systemd unit has it (`RuntimeDirectory=les`).
const SOCKET_OF_UNIT: &str = "/run/les/admin.sock";

/// Where the node is to be found.
#[derive(Debug, Args)]
pub(crate) struct WayArgs {
    /// The node's configuration file: it says where the admin socket is, as the environment does
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// The node's admin socket [default: as configured, else the systemd unit's]
    #[arg(long, value_name = "PATH", conflicts_with = "url")]
    socket: Option<PathBuf>,
    /// The node's HTTP port, with the token of LES_NODE__ADMIN_TOKEN or of the configuration
    #[arg(long, value_name = "http://HOST:PORT")]
    url: Option<Uri>,
    /// Print the node's answer as JSON
    #[arg(long)]
    pub(crate) json: bool,
}

/// A way to the node.
#[derive(Debug)]
pub(crate) enum Way {
    /// Its admin socket.
    Socket(PathBuf),
    /// Its HTTP port.
    Http { host: String, token: Token },
}

impl WayArgs {
    /// The way, or what is wrong with the command line or the configuration.
    pub(super) fn find(&self) -> Result<Way, String> {
        if let Some(path) = &self.socket {
            return Ok(Way::Socket(path.clone()));
        }
        let (config, _) =
            Config::load(self.config.as_deref(), &environment()).map_err(|error| chain(&error))?;
        let admin = config.node.admin;
        if let Some(url) = &self.url {
            return Ok(Way::Http {
                host: host_of(url)?,
                token: token(admin.token)?,
            });
        }
        let of_unit = || Some(PathBuf::from(SOCKET_OF_UNIT)).filter(|path| path.exists());
        admin.socket.map(|socket| socket.path).or_else(of_unit).map(Way::Socket).ok_or_else(|| {
            format!(
                "no admin socket is configured here (neither node.state_dir nor node.admin_socket is set), and there is none at {SOCKET_OF_UNIT}: \
                 name the node's configuration with --config, its socket with --socket, or its HTTP port with --url"
            )
        })
    }
}

/// Of a plain `http://HOST:PORT`. What is said there, a token too, goes over the connection as it is: whoever wants it hidden uses a tunnel.
pub(crate) fn host_of(url: &Uri) -> Result<String, String> {
    let plain = url.scheme_str() == Some("http") && url.path() == "/" && url.query().is_none();
    let authority = url
        .authority()
        .filter(|a| plain && !a.as_str().contains('@'));
    match authority {
        Some(authority) if authority.port().is_some() => Ok(authority.to_string()),
        _ => Err("--url must be http://HOST:PORT and nothing more".to_owned()),
    }
}

fn token(source: Option<TokenSource>) -> Result<Token, String> {
    let token = match source {
        None => {
            return Err("--url needs the node's token: set LES_NODE__ADMIN_TOKEN, or LES_NODE__ADMIN_TOKEN_FILE to a file with it".to_owned());
        }
        Some(TokenSource::Given(secret)) => Token::new(secret.expose()),
        Some(TokenSource::File(path)) => Token::read(&path),
    };
    token.map_err(|error| chain(&error))
}
