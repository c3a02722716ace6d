use super::super::tests::{assert_golden, full_doc, reference_doc};
use super::*;

#[test]
fn a_stream_is_as_recorded_and_survives_the_wire() {
    let beat = |leader_heard| {
        Line::Beat(Beat {
            leader_heard,
            made: Duration::from_micros(61_000_002),
        })
    };
    let lines = [
        Line::Document(Box::new(full_doc())),
        beat(Some(Duration::from_millis(12))),
        beat(None),
        Line::Document(Box::new(reference_doc())),
    ];
    let written: String = lines
        .iter()
        .map(|line| match line {
            Line::Document(doc) => document_line(doc).unwrap(),
            Line::Beat(beat) => beat_line(*beat).unwrap(),
        })
        .collect();
    assert_golden("watch.ndjson", &written);
    let read: Vec<Line> = written
        .lines()
        .map(|line| parse_line(line.as_bytes()).unwrap())
        .collect();
    assert_eq!(read, lines);
}

#[test]
fn a_document_line_is_the_body_of_state() {
    let body = serde_json::to_string(&StateBody::from(&full_doc())).unwrap();
    assert_eq!(document_line(&full_doc()).unwrap(), body + "\n");
}

#[test]
fn a_beat_may_say_more_or_less_and_still_beats() {
    for (line, expected) in [
        (
            r#"{"beat":{"leader_heard_ms":7,"load":0.5},"seq":3}"#,
            Some(7),
        ),
        (r#"{"beat":{"leader_heard_ms":null}}"#, None),
        (r#"{"beat":{}}"#, None),
        ("{\"beat\":{}}\r\n", None),
    ] {
        let beat = Beat {
            leader_heard: expected.map(Duration::from_millis),
            made: Duration::ZERO,
        };
        let read = parse_line(line.as_bytes()).unwrap();
        assert_eq!(read, Line::Beat(beat), "{line}");
    }
}

#[test]
fn what_is_neither_is_refused() {
    for line in [
        "",
        "{}",
        "[]",
        "null",
        "beat",
        r#"{"beat":7}"#,
        r#"{"beat":null}"#,
        r#"{"beat":{"leader_heard_ms":-1}}"#,
        r#"{"beat":{"leader_heard_ms":"12"}}"#,
        r#"{"beat":{"made_us":-1}}"#,
        r#"{"beat":{}} {"beat":{}}"#,
        r#"{"members":["127.0.0.1:1"]}"#,
    ] {
        assert!(parse_line(line.as_bytes()).is_err(), "{line}");
    }
}
