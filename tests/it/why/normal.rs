//! Paragraphs without what differs from run to run: ports become names, spans and moments become `<n>`.

/// The text with node `i` of `names` as `n<i+1>`.
pub(super) fn normal(text: &str, names: &[String]) -> String {
    let mut normal = String::new();
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        // What is longer than a number comes first: a date is digits too.
        let inside = normal.ends_with(|c: char| c.is_alphanumeric());
        let (word, length) = match token(rest, names) {
            Some(found) if !inside => found,
            _ => (c.to_string(), c.len_utf8()),
        };
        normal.push_str(&word);
        rest = &rest[length..];
    }
    normal
}

/// What the text begins with, if it is to be replaced: by what, and how long it is.
fn token(text: &str, names: &[String]) -> Option<(String, usize)> {
    let socket = socket(text).map(|length| {
        let name = names.iter().position(|name| *name == text[..length]);
        let name = name.map_or_else(|| "<socket>".to_owned(), |i| format!("n{}", i + 1));
        (name, length)
    });
    let number = || moment(text).or_else(|| span(text)).or_else(|| row(text));
    socket.or_else(|| number().map(|length| ("<n>".to_owned(), length)))
}

fn digits(text: &str) -> usize {
    text.bytes().take_while(u8::is_ascii_digit).count()
}

/// "127.0.0.1:4000"
fn socket(text: &str) -> Option<usize> {
    let port = text.strip_prefix("127.0.0.1:")?;
    Some(text.len() - port.len() + digits(port))
}

/// "2026-11-27 09:00:01 UTC"
fn moment(text: &str) -> Option<usize> {
    let pattern = "0000-00-00 00:00:00 UTC";
    let fits = |(a, b): (u8, u8)| {
        if b == b'0' {
            a.is_ascii_digit()
        } else {
            a == b
        }
    };
    let length = pattern.len();
    let is = text.len() >= length && text.bytes().zip(pattern.bytes()).all(fits);
    is.then_some(length)
}

/// "0.9 s", "18 min"
fn span(text: &str) -> Option<usize> {
    let whole = digits(text);
    let fraction = text[whole..].strip_prefix('.').map_or(0, digits);
    let number = if fraction > 0 {
        whole + 1 + fraction
    } else {
        whole
    };
    let unit = text[number..].strip_prefix(' ')?;
    let units = ["ms", "min", "s", "h", "days"];
    let is = |u: &&&str| {
        let after = unit.strip_prefix(**u).map(|rest| rest.chars().next());
        after.is_some_and(|next| next.is_none_or(|c| !c.is_alphanumeric()))
    };
    let unit = units.iter().find(is).filter(|_| whole > 0)?;
    Some(number + 1 + unit.len())
}

/// "3" of "3 in a row"
fn row(text: &str) -> Option<usize> {
    let whole = digits(text);
    (whole > 0 && text[whole..].starts_with(" in a row")).then_some(whole)
}

#[test]
fn what_differs_from_run_to_run_is_left_out() {
    let names = ["127.0.0.1:4000".to_owned(), "127.0.0.1:40001".to_owned()];
    let text = "203.0.113.7 on 127.0.0.1:40001 (target 2), 127.0.0.1:4000 and http://127.0.0.1:9/x, 0.9 s ago, since 2026-11-27 09:00:01 UTC (18 min ago), 5 seeds, number 3 in a row";
    assert_eq!(
        normal(text, &names),
        "203.0.113.7 on n2 (target 2), n1 and http://<socket>/x, <n> ago, since <n> (<n> ago), 5 seeds, number <n> in a row"
    );
}
