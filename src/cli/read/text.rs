//! Times, durations and paragraphs for a person.

use std::io::stdout;

use terminal_size::{Height, Width, terminal_size_of};

/// Where no terminal says otherwise.
const USUAL_WIDTH: usize = 80;
/// Narrower than this nothing is wrapped any more.
const NARROWEST: usize = 40;

/// Columns of the terminal that standard output is, or 80.
pub(crate) fn width() -> usize {
    let size = terminal_size_of(stdout());
    size.map_or(USUAL_WIDTH, |(Width(columns), _)| {
        usize::from(columns).max(NARROWEST)
    })
}

/// Rows of the terminal that standard output is.
pub(crate) fn height() -> Option<usize> {
    terminal_size_of(stdout()).map(|(_, Height(rows))| usize::from(rows))
}

/// The text with something harmless for each control character but the newline.
pub(crate) fn printable(text: &str) -> String {
    let harmless = |c: char| {
        if c.is_control() && c != '\n' {
            '\u{fffd}'
        } else {
            c
        }
    };
    text.chars().map(harmless).collect()
}

/// The text in lines of `width` columns at most, each but the first behind `indent` blanks. The first one's beginning is taken up by
/// `indent` columns that somebody else writes. A word that is longer stays whole: it is an address that somebody will copy.
pub(crate) fn wrap(text: &str, width: usize, indent: usize) -> String {
    let room = width.saturating_sub(indent).max(NARROWEST / 2);
    let mut lines = Vec::new();
    for paragraph in text.lines() {
        let mut line = String::new();
        let mut columns = 0;
        for word in paragraph.split_whitespace() {
            let long = word.chars().count();
            if columns > 0 && columns + 1 + long > room {
                lines.push(std::mem::take(&mut line));
                columns = 0;
            }
            if columns > 0 {
                line.push(' ');
                columns += 1;
            }
            line.push_str(word);
            columns += long;
        }
        lines.push(line);
    }
    lines.join(&format!("\n{:indent$}", ""))
}

/// A duration in milliseconds: `3 ms`, `1.2 s`, `5 min`, `7 h`, `3 d`.
pub(crate) fn age(ms: u64) -> String {
    let seconds = ms / 1000;
    match seconds {
        0 => format!("{ms} ms"),
        1..60 => match ms % 1000 / 100 {
            0 => format!("{seconds} s"),
            tenths => format!("{seconds}.{tenths} s"),
        },
        60..3600 => format!("{} min", seconds / 60),
        3600..172_800 => format!("{} h", seconds / 3600),
        _ => format!("{} d", seconds / 86_400),
    }
}

/// A duration in seconds, as precise as is measured: `3.1 ms`, `1.24 s`.
pub(crate) fn seconds(seconds: f64) -> String {
    if seconds < 1.0 {
        format!("{:.1} ms", seconds * 1000.0)
    } else {
        format!("{seconds:.2} s")
    }
}

/// A moment (`2026-11-27T09:10:00.000Z`): the time of day, with the date only if it is not that of `now`.
pub(crate) fn moment(at: &str, now: &str) -> String {
    let (Some(date), Some(time), Some("T")) = (at.get(..10), at.get(11..19), at.get(10..11)) else {
        return at.to_owned();
    };
    if now.get(..10) == Some(date) {
        format!("{time} UTC")
    } else {
        format!("{date} {time} UTC")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ages_have_the_unit_that_fits() {
        let cases = [
            (0, "0 ms"),
            (999, "999 ms"),
            (1250, "1.2 s"),
            (5000, "5 s"),
            (59_999, "59.9 s"),
            (60_000, "1 min"),
            (7_200_000, "2 h"),
            (172_800_000, "2 d"),
        ];
        for (ms, text) in cases {
            assert_eq!(age(ms), text);
        }
        assert_eq!(seconds(0.0031), "3.1 ms");
        assert_eq!(seconds(1.2), "1.20 s");
    }

    #[test]
    fn a_moment_of_another_day_has_its_date() {
        let at = "2026-11-27T09:10:00.123Z";
        assert_eq!(moment(at, "2026-11-27T23:00:00.000Z"), "09:10:00 UTC");
        assert_eq!(
            moment(at, "2026-11-28T00:00:00.000Z"),
            "2026-11-27 09:10:00 UTC"
        );
        for odd in ["", "yesterday", "2026-11-27", "äöüäöüäöüäöüäöü"] {
            assert_eq!(moment(odd, at), odd, "as it is");
        }
    }

    #[test]
    fn lines_end_between_words_and_words_stay_whole() {
        assert_eq!(
            wrap("one two three four five six", 24, 4),
            "one two three four\n    five six"
        );
        let long = "a-name-that-is-longer-than-the-line.example.org:4000";
        assert_eq!(wrap(long, 24, 4), long);
        assert_eq!(wrap("one\ntwo", 80, 2), "one\n  two");
        assert_eq!(wrap("", 80, 2), "");
    }

    #[test]
    fn no_text_moves_the_cursor() {
        assert_eq!(
            printable("a\x1b[2Jb\u{9b}c\nd"),
            "a\u{fffd}[2Jb\u{fffd}c\nd"
        );
    }
}
