//! JSON for the eye: indented, with whatever fits on a line on one line. Works on the text, so that numbers and the order of keys stay as
//! the cloud wrote them, and a text that was cut off is shown as far as it goes.

/// Columns of one line.
const WIDTH: usize = 100;

/// Spaces of one level.
const STEP: usize = 2;

/// `text` in lines, if it looks like a JSON object or list; else its own lines.
pub(super) fn lines(text: &str) -> Vec<String> {
    let text = text.trim();
    if !text.starts_with(['{', '[']) {
        return text.lines().map(str::to_owned).collect();
    }
    Layout::of(&tokens(text))
}

/// Strings, numbers and words whole, everything else character by character, without white space.
fn tokens(text: &str) -> Vec<&str> {
    let mut tokens = Vec::new();
    let mut rest = text.trim_start();
    while let Some(first) = rest.chars().next() {
        let length = match first {
            '"' => string_length(rest),
            '{' | '}' | '[' | ']' | ',' | ':' => 1,
            _ => rest
                .find(|c: char| c.is_whitespace() || "{}[],:\"".contains(c))
                .unwrap_or(rest.len()),
        };
        let (token, after) = rest.split_at(length);
        tokens.push(token);
        rest = after.trim_start();
    }
    tokens
}

fn string_length(text: &str) -> usize {
    let mut escaped = false;
    for (at, byte) in text.bytes().enumerate().skip(1) {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = true,
            b'"' => return at + 1,
            _ => {}
        }
    }
    text.len()
}

#[derive(Default)]
struct Layout {
    lines: Vec<String>,
    line: String,
    depth: usize,
}

impl Layout {
    fn of(tokens: &[&str]) -> Vec<String> {
        let mut layout = Self::default();
        let mut rest = tokens;
        while let [token, after @ ..] = rest {
            rest = after;
            match *token {
                "{" | "[" => {
                    let room = WIDTH.saturating_sub(layout.depth * STEP + layout.line.len());
                    if let Some((flat, count)) = flat(token, after, room) {
                        layout.line.push_str(&flat);
                        rest = &after[count..];
                    } else {
                        layout.line.push_str(token);
                        layout.end_line();
                        layout.depth += 1;
                    }
                }
                "}" | "]" => {
                    layout.end_line();
                    layout.depth = layout.depth.saturating_sub(1);
                    layout.line.push_str(token);
                }
                "," => {
                    layout.line.push(',');
                    layout.end_line();
                }
                ":" => layout.line.push_str(": "),
                text => layout.line.push_str(text),
            }
        }
        layout.end_line();
        layout.lines
    }

    fn end_line(&mut self) {
        if !self.line.is_empty() {
            let indent = " ".repeat(self.depth * STEP);
            self.lines.push(format!("{indent}{}", self.line));
            self.line.clear();
        }
    }
}

/// The object or list that `open` begins on one line, and how many of the tokens `after` it are in it; `None` if it has no `room`.
fn flat(open: &str, after: &[&str], room: usize) -> Option<(String, usize)> {
    let mut text = open.to_owned();
    let mut depth = 1;
    for (index, token) in after.iter().enumerate() {
        match *token {
            "," => text.push_str(", "),
            ":" => text.push_str(": "),
            token => text.push_str(token),
        }
        match *token {
            "{" | "[" => depth += 1,
            "}" | "]" => depth -= 1,
            _ => {}
        }
        if text.len() > room {
            return None;
        }
        if depth == 0 {
            return Some((text, index + 1));
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::lines;

    #[test]
    fn what_fits_is_on_one_line_and_nothing_is_changed() {
        let text = r#"{"ip":{"id":7.0,"a":"x, \"{","list":[1,2]},"z":null}"#;
        assert_eq!(
            lines(text),
            [r#"{"ip": {"id": 7.0, "a": "x, \"{", "list": [1, 2]}, "z": null}"#]
        );
        let long = "y".repeat(90);
        let text = format!(r#"{{"b":{{"ip":"{long}","n":[]}},"a":18446744073709551616}}"#);
        let expected = [
            "{".to_owned(),
            "  \"b\": {".to_owned(),
            format!("    \"ip\": \"{long}\","),
            "    \"n\": []".to_owned(),
            "  },".to_owned(),
            "  \"a\": 18446744073709551616".to_owned(),
            "}".to_owned(),
        ];
        assert_eq!(lines(&text), expected);
    }

    #[test]
    fn a_text_that_is_cut_off_or_no_json_is_shown_as_far_as_it_goes() {
        assert_eq!(
            lines("{\"a\":[1,\"b ..."),
            ["{", "  \"a\": [", "    1,", "    \"b ..."]
        );
        assert_eq!(lines("<html>\n</html>\n"), ["<html>", "</html>"]);
        assert_eq!(lines("]}"), ["]}"]);
        assert!(lines("").is_empty());
        assert_eq!(lines("[\"é…\"]"), ["[\"é…\"]"]);
    }
}
