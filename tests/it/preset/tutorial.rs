//! `providers/rest/presets/WRITING.md` is true: its files are made and its commands are run, in its order, against a cloud.

use std::path::Path;
use std::process::Command;

use super::kit::Said;
use crate::support::{Cloud, Dir, les};

/// Where the page's cloud is.
const PLACE: &str = "127.0.0.1:8080";

/// A line that stands for any lines.
const ELLIPSIS: &str = "...";

/// What a reader of the page has before them.
struct Reader<'a> {
    cloud: &'a Cloud,
    dir: Dir,
    /// The file's tables in their order: name and text. The first one has no name.
    tables: Vec<(String, String)>,
    variables: Vec<(String, String)>,
    last_code: Option<i32>,
    commands: usize,
}

impl Reader<'_> {
    /// Puts a block into the file. A table that is there already is replaced.
    fn write(&mut self, block: &str) {
        let mut new: Vec<(String, String)> = vec![(String::new(), String::new())];
        for line in block.lines() {
            if line.starts_with('[') {
                let header = line.trim_start_matches('[');
                let name = header.split([']', '.']).next().unwrap();
                new.push((name.to_owned(), String::new()));
            }
            let (_, text) = new.last_mut().unwrap();
            *text += &format!("{line}\n");
        }
        new.retain(|(_, text)| !text.is_empty());
        let is_new = |name: &str| new.iter().any(|(known, _)| known == name);
        self.tables.retain(|(name, _)| !is_new(name));
        self.tables.extend(new);
        let text: String = self.tables.iter().map(|(_, text)| &**text).collect();
        self.dir.file("nimbus.toml", &self.to_cloud(&text));
    }

    /// Does what a block of commands says, and compares what it shows.
    fn follow(&mut self, block: &str) {
        for part in format!("\n{block}").split("\n$ ").skip(1) {
            let (command, told) = part.split_once('\n').unwrap_or((part, ""));
            if command.starts_with("cargo ") {
                assert!(command.contains("--example simulated-cloud"), "{command}");
            } else if let Some(variable) = command.strip_prefix("export ") {
                let (name, value) = variable.split_once('=').unwrap();
                self.variables.push((name.to_owned(), self.to_cloud(value)));
            } else if command == "echo $?" {
                assert_eq!(self.last_code.unwrap().to_string(), told.trim());
            } else {
                self.run(command, told);
            }
        }
    }

    fn run(&mut self, command: &str, told: &str) {
        let program = Path::new(env!("CARGO_BIN_EXE_les")).parent().unwrap();
        let path = std::env::var("PATH").unwrap();
        let mut shell = Command::new("sh");
        for (name, value) in les().get_envs() {
            match value {
                Some(value) => shell.env(name, value),
                None => shell.env_remove(name),
            };
        }
        shell
            .args(["-c", &format!("({}) 2>&1", self.to_cloud(command))])
            .env("PATH", format!("{}:{path}", program.display()))
            .envs(self.variables.iter().cloned())
            .current_dir(&self.dir.0);
        let said = Said::of(&mut shell);
        let shown = said.stdout.replace(&self.place(), PLACE);
        assert!(
            matches(&lines(told), &lines(&shown)),
            "$ {command}\n--- the page\n{told}\n--- the program\n{shown}"
        );
        self.last_code = said.code;
        self.commands += 1;
    }

    fn place(&self) -> String {
        self.cloud.base().trim_start_matches("http://").to_owned()
    }

    fn to_cloud(&self, text: &str) -> String {
        text.replace(PLACE, &self.place())
    }
}

/// Lines without what differs from run to run: the numbers that the cloud gives its jobs.
fn lines(text: &str) -> Vec<String> {
    let stable = |line: &str| match line.split_once("/actions/") {
        Some((before, _)) => format!("{before}/actions/N"),
        None => line.to_owned(),
    };
    text.trim_end().lines().map(stable).collect()
}

/// Whether `shown` is `told`, with any lines where it has an ellipsis.
fn matches(told: &[String], shown: &[String]) -> bool {
    match told {
        [] => shown.is_empty(),
        [first, rest @ ..] if first == ELLIPSIS => {
            (0..=shown.len()).any(|skipped| matches(rest, &shown[skipped..]))
        }
        [first, rest @ ..] => shown.first() == Some(first) && matches(rest, &shown[1..]),
    }
}

#[test]
fn every_step_of_the_page_works_as_it_says() {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("providers/rest/presets/WRITING.md");
    let page = std::fs::read_to_string(page).unwrap();
    let cloud = Cloud::start("");
    cloud.set_tokens(&["not-a-secret"]);
    let mut reader = Reader {
        cloud: &cloud,
        dir: Dir::new(),
        tables: Vec::new(),
        variables: Vec::new(),
        last_code: None,
        commands: 0,
    };
    for block in page.split("```").skip(1).step_by(2) {
        match block.split_once('\n').unwrap() {
            ("toml", preset) => reader.write(preset),
            ("console", commands) => reader.follow(commands.trim_end()),
            (other, _) => panic!("a block of {other:?}"),
        }
    }
    assert!(reader.commands > 10, "{}", reader.commands);
    // There and back to nobody; to 2; from 2 to 1 and back.
    let history = [Some(1), None, Some(2), Some(1), Some(2)];
    assert_eq!(cloud.history(), history);
}
