//! Exchanges with a cloud as a person reads them: `>` is sent, `<` is answered. The engine has masked every secret.

use std::sync::{Mutex, PoisonError};

use les_provider_rest::{Exchanged, Trace};

use super::json;
use super::try_::say;

/// Lines of one body; a machine's description has about a hundred.
const MAX_LINES: usize = 160;

/// A trace that prints. What is asked again and answered as before (a job that is followed) is one line.
pub(super) fn printing() -> Trace {
    let last: Mutex<Option<Exchanged>> = Mutex::default();
    Trace::new(move |exchanged| {
        let mut last = last.lock().unwrap_or_else(PoisonError::into_inner);
        if last.as_ref().is_some_and(|last| is_same(last, exchanged)) {
            say("  (once more, with the same answer)\n");
        } else {
            say(&text(exchanged));
        }
        *last = Some(exchanged.clone());
    })
}

/// Headers may differ: a request can have a fresh id in one.
fn is_same(one: &Exchanged, other: &Exchanged) -> bool {
    let asked = |e: &Exchanged| (e.operation, e.method.clone(), e.url.clone(), e.body.clone());
    asked(one) == asked(other) && one.answer == other.answer
}

fn text(exchanged: &Exchanged) -> String {
    let Exchanged {
        operation,
        method,
        url,
        headers,
        body,
        answer,
    } = exchanged;
    let mut lines = vec![
        format!("[{}]", operation.as_str()),
        format!("> {method} {url}"),
    ];
    lines.extend(
        headers
            .iter()
            .map(|(name, value)| format!("> {name}: {value}")),
    );
    lines.extend(bounded(body).map(|line| format!("> {line}")));
    match answer {
        Ok((status, body)) => {
            lines.push(format!("< {status}"));
            lines.extend(bounded(body).map(|line| format!("< {line}")));
        }
        Err(problem) => lines.push(format!("< no answer: {problem}")),
    }
    // Whatever a stranger sends, a terminal obeys none of it.
    let visible = |c: char| if c.is_control() { '\u{fffd}' } else { c };
    let lines = lines
        .iter()
        .map(|line| line.chars().map(visible).collect::<String>() + "\n");
    lines.collect()
}

fn bounded(body: &str) -> impl Iterator<Item = String> {
    let mut lines = json::lines(body);
    let more = lines.len().saturating_sub(MAX_LINES);
    lines.truncate(MAX_LINES);
    lines.extend((more > 0).then(|| format!("... and {more} lines more")));
    lines.into_iter()
}

#[cfg(test)]
mod tests {
    use les_provider::Operation;

    use super::*;

    fn exchanged(answer: &str) -> Exchanged {
        Exchanged {
            operation: Operation::Assign,
            method: "POST".into(),
            url: "http://127.0.0.1/x".into(),
            headers: vec![("authorization".into(), "[secret]".into())],
            body: "{\"a\":1}".into(),
            answer: Ok((201, answer.into())),
        }
    }

    #[test]
    fn an_exchange_is_readable_bounded_and_cannot_command_a_terminal() {
        let shown = text(&exchanged("{\"b\":[2]}"));
        let expected = "[assign]\n> POST http://127.0.0.1/x\n> authorization: [secret]\n> {\"a\": 1}\n< 201\n< {\"b\": [2]}\n";
        assert_eq!(shown, expected);
        assert!(text(&exchanged("\u{1b}[2J")).ends_with("< \u{fffd}[2J\n"));
        let many = text(&exchanged(&"line\n".repeat(500)));
        assert!(many.ends_with("< ... and 340 lines more\n"), "{many}");
    }

    #[test]
    fn only_the_same_request_with_the_same_answer_is_the_same() {
        let mut other = exchanged("a");
        other.headers.clear();
        assert!(is_same(&exchanged("a"), &other));
        assert!(!is_same(&exchanged("a"), &exchanged("b")));
    }
}
