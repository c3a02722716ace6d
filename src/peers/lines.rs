//! From the bytes of a stream to what is new in them.

use std::time::Duration;

use les_core::{Beat, Evidence, StateDoc, Time};

use crate::wire::{Line, MAX_BODY_BYTES, parse_line};

/// What a peer may send in [`SECOND`]: 16 of the longest documents, or four thousand short lines: the beats that the kernel keeps for a node that was
/// stopped come all at once. Whoever sends more keeps this node busy for nothing.
const ALLOWANCE: usize = 16 * MAX_BODY_BYTES;
/// What a line costs at least: it is work for the election too.
const LEAST_COST: usize = 1024;
/// The time for which the allowance is.
const SECOND: Duration = Duration::from_secs(1);

/// What came in one piece: of several documents or beats only the newest counts.
#[derive(Debug, Default, PartialEq)]
pub(super) struct News {
    pub(super) doc: Option<Box<StateDoc>>,
    /// After the document.
    pub(super) beat: Option<Beat>,
}

/// The end of what was received, as far as it is no whole line yet.
#[derive(Debug)]
pub(super) struct Lines {
    partial: Vec<u8>,
    since: Time,
    spent: usize,
}

impl Lines {
    pub(super) const fn new(now: Time) -> Self {
        Self {
            partial: Vec::new(),
            since: now,
            spent: 0,
        }
    }

    /// What `received` brings with what came before it.
    ///
    /// # Errors
    /// [`Evidence::BadAnswer`]: a line is too long, no document and no beat, or there are too many.
    pub(super) fn receive(&mut self, now: Time, received: &[u8]) -> Result<News, Evidence> {
        if now.since(self.since) >= SECOND {
            (self.since, self.spent) = (now, 0);
        }
        let mut news = News::default();
        for piece in received.split_inclusive(|byte| *byte == b'\n') {
            if self.partial.len() + piece.len() > MAX_BODY_BYTES {
                return Err(Evidence::BadAnswer);
            }
            self.partial.extend_from_slice(piece);
            if piece.ends_with(b"\n") {
                self.spend(self.partial.len())?;
                match parse_line(&self.partial).map_err(|_| Evidence::BadAnswer)? {
                    Line::Document(doc) => {
                        news = News {
                            doc: Some(doc),
                            beat: None,
                        }
                    }
                    Line::Beat(beat) => news.beat = Some(beat),
                }
                self.partial.clear();
            }
        }
        Ok(news)
    }

    fn spend(&mut self, bytes: usize) -> Result<(), Evidence> {
        self.spent += bytes.max(LEAST_COST);
        if self.spent > ALLOWANCE {
            return Err(Evidence::BadAnswer);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DOC: &str =
        "{\"members\": [\"127.0.0.1:1\"], \"leader\": false, \"start_time\": 1700000000.5}\n";
    const BEAT: &str = "{\"beat\":{\"leader_heard_ms\":12}}\n";

    fn at(millis: u64) -> Time {
        Time::from_epoch(Duration::from_millis(millis))
    }

    #[test]
    fn lines_may_come_in_any_pieces() {
        let mut lines = Lines::new(Time::ZERO);
        let mut found = Vec::new();
        for byte in [DOC, BEAT].concat().as_bytes() {
            let news = lines.receive(Time::ZERO, &[*byte]).unwrap();
            found.extend((news != News::default()).then_some(news));
        }
        assert_eq!(found.len(), 2);
        assert!(found[0].doc.is_some() && found[0].beat.is_none());
        let leader_heard = Some(Duration::from_millis(12));
        assert_eq!(
            found[1].beat,
            Some(Beat {
                leader_heard,
                made: Duration::ZERO
            })
        );
    }

    #[test]
    fn of_what_comes_at_once_the_newest_counts() {
        let newer = DOC.replace("127.0.0.1:1", "127.0.0.1:2");
        let news = |text: String| Lines::new(Time::ZERO).receive(Time::ZERO, text.as_bytes());
        let found = news([BEAT, DOC, BEAT, &newer].concat()).unwrap();
        assert_eq!(found.doc.unwrap().addr.as_str(), "127.0.0.1:2");
        assert_eq!(found.beat, None, "it was older than the document");
        let found = news([DOC, BEAT, "{\"beat\":{}}\n"].concat()).unwrap();
        assert!(found.doc.is_some());
        assert_eq!(
            found.beat,
            Some(Beat {
                leader_heard: None,
                made: Duration::ZERO
            })
        );
    }

    #[test]
    fn a_line_without_an_end_is_bounded() {
        let mut lines = Lines::new(Time::ZERO);
        let spaces = vec![b' '; MAX_BODY_BYTES / 2];
        for _ in 0..2 {
            assert_eq!(lines.receive(Time::ZERO, &spaces), Ok(News::default()));
        }
        assert_eq!(lines.receive(Time::ZERO, b" "), Err(Evidence::BadAnswer));
    }

    #[test]
    fn a_peer_that_sends_without_end_is_a_bad_one() {
        let mut lines = Lines::new(Time::ZERO);
        let most = ALLOWANCE / LEAST_COST;
        for _ in 0..most {
            lines.receive(at(999), BEAT.as_bytes()).unwrap();
        }
        assert!(
            lines
                .receive(at(1000), BEAT.repeat(most).as_bytes())
                .is_ok()
        );
        assert_eq!(
            lines.receive(at(1001), BEAT.as_bytes()),
            Err(Evidence::BadAnswer)
        );
    }

    #[test]
    fn what_is_no_line_is_a_bad_answer() {
        for text in ["\n", "{}\n", "garbage\n", "[1]\n"] {
            let found = Lines::new(Time::ZERO).receive(Time::ZERO, text.as_bytes());
            assert_eq!(found, Err(Evidence::BadAnswer), "{text:?}");
        }
    }
}
