//! `les status --watch`: the picture again and again, until Ctrl-C.

use std::io::{self, IsTerminal as _, Write as _, stdout};
use std::pin::pin;
use std::process::ExitCode;
use std::time::Duration;

use les::words::chain;

use super::page;
use crate::cli::paint::Paint;
use crate::cli::read::{Page, Reader, StatusPage, Unread, height, width};

/// From one answer to the next question.
const PAUSE: Duration = Duration::from_secs(1);
/// A picture that stands still looks like a cluster that does.
const PATIENCE: Duration = Duration::from_secs(2);

/// Home, and back to there: what is below is overwritten line by line, so that nothing flickers.
const HOME: &str = "\x1b[H";
const CLEAR_LINE: &str = "\x1b[K";
const CLEAR_BELOW: &str = "\x1b[J";
const CLEAR_ALL: &str = "\x1b[2J";

/// Until Ctrl-C.
pub(super) async fn run(reader: &Reader, json: bool) -> anyhow::Result<ExitCode> {
    let reader = reader.within(PATIENCE);
    let mut ended = pin!(tokio::signal::ctrl_c());
    let on_screen = stdout().is_terminal() && !json;
    let mut last = Last::default();
    if on_screen {
        write!(stdout(), "{CLEAR_ALL}")?;
    }
    loop {
        let look = async {
            let read = reader.page::<StatusPage>("/status").await;
            if on_screen {
                repaint(&last.picture(read))?;
            } else if let Some(line) = last.news(read, json) {
                tell(line)?;
            }
            tokio::time::sleep(PAUSE).await;
            io::Result::Ok(())
        };
        tokio::select! {
            biased;
            ended = &mut ended => {
                ended?;
                return Ok(ExitCode::SUCCESS);
            }
            looked = look => looked?,
        }
    }
}

/// What was shown last.
#[derive(Debug, Default)]
struct Last {
    page: Option<StatusPage>,
    trouble: Option<String>,
}

/// What is told where there is no screen.
#[derive(Debug, PartialEq, Eq)]
enum News {
    Page(String),
    Trouble(String),
}

impl Last {
    /// What is new, if something is: ages grow by themselves.
    fn news(&mut self, read: Result<Page<StatusPage>, Unread>, json: bool) -> Option<News> {
        match read {
            Ok(page) => {
                let ageless = page.body.without_ages();
                let is_known = self.page.as_ref() == Some(&ageless) && self.trouble.is_none();
                self.page = Some(ageless);
                self.trouble = None;
                let text = if json {
                    page.json + "\n"
                } else {
                    let paint = Paint::for_terminal(false);
                    format!(
                        "{}\n{}\n",
                        page.body.now,
                        page::text(&page.body, paint, width())
                    )
                };
                (!is_known).then_some(News::Page(text))
            }
            Err(unread) => {
                let trouble = chain(&unread);
                let is_known = self.trouble.as_ref() == Some(&trouble);
                self.trouble = Some(trouble.clone());
                (!is_known).then_some(News::Trouble(trouble))
            }
        }
    }

    /// What fills the screen: a node that does not answer is shown as it was.
    fn picture(&mut self, read: Result<Page<StatusPage>, Unread>) -> String {
        let paint = Paint::for_terminal(true);
        match read {
            Ok(page) => {
                let text = page::text(&page.body, paint, width());
                let text = format!("{}\n\n{text}", page.body.now);
                self.page = Some(page.body);
                text
            }
            Err(unread) => {
                let trouble = format!("{}; still trying", chain(&unread));
                let trouble = paint.alarm(&crate::cli::read::wrap(&trouble, width(), 0));
                let Some(page) = &self.page else {
                    return trouble + "\n";
                };
                let before = page::text(page, paint, width());
                format!("{trouble}\n\nas it was at {}:\n\n{before}", page.now)
            }
        }
    }
}

fn tell(news: News) -> io::Result<()> {
    match news {
        News::Page(text) => {
            let mut out = stdout().lock();
            out.write_all(text.as_bytes())?;
            out.flush()
        }
        News::Trouble(trouble) => {
            eprintln!("les: {trouble}; still trying");
            Ok(())
        }
    }
}

/// A screen that scrolled would not be home any more: what does not fit is left out.
fn repaint(text: &str) -> io::Result<()> {
    let rows = height().unwrap_or(usize::MAX).saturating_sub(1);
    let mut screen = HOME.to_owned();
    for line in text.lines().take(rows) {
        screen += line;
        screen += CLEAR_LINE;
        screen += "\n";
    }
    screen += CLEAR_BELOW;
    let mut out = stdout().lock();
    out.write_all(screen.as_bytes())?;
    out.flush()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(json: &str) -> Result<Page<StatusPage>, Unread> {
        Ok(Page {
            body: serde_json::from_str(json).unwrap(),
            json: json.to_owned(),
        })
    }

    fn gone() -> Result<Page<StatusPage>, Unread> {
        Err(Unread::NobodyListens {
            host: "10.0.0.1:4000".into(),
        })
    }

    fn status(heard_ms: u64, why: &str, leader: &str) -> String {
        format!(
            r#"{{"addr":"a:1","role":"leader","leader":"{leader}","now":"{heard_ms}","members":[{{"addr":"b:1","heard_ms":{heard_ms}}}],
               "addresses":[{{"id":"x","why":"{why}"}}]}}"#
        )
    }

    #[test]
    fn only_what_is_more_than_older_is_news() {
        let mut last = Last::default();
        let first = status(1, "read 999 ms ago", "a:1");
        assert_eq!(
            last.news(page(&first), true),
            Some(News::Page(first.clone() + "\n"))
        );
        let older = status(900, "read 1.2 s ago", "a:1");
        assert_eq!(last.news(page(&older), true), None);
        let other = status(901, "read 1.2 s ago", "b:1");
        assert!(matches!(last.news(page(&other), true), Some(News::Page(_))));
        let reason = status(901, "nobody knows", "b:1");
        assert!(matches!(
            last.news(page(&reason), false),
            Some(News::Page(_))
        ));
    }

    #[test]
    fn a_node_that_does_not_answer_is_told_once_and_so_is_its_return() {
        let mut last = Last::default();
        let text = status(1, "", "a:1");
        assert!(last.news(page(&text), true).is_some());
        assert!(matches!(last.news(gone(), true), Some(News::Trouble(_))));
        assert_eq!(last.news(gone(), true), None);
        assert!(last.news(page(&text), true).is_some(), "it is back");
    }

    #[test]
    fn on_a_screen_the_last_picture_stays_below_the_trouble() {
        let mut last = Last::default();
        let nothing = last.picture(gone());
        assert!(
            nothing.contains("nobody listens") && !nothing.contains("as it was"),
            "{nothing}"
        );
        last.picture(page(&status(1, "", "a:1")));
        let before = last.picture(gone());
        assert!(
            before.contains("as it was at 1:") && before.contains("a:1 leads"),
            "{before}"
        );
    }
}
