//! `les why`: why is the address where it is?

use std::io::Write as _;
use std::process::ExitCode;

use clap::Args;
use hyper::StatusCode;
use les::words::chain;

use super::read::{self, Page, PlaceArgs, Reader, StatusPage, Unread, WhyPage, width, wrap};

/// Explain where an address is, and why.
#[derive(Debug, Args)]
pub(super) struct WhyArgs {
    /// The address, as it is configured; may be left out if it is the only one
    address: Option<String>,
    /// Print the node's answer as JSON
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    place: PlaceArgs,
}

/// Exit code 0: it was said. 1: the node does not say it. 64: there is no such address.
pub(super) fn run(args: &WhyArgs) -> anyhow::Result<ExitCode> {
    read::run(&args.place, async |reader| {
        let page = match explain(reader, args.address.as_deref()).await {
            Ok(page) => page,
            Err(WhyNot::Wrong(problem)) => return Ok(read::wrong(&problem)),
            Err(WhyNot::Unread(unread)) => {
                eprintln!("les: {}", chain(&unread));
                return Ok(ExitCode::FAILURE);
            }
        };
        let text = if args.json {
            page.json
        } else {
            wrap(&page.body.text, width(), 0)
        };
        writeln!(std::io::stdout(), "{text}")?;
        Ok(ExitCode::SUCCESS)
    })
}

const NONE: &str = "no address is configured there";

/// Why nothing is explained.
#[derive(Debug)]
enum WhyNot {
    /// The command line names no address of this node.
    Wrong(String),
    Unread(Unread),
}

impl From<Unread> for WhyNot {
    fn from(unread: Unread) -> Self {
        Self::Unread(unread)
    }
}

async fn explain(reader: &Reader, address: Option<&str>) -> Result<Page<WhyPage>, WhyNot> {
    let address = match address {
        Some(address) => address.to_owned(),
        None => only(&configured(reader).await?)?,
    };
    let path = format!("/why/{}", encoded(&address));
    match reader.page(&path).await {
        Err(Unread::Refused {
            status: StatusCode::NOT_FOUND,
            ..
        }) => {
            let known = list(&configured(reader).await?);
            let problem = format!("{address} is not an address of this node: {known}");
            Err(WhyNot::Wrong(problem))
        }
        page => Ok(page?),
    }
}

async fn configured(reader: &Reader) -> Result<Vec<String>, Unread> {
    let page: Page<StatusPage> = reader.page("/status").await?;
    let addresses = page.body.addresses.into_iter();
    Ok(addresses.map(|address| address.id).collect())
}

fn only(configured: &[String]) -> Result<String, WhyNot> {
    match configured {
        [only] => Ok(only.clone()),
        [] => Err(WhyNot::Wrong(NONE.to_owned())),
        several => Err(WhyNot::Wrong(format!("which address? {}", list(several)))),
    }
}

fn list(configured: &[String]) -> String {
    if configured.is_empty() {
        return NONE.to_owned();
    }
    format!("configured are {}", configured.join(", "))
}

/// As one segment of a path (RFC 3986).
fn encoded(segment: &str) -> String {
    let byte = |byte: u8| match byte {
        b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
            char::from(byte).to_string()
        }
        _ => format!("%{byte:02X}"),
    };
    segment.bytes().map(byte).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::read::fake::Fake;

    #[test]
    fn a_name_with_slashes_is_one_segment() {
        assert_eq!(encoded("203.0.113.7"), "203.0.113.7");
        assert_eq!(encoded("rtb-1/10.0.0.0"), "rtb-1%2F10.0.0.0");
        assert_eq!(encoded("2001:db8::1 ü"), "2001%3Adb8%3A%3A1%20%C3%BC");
    }

    const STATUS: &str = r#"{"addr":"a:1","role":"leader","members":[],"addresses":[{"id":"203.0.113.7"},{"id":"203.0.113.8"}]}"#;

    #[tokio::test]
    async fn an_unknown_address_and_one_of_several_list_what_there_is() {
        let node = Fake::start(|path| match path {
            "/status" => (200, STATUS.into()),
            _ => (404, r#"{"ok":false,"why":"not configured"}"#.into()),
        })
        .await;
        for (asked, said) in [
            (
                Some("203.0.113.9"),
                "203.0.113.9 is not an address of this node: configured are 203.0.113.7, 203.0.113.8",
            ),
            (
                None,
                "which address? configured are 203.0.113.7, 203.0.113.8",
            ),
        ] {
            match explain(&node.reader(), asked).await {
                Err(WhyNot::Wrong(problem)) => assert_eq!(problem, said),
                other => panic!("{other:?}"),
            }
        }
    }

    #[tokio::test]
    async fn the_only_address_needs_no_name() {
        let node = Fake::start(|path| match path {
            "/status" => (200, STATUS.replace(r#",{"id":"203.0.113.8"}"#, "")),
            "/why/203.0.113.7" => (200, r#"{"code":"mine","text":"It is here."}"#.into()),
            _ => (404, String::new()),
        })
        .await;
        let page = explain(&node.reader(), None).await.unwrap();
        assert_eq!(page.body.text, "It is here.");
        assert_eq!(page.json, r#"{"code":"mine","text":"It is here."}"#);
    }
}
