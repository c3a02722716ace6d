use std::fs;

use super::*;

fn dir() -> std::path::PathBuf {
    let dir = std::env::temp_dir().join(format!("les-events-{:016x}", fastrand::u64(..)));
    fs::create_dir(&dir).unwrap();
    dir
}

fn texts(events: &Events) -> Vec<String> {
    let latest = events.latest(KEPT);
    latest.iter().map(|e| e.entry.text.clone()).collect()
}

#[test]
fn the_history_is_bounded_and_keeps_the_latest() {
    let events = Events::default();
    for i in 0..KEPT + 3 {
        events.record(Time::ZERO, "elected", i.to_string());
    }
    let kept = texts(&events);
    assert_eq!((kept.len(), &*kept[0]), (KEPT, "3"));
    assert_eq!(events.latest(1)[0].entry.text, (KEPT + 2).to_string());
    assert!(!events.are_kept());
}

#[tokio::test]
async fn a_restart_finds_them_again_and_damage_costs_a_line() {
    let dir = dir();
    let took = Duration::from_micros(3_100);
    let events = Events::kept_in(Some(&dir), Clock::start());
    let entry = Entry::new("took_over", "here".into())
        .about("203.0.113.7")
        .because("dead");
    events.tell(Time::ZERO, entry.took(&[("detect", took)]));
    events.record(Time::ZERO, "joined", "later".into());
    events.settle().await;
    assert!(events.are_kept() && events.lost() == 0);
    let file = dir.join("events.ndjson");
    let text = fs::read_to_string(&file).unwrap();
    fs::write(
        &file,
        text + "{\"at\":\"yesterday\"}\nnoise\n{\"at\":\"2026-",
    )
    .unwrap();
    let again = Events::kept_in(Some(&dir), Clock::start());
    assert_eq!(texts(&again), ["here", "later"]);
    let first = again.latest(KEPT)[0].entry.clone();
    assert_eq!(first.phases, [(Cow::Borrowed("detect"), took)]);
    assert_eq!(first.cause.as_deref(), Some("dead"));
    assert!(again.of_this_life(KEPT).is_empty());
    again.record(Time::ZERO, "joined", "after a torn line".into());
    again.settle().await;
    let third = texts(&Events::kept_in(Some(&dir), Clock::start()));
    assert_eq!(third, ["here", "later", "after a torn line"]);
    fs::remove_dir_all(&dir).unwrap();
}

#[tokio::test]
async fn the_disk_is_bounded_too() {
    let dir = dir();
    let events = Events::kept_in(Some(&dir), Clock::start());
    for _ in 0..300 {
        events.record(Time::ZERO, "long", "x".repeat(9_000));
        events.settle().await;
    }
    let files = fs::read_dir(&dir)
        .unwrap()
        .map(|f| f.unwrap().metadata().unwrap().len());
    let bytes: u64 = files.sum();
    assert!((512_000..1_100_000).contains(&bytes), "{bytes}");
    assert!(
        Events::kept_in(Some(&dir), Clock::start())
            .latest(KEPT)
            .len()
            > 50
    );
    fs::remove_dir_all(&dir).unwrap();
}

#[tokio::test]
async fn what_cannot_be_written_is_counted_and_stays_in_memory() {
    let dir = dir();
    let events = Events::kept_in(Some(&dir), Clock::start());
    fs::remove_dir_all(&dir).unwrap();
    events.record(Time::ZERO, "joined", "one".into());
    events.settle().await;
    assert_eq!((events.are_kept(), events.lost()), (false, 1));
    fs::create_dir(&dir).unwrap();
    events.record(Time::ZERO, "joined", "two".into());
    events.settle().await;
    assert_eq!((events.are_kept(), events.lost()), (true, 1));
    assert_eq!(texts(&events), ["one", "two"]);
    assert_eq!(texts(&Events::kept_in(Some(&dir), Clock::start())), ["two"]);
    fs::remove_dir_all(&dir).unwrap();
}
