//! moto in a process of its own.

use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

/// A running moto. It ends when its standard input does: with this value, or with this process.
#[derive(Debug)]
pub struct Moto {
    process: Child,
    port: u16,
}

impl Moto {
    /// Starts one; `None` where it is not installed, which is said loudly, and is a failure in CI.
    #[must_use]
    pub fn start() -> Option<Self> {
        let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
        let python = folder.join(".venv/bin/python");
        if !python.exists() {
            let ci = std::env::var_os("CI").is_some_and(|ci| !ci.is_empty());
            assert!(!ci, "moto is not installed: tests/setup.sh does that");
            eprintln!("*** SKIPPED: moto is not installed (tests/setup.sh)");
            return None;
        }
        let mut process = Command::new(python)
            .arg(folder.join("serve.py"))
            // moto would ask the machine's own AWS configuration otherwise.
            .env("AWS_CONFIG_FILE", "/dev/null")
            .env("AWS_SHARED_CREDENTIALS_FILE", "/dev/null")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut line = String::new();
        let output = process.stdout.take().unwrap();
        BufReader::new(output).read_line(&mut line).unwrap();
        let told: serde_json::Value = serde_json::from_str(&line).unwrap();
        let port = told["port"].as_u64().unwrap();
        let port = u16::try_from(port).unwrap();
        Some(Self { process, port })
    }

    /// Where it listens.
    #[must_use]
    pub fn base(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }
}

impl Drop for Moto {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
