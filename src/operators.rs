//! The parts of a node that obey people: the admin socket and routes, the desk behind them, and what happens at a signal.

use std::path::Path;
use std::sync::Arc;

use axum::{Router, middleware};
use les_core::{Election, Input};
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use crate::admin::{
    self, AdminSocket, AdminState, ByHand, Desk, DeskWiring, DrainMark, PauseKeeper, PauseMark,
    PauseState, SocketError, Token,
};
use crate::app::BuildError;
use crate::clock::Clock;
use crate::config::{Config, ConfigError, Origins, Rule, TokenSource};
use crate::handover::Departure;
use crate::optional_parts::Supplies;
use crate::telemetry::LogControl;

/// Orders that wait for the desk; it answers each within about 2 s.
const ORDERS: usize = 4;

/// The parts.
#[derive(Debug)]
pub(crate) struct Operators {
    desk: Desk,
    departure: Departure,
    pause_keeper: PauseKeeper,
    state: AdminState,
    socket: Option<AdminSocket>,
    token: Option<Token>,
    stop: CancellationToken,
}

impl Supplies {
    /// The parts, with the socket bound. `leave` is the wish to leave, `goodbye` tells the node to say so.
    pub(crate) fn operators(
        &self,
        config: &Config,
        origins: &Origins,
        leave: &CancellationToken,
        goodbye: &CancellationToken,
        logs: LogControl,
        by_hand: Option<ByHand>,
    ) -> Result<Operators, BuildError> {
        let Self {
            clock,
            view,
            inputs,
            events,
            stop,
            ..
        } = self;
        let addresses: Vec<String> = config.addresses.iter().map(|a| a.id.clone()).collect();
        let mark = DrainMark::new(config.node.state_dir.as_deref());
        let kept = mark.is_kept();
        let (order_sender, orders) = mpsc::channel(ORDERS);
        let wiring = DeskWiring {
            clock: *clock,
            view: view.clone(),
            inputs: inputs.clone(),
            events: events.clone(),
            addresses: addresses.clone(),
            mark,
            stop: stop.clone(),
        };
        let (desk, handover) = Desk::new(wiring, orders);
        let mark = PauseMark::new(config.node.state_dir.as_deref());
        // What an earlier life kept is in the first view.
        let before = view.borrow().pause.clone();
        let (pause_keeper, pause_kept) = PauseKeeper::new(view.clone(), mark, before, stop.clone());
        Ok(Operators {
            desk,
            departure: Departure {
                clock: *clock,
                view: view.clone(),
                inputs: inputs.clone(),
                events: events.clone(),
                addresses,
                leave: leave.clone(),
                goodbye: goodbye.clone(),
                stop: stop.clone(),
            },
            pause_keeper,
            state: AdminState {
                pause: PauseState {
                    inputs: inputs.clone(),
                    kept: pause_kept,
                },
                by_hand,
                view: view.clone(),
                orders: order_sender,
                handover,
                kept,
                logs,
            },
            socket: socket(config, origins)?,
            token: token(config, origins)?,
            stop: stop.clone(),
        })
    }
}

impl Operators {
    /// Starts all of it. Returns the HTTP port's routes, with those of operators if a token is configured.
    pub(crate) fn start(self, tasks: &mut JoinSet<()>, router: Router) -> Router {
        tasks.spawn(self.desk.run());
        tasks.spawn(self.departure.run());
        tasks.spawn(self.pause_keeper.run());
        let routes = admin::router(self.state);
        if let Some(socket) = self.socket {
            tasks.spawn(admin::serve(socket, routes.clone(), self.stop));
        }
        match self.token {
            Some(token) => {
                let guard = middleware::from_fn_with_state(Arc::new(token), admin::guard);
                // Not on the fallback: what is no path is not found, with or without a token.
                router.merge(routes.route_layer(guard))
            }
            None => router,
        }
    }
}

/// A node that was drained in an earlier life never leads in this one, not for a moment.
pub(crate) fn remember_drain(
    election: &mut Election,
    clock: Clock,
    state_dir: Option<&Path>,
) -> Result<(), std::io::Error> {
    if DrainMark::new(state_dir).is_set()? {
        election.handle(clock.now(), Input::Drain(true));
        tracing::info!(
            event = "drained",
            "was drained, and is: it never leads until `les undrain`"
        );
    }
    Ok(())
}

/// What an earlier life had heard of a pause holds until something newer is heard.
pub(crate) fn remember_pause(election: &mut Election, clock: Clock, state_dir: Option<&Path>) {
    match PauseMark::new(state_dir).read() {
        Ok(Some(pause)) => election.handle(clock.now(), Input::PauseKept(pause)),
        Ok(None) => {}
        // The others know; a node that did not start would help nobody.
        Err(error) => tracing::error!(
            event = "pause_unknown",
            "whether moves were paused cannot be read from node.state_dir, and is heard from other nodes only: {error}"
        ),
    }
}

fn socket(config: &Config, origins: &Origins) -> Result<Option<AdminSocket>, BuildError> {
    let Some(configured) = &config.node.admin.socket else {
        return Ok(None);
    };
    let shown = configured.path.display().to_string();
    let refused = |error| {
        let key = "node.admin_socket";
        ConfigError::invalid(
            key,
            shown.clone(),
            origins.of(key),
            Rule::AdminSocket(error),
        )
    };
    match AdminSocket::bind(&configured.path) {
        Ok(socket) => {
            tracing::info!(
                event = "admin_socket",
                path = shown,
                "operators may give orders at {shown}"
            );
            Ok(Some(socket))
        }
        Err(error @ SocketError::InUse) => Err(BuildError::NotNow(refused(error))),
        // Nobody asked for it: a node that served without one serves on.
        Err(error) if configured.is_default => {
            tracing::warn!(
                event = "no_admin_socket",
                path = shown,
                "there is no admin socket at {shown}: {error}"
            );
            Ok(None)
        }
        Err(error) => Err(BuildError::Config(refused(error))),
    }
}

fn token(config: &Config, origins: &Origins) -> Result<Option<Token>, BuildError> {
    let (key, read, shown) = match &config.node.admin.token {
        None => return Ok(None),
        Some(TokenSource::Given(secret)) => (
            "node.admin_token",
            Token::new(secret.expose()),
            "[secret]".to_owned(),
        ),
        Some(TokenSource::File(path)) => (
            "node.admin_token_file",
            Token::read(path),
            path.display().to_string(),
        ),
    };
    let token = read.map_err(|error| {
        BuildError::Config(ConfigError::invalid(
            key,
            shown,
            origins.of(key),
            Rule::AdminToken(error),
        ))
    })?;
    tracing::info!(
        event = "admin_token",
        "operators may give orders over HTTP with the token"
    );
    Ok(Some(token))
}
