use super::*;

fn facts(holder: &str) -> Facts {
    Facts {
        version: "1.2.3",
        leads: true,
        epoch: 7,
        members: vec![("ok", 3), ("silent", 0)],
        addresses: vec![AddressFacts {
            id: "203.0.113.7".into(),
            wanted: Some("m-1".into()),
            observed: Some((Some(holder.into()), 0.5)),
            here: true,
            failed_attempts: 0,
        }],
        budget: Some(4_990),
        events_lost: 2,
        ..Facts::default()
    }
}

#[test]
fn a_scrape_shows_what_is_now_and_forgets_who_held_it_before() {
    let metrics = Metrics::default();
    metrics.render(&facts("m-9")).unwrap();
    let page = metrics.render(&facts("m-1")).unwrap();
    let observed = "les_address_observed_info{address=\"203.0.113.7\",holder=\"m-1\"} 1";
    for line in [
        "les_leader 1",
        "les_epoch 7",
        "les_members{state=\"ok\"} 3",
        "les_provider_budget_remaining 4990",
        "les_events_lost_total 2",
        observed,
    ] {
        assert!(page.lines().any(|l| l == line), "{line} in {page}");
    }
    assert!(!page.contains("m-9"), "{page}");
    let unknown = metrics.render(&Facts::default()).unwrap();
    assert!(
        !unknown.contains("les_provider_budget_remaining "),
        "{unknown}"
    );
}

#[test]
fn what_was_counted_is_shown() {
    let metrics = Metrics::new(&["203.0.113.7"]);
    metrics.elected("dead");
    metrics.moved("203.0.113.7", "succession");
    metrics.takeover("detect", Duration::from_millis(3));
    metrics.called("assign", "ok", Duration::from_millis(40));
    metrics.polled("refused", Duration::ZERO);
    let page = metrics.render(&Facts::default()).unwrap();
    for line in [
        "les_elections_total{reason=\"dead\"} 1",
        "les_elections_total{reason=\"silent\"} 0",
        "les_moves_total{address=\"203.0.113.7\",reason=\"drift\"} 0",
        "les_moves_total{address=\"203.0.113.7\",reason=\"succession\"} 1",
        "les_takeover_seconds_bucket{phase=\"detect\",le=\"0.005\"} 1",
        "les_provider_calls_total{operation=\"assign\",outcome=\"ok\"} 1",
        "les_peer_polls_total{outcome=\"refused\"} 1",
        "les_peer_round_trip_seconds_count 0",
    ] {
        assert!(page.lines().any(|l| l == line), "{line} in {page}");
    }
}
