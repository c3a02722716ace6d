//! `les provider`: an address by hand. Looking is this process's own; moving is an order to a node, which knows whether it may.

mod observe;
mod order;

use std::process::ExitCode;

use clap::Subcommand;

/// What to do.
#[derive(Debug, Subcommand)]
pub(super) enum ProviderCommand {
    /// Ask the cloud who holds an address, with the configuration and the credentials of this command. Changes nothing.
    Observe(observe::ObserveArgs),
    /// Let the running node move an address to its own machine, while moves are paused.
    Assign(order::OrderArgs),
    /// Let the running node take an address from whoever holds it, so that nobody does, while moves are paused.
    Release(order::OrderArgs),
}

pub(super) fn run(command: &ProviderCommand) -> anyhow::Result<ExitCode> {
    match command {
        ProviderCommand::Observe(args) => observe::run(args),
        ProviderCommand::Assign(args) => order::run(args, "/admin/provider/assign"),
        ProviderCommand::Release(args) => order::run(args, "/admin/provider/release"),
    }
}
