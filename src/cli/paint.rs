//! Colours, where somebody sees them.

/// Paints, or leaves text as it is.
#[derive(Clone, Copy, Debug)]
pub(super) struct Paint {
    on: bool,
}

/// SGR codes for nodes, in turn: cyan, yellow, magenta, green; what stands out on dark and on light ground.
const NODES: [u8; 4] = [36, 33, 35, 32];
const CLOUD: u8 = 34;
const ALARM: u8 = 31;
const GOOD: u8 = 32;
const DOUBT: u8 = 33;
const BOLD: u8 = 1;

impl Paint {
    /// Colours on a terminal that has them, unless `NO_COLOR` is set to something (<https://no-color.org>).
    pub(super) fn for_terminal(is_terminal: bool) -> Self {
        let unwanted = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
        let dumb = std::env::var_os("TERM").is_some_and(|term| term == "dumb");
        Self {
            on: is_terminal && !unwanted && !dumb,
        }
    }

    pub(super) fn bold(self, text: &str) -> String {
        self.with(BOLD, text)
    }

    /// What is wrong.
    pub(super) fn alarm(self, text: &str) -> String {
        self.with(ALARM, text)
    }

    /// What is as it should be.
    pub(super) fn good(self, text: &str) -> String {
        self.with(GOOD, text)
    }

    /// What is on its way, or held up on purpose.
    pub(super) fn doubt(self, text: &str) -> String {
        self.with(DOUBT, text)
    }

    pub(super) fn cloud(self, text: &str) -> String {
        self.with(CLOUD, text)
    }

    /// The node of this number has a colour of its own, as far as they go.
    pub(super) fn node(self, number: usize, text: &str) -> String {
        self.with(NODES[number % NODES.len()], text)
    }

    fn with(self, code: u8, text: &str) -> String {
        if self.on {
            format!("\x1b[{code}m{text}\x1b[0m")
        } else {
            text.to_owned()
        }
    }
}

#[cfg(test)]
impl Paint {
    pub(super) const OFF: Self = Self { on: false };
    pub(super) const ON: Self = Self { on: true };
}
