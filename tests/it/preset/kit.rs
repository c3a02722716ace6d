//! Running `les preset` and looking at what it says.

use std::io::Read as _;
use std::process::{Child, Command, Stdio};

use crate::support::{Cloud, Dir, PATIENCE, TOKEN, les, wait_for};

/// What a command said and how it ended.
#[derive(Debug)]
pub(super) struct Said {
    pub(super) code: Option<i32>,
    pub(super) stdout: String,
    pub(super) stderr: String,
}

impl Said {
    pub(super) fn of(command: &mut Command) -> Self {
        let output = command.output().unwrap();
        Self {
            code: output.status.code(),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }

    /// All of these are in what it said to stdout, in this order.
    #[track_caller]
    pub(super) fn tells(&self, parts: &[&str]) {
        let mut rest = &*self.stdout;
        for part in parts {
            match rest.split_once(part) {
                Some((_, after)) => rest = after,
                None => panic!("{part:?} is missing after what comes before it in {self:?}"),
            }
        }
    }

    /// No credential is anywhere.
    #[track_caller]
    pub(super) fn keeps_secrets(&self) {
        assert!(
            !self.stdout.contains(TOKEN) && !self.stderr.contains(TOKEN),
            "{self:?}"
        );
    }
}

/// `les preset` with these arguments.
pub(super) fn run(args: &[&str]) -> Said {
    Said::of(les().arg("preset").args(args))
}

/// DigitalOcean's preset for a cloud that is quick, as a file; `settle` is how long readings may be old after a move.
pub(super) fn quick(dir: &Dir, settle: &str) -> String {
    let mut text = run(&["show", "digitalocean"]).stdout;
    for (slow, fast) in [
        ("settle = \"2s\"", &*format!("settle = \"{settle}\"")),
        ("connect_timeout = \"3s\"", "connect_timeout = \"2s\""),
        ("request_timeout = \"10s\"", "request_timeout = \"3s\""),
        ("interval = \"1s\"", "interval = \"50ms\""),
    ] {
        assert!(text.contains(slow), "{slow}");
        text = text.replace(slow, fast);
    }
    dir.file("quick.toml", &text)
}

/// `les preset try` on the droplet 2 of `cloud`.
pub(super) fn trying(cloud: &Cloud, preset: &str, args: &[&str]) -> Command {
    let mut command = les();
    command
        .args(["preset", "try", preset, "--address", Cloud::ADDRESS])
        .args(["--base-url", &cloud.base()])
        .args(["--metadata-base", &format!("{}/node/2", cloud.base())])
        .args(args)
        .env("DIGITALOCEAN_TOKEN", TOKEN);
    command
}

/// One that runs. Killed when it is dropped.
pub(super) struct Running(Child);

impl Running {
    pub(super) fn start(command: &mut Command) -> Self {
        let piped = command.stdout(Stdio::piped()).stderr(Stdio::piped());
        Self(piped.spawn().unwrap())
    }

    /// Sends a signal by its name.
    #[track_caller]
    pub(super) fn signal(&self, name: &str) {
        let kill = format!("kill -{name} {}", self.0.id());
        let sent = Command::new("sh").args(["-c", &kill]).status().unwrap();
        assert!(sent.success(), "{kill}");
    }

    /// Whoever reads what it says goes away.
    pub(super) fn close_stdout(&mut self) {
        drop(self.0.stdout.take());
    }

    pub(super) fn has_ended(&mut self) -> bool {
        self.0.try_wait().unwrap().is_some()
    }

    /// Waits for its end. It says less than a pipe holds.
    #[track_caller]
    pub(super) fn end(mut self) -> Said {
        let ended = || self.0.try_wait().unwrap();
        let status = wait_for("les preset try to end", PATIENCE, ended);
        let (mut stdout, mut stderr) = (String::new(), String::new());
        let (out, err) = (self.0.stdout.take(), self.0.stderr.take());
        out.unwrap().read_to_string(&mut stdout).unwrap();
        err.unwrap().read_to_string(&mut stderr).unwrap();
        Said {
            code: status.code(),
            stdout,
            stderr,
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
