//! What came of a hand-over, for a person.

use les::wire::{HandoverBody, ProgressBody};

/// What happened: who leads, and who holds what since when. An error if it is not done, with what to look at.
pub(crate) fn handover(handover: &HandoverBody) -> Result<String, String> {
    if handover.progress == ProgressBody::Done {
        Ok(done(handover))
    } else {
        Err(failure(handover))
    }
}

fn done(handover: &HandoverBody) -> String {
    let leader = handover.leader.as_deref().unwrap_or("nobody");
    let epoch = match handover.epoch {
        Some(epoch) => format!(" in epoch {epoch}"),
        None => String::new(),
    };
    let after = handover.leads_after_ms.unwrap_or_default();
    let mut text = format!(
        "{leader} leads{epoch}, {after} ms after {} gave up the lead",
        handover.from
    );
    for address in &handover.addresses {
        text += &match address.held_after_ms {
            Some(after) => format!("\n{} is held by it after {after} ms", address.id),
            None => format!(
                "\n{}: a reference node does not say whether it holds it",
                address.id
            ),
        };
    }
    text
}

/// Why a hand-over is not done, and what to look at.
fn failure(handover: &HandoverBody) -> String {
    let text = &handover.text;
    match (handover.progress, &handover.leader) {
        (ProgressBody::TookBack, _) => {
            format!(
                "not handed over: {text}; the log of the node that should have led says why it did not"
            )
        }
        (_, Some(leader)) => {
            format!(
                "not all is handed over: {text}; http://{leader}/diag/ says what it waits for, and it goes on trying"
            )
        }
        (_, None) => format!(
            "not handed over: {text}; http://{}/diag/ says who waits for whom",
            handover.from
        ),
    }
}

#[cfg(test)]
mod tests {
    use les::wire::HeldBody;

    use super::*;

    fn body(progress: ProgressBody, leader: Option<&str>) -> HandoverBody {
        HandoverBody {
            number: 1,
            progress,
            from: "10.0.0.1:4000".into(),
            given_up: 7,
            leader: leader.map(str::to_owned),
            epoch: leader.map(|_| 8),
            leads_after_ms: leader.map(|_| 9),
            addresses: vec![HeldBody {
                id: "203.0.113.7".into(),
                held_after_ms: leader.map(|_| 63),
            }],
            elapsed_ms: 70,
            text: "what happened".into(),
        }
    }

    #[test]
    fn says_who_leads_and_holds_since_when_or_where_to_look() {
        let text = handover(&body(ProgressBody::Done, Some("10.0.0.2:4000"))).unwrap();
        let expected = "10.0.0.2:4000 leads in epoch 8, 9 ms after 10.0.0.1:4000 gave up the lead\n203.0.113.7 is held by it after 63 ms";
        assert_eq!(text, expected);
        let nobody = handover(&body(ProgressBody::Late, None)).unwrap_err();
        assert!(nobody.contains("http://10.0.0.1:4000/diag/"), "{nobody}");
        let half = handover(&body(ProgressBody::Late, Some("10.0.0.2:4000"))).unwrap_err();
        assert!(half.contains("http://10.0.0.2:4000/diag/"), "{half}");
        assert!(handover(&body(ProgressBody::TookBack, None)).is_err());
    }
}
