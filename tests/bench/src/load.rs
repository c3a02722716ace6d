//! What else keeps the machine busy.

use std::hint::black_box;

use anyhow::Result;

use crate::args::Load;
use crate::node::Node;
use crate::sandbox::ORDINARY_PRIORITY;

/// How many busy loops there are.
pub(crate) const LOOPS: usize = 4;

/// Processes that do nothing else. They end when this is dropped.
pub(crate) struct BusyLoops {
    _loops: Vec<Node>,
}

impl BusyLoops {
    /// None where the CPU is to be idle.
    pub(crate) fn start(load: Load, inside: bool) -> Result<Self> {
        let bench = std::env::current_exe()?;
        let loops = match load {
            Load::Idle => 0,
            Load::Busy => LOOPS,
        };
        let start = |_| {
            let mut command = tokio::process::Command::new("nice");
            let priority = if inside { ORDINARY_PRIORITY } else { "0" };
            Node::start(command.args(["-n", priority]).arg(&bench).arg("spin"))
        };
        let loops = (0..loops).map(start).collect::<Result<_>>()?;
        Ok(Self { _loops: loops })
    }
}

/// One busy loop. It never ends.
pub(crate) fn spin() -> ! {
    let mut count = 0_u64;
    loop {
        count = black_box(count.wrapping_add(1));
    }
}
