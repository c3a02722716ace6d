//! Profiles, and the rules between timings.

use super::*;

fn ms(n: u64) -> Duration {
    Duration::from_millis(n)
}

fn refused(settings: &[(&str, &str)]) -> String {
    load(settings).unwrap_err().to_string()
}

fn assert_names(message: &str, parts: &[&str]) {
    for part in parts {
        assert!(message.contains(part), "{message:?} lacks {part:?}");
    }
}

#[test]
fn a_profile_brings_a_beat_and_a_silence_and_nothing_else() {
    for (written, profile, beat, silence) in [
        ("default", Profile::Default, 100, 800),
        ("fast", Profile::Fast, 50, 300),
        ("wan", Profile::Wan, 250, 2500),
    ] {
        let config = load(&[("election.profile", written)]).unwrap();
        let expected = ElectionConfig {
            beat: ms(beat),
            silence_after: ms(silence),
            ..ElectionConfig::default()
        };
        assert_eq!((config.profile, config.election), (profile, expected));
    }
}

#[test]
fn what_is_written_wins_over_the_profile_in_whatever_layer() {
    let file = TempFile::new("[election]\nbeat = \"60ms\"\n");
    let env = Setting::from_env("LES_ELECTION__PROFILE", "fast").unwrap();
    let (config, origins) = Config::load(Some(&file.0), &[env]).unwrap();
    let told = config.timings(&origins).map(|timing| timing.to_string());
    let expected = [
        format!("election.beat (60ms, file {})", file.0.display()),
        "election.silence_after (300ms, election.profile = \"fast\")".to_owned(),
        "election.polled_silence_after (3s, the default)".to_owned(),
    ];
    assert_eq!(told, expected);
}

#[test]
fn five_beats_fit_into_a_silence() {
    let message = refused(&[
        ("election.beat", "200ms"),
        ("election.silence_after", "999ms"),
    ]);
    assert_names(
        &message,
        &[
            "election.beat = 200ms (flag --test)",
            "election.silence_after (999ms, flag --test)",
            "to 199ms 800us",
            "to 1s",
        ],
    );
    let exact = [("election.beat", "200ms"), ("election.silence_after", "1s")];
    assert_eq!(load(&exact).unwrap().election.beat, ms(200));
    let by_profile = [("election.profile", "fast"), ("election.beat", "100ms")];
    assert_names(
        &refused(&by_profile),
        &["election.silence_after (300ms, election.profile = \"fast\")"],
    );
}

#[test]
fn a_poll_fails_before_a_polled_member_is_silent() {
    let parts = [
        "election.poll_timeout = 3s (flag --test)",
        "less than election.polled_silence_after (3s, the default)",
    ];
    assert_names(&refused(&[("election.poll_timeout", "3s")]), &parts);
    assert!(load(&[("election.poll_timeout", "2999ms")]).is_ok());
}

#[test]
fn silences_and_pauses_are_shorter_than_what_makes_a_zombie() {
    let zombie = "less than election.zombie_after (30s, the default)";
    for key in [
        "election.silence_after",
        "election.polled_silence_after",
        "election.reference_poll_interval",
    ] {
        let own = format!("{key} = 30s (flag --test)");
        assert_names(&refused(&[(key, "30s")]), &[&own, zombie]);
        assert!(load(&[(key, "29s")]).is_ok());
    }
}

/// `silence_after` was the silence of polled members before there were streams.
#[test]
fn an_old_configuration_means_what_it_meant_or_is_refused() {
    let old = load(&[("election.silence_after", "3s")]).unwrap().election;
    assert_eq!(
        (old.silence_after, old.polled_silence_after),
        (ms(3000), ms(3000))
    );
    let patient = load(&[("election.silence_after", "10s")]).unwrap().election;
    assert_eq!(
        (patient.silence_after, patient.polled_silence_after),
        (ms(10_000), ms(10_000))
    );
    let both = [
        ("election.silence_after", "10s"),
        ("election.polled_silence_after", "4s"),
    ];
    assert_eq!(load(&both).unwrap().election.polled_silence_after, ms(4000));
}
