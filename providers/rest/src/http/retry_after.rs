//! When a throttled caller may come again.
//!
//! Absolute times are compared with the answer's own `Date`: the cloud's clock is the only one they refer to.

use std::time::{Duration, SystemTime};

use reqwest::header::{DATE, HeaderMap, HeaderName, RETRY_AFTER};

/// Nobody is kept waiting for longer, whatever a header says: a mistaken one would freeze an address.
const MAX_WISH: Duration = Duration::from_secs(3_600);

/// The wish of an answer: `Retry-After` (seconds or a date), else the given header (Unix time).
pub(super) fn wish(headers: &HeaderMap, reset_header: Option<&HeaderName>) -> Option<Duration> {
    let text = |name: &HeaderName| headers.get(name)?.to_str().ok().map(str::trim);
    let sent = || httpdate::parse_http_date(text(&DATE)?).ok();
    let until = |then: SystemTime| Some(then.duration_since(sent()?).unwrap_or_default());
    let standard = || {
        let value = text(&RETRY_AFTER)?;
        match value.parse() {
            Ok(seconds) => Some(Duration::from_secs(seconds)),
            Err(_) => until(httpdate::parse_http_date(value).ok()?),
        }
    };
    let own = || {
        let seconds = text(reset_header?)?.parse().ok()?;
        until(SystemTime::UNIX_EPOCH.checked_add(Duration::from_secs(seconds))?)
    };
    standard().or_else(own).map(|wish| wish.min(MAX_WISH))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use reqwest::header::{HeaderMap, HeaderName, HeaderValue};

    use super::{MAX_WISH, wish};

    const RESET: HeaderName = HeaderName::from_static("ratelimit-reset");
    /// 1444931833 in Unix time.
    const SENT: (&str, &str) = ("date", "Thu, 15 Oct 2015 17:57:13 GMT");

    fn of(headers: &[(&'static str, &'static str)]) -> Option<Duration> {
        let pairs = headers.iter().map(|(name, value)| {
            (
                HeaderName::from_static(name),
                HeaderValue::from_static(value),
            )
        });
        wish(&HeaderMap::from_iter(pairs), Some(&RESET))
    }

    #[test]
    fn the_wish_is_read_in_all_its_forms() {
        let seconds = |s| Some(Duration::from_secs(s));
        assert_eq!(of(&[("retry-after", "7")]), seconds(7));
        assert_eq!(
            of(&[SENT, ("retry-after", "Thu, 15 Oct 2015 17:57:23 GMT")]),
            seconds(10)
        );
        assert_eq!(of(&[SENT, ("ratelimit-reset", "1444931893")]), seconds(60));
        assert_eq!(
            of(&[
                SENT,
                ("ratelimit-reset", "1444931893"),
                ("retry-after", "2")
            ]),
            seconds(2)
        );
        assert_eq!(
            of(&[SENT, ("ratelimit-reset", "1444931800")]),
            seconds(0),
            "already over"
        );
    }

    #[test]
    fn what_cannot_be_told_is_no_wish_and_what_is_absurd_is_bounded() {
        assert_eq!(of(&[]), None);
        assert_eq!(
            of(&[("ratelimit-reset", "1444931893")]),
            None,
            "no Date to compare it with"
        );
        assert_eq!(of(&[("retry-after", "soon")]), None);
        assert_eq!(of(&[("retry-after", "-1")]), None);
        assert_eq!(of(&[("retry-after", "99999999")]), Some(MAX_WISH));
        assert_eq!(
            of(&[SENT, ("ratelimit-reset", "18446744073709551615")]),
            None
        );
    }
}
