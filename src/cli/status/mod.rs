//! `les status`: who leads, who holds each address, and whether that is as it should be.

mod members;
mod page;
mod watch;

use std::io::{IsTerminal as _, Write as _, stdout};
use std::process::ExitCode;

use clap::Args;
use les::words::chain;

use super::paint::Paint;
use super::read::{self, PlaceArgs, StatusPage, width};

/// Show the cluster as one node sees it.
#[derive(Debug, Args)]
pub(super) struct StatusArgs {
    /// Go on: a new picture every second on a terminal, elsewhere at each change. Ctrl-C ends it
    #[arg(long)]
    watch: bool,
    /// Print the node's answer as JSON, in one line; with --watch a line at each change
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    place: PlaceArgs,
}

/// Exit code 0: all is as it should be (or, with `--watch`, somebody has seen enough). 1: it is not, or the node does not answer. 64: where
/// it listens is not to be made out.
pub(super) fn run(args: &StatusArgs) -> anyhow::Result<ExitCode> {
    read::run(&args.place, async |reader| {
        if args.watch {
            return watch::run(reader, args.json).await;
        }
        let page = match reader.page::<StatusPage>("/status").await {
            Ok(page) => page,
            Err(unread) => {
                eprintln!("les: {}", chain(&unread));
                return Ok(ExitCode::FAILURE);
            }
        };
        if args.json {
            writeln!(stdout(), "{}", page.json)?;
        } else {
            let paint = Paint::for_terminal(stdout().is_terminal());
            write!(stdout(), "{}", page::text(&page.body, paint, width()))?;
        }
        Ok(ExitCode::from(u8::from(!page.body.is_well())))
    })
}
