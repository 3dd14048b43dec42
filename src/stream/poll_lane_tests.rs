//! When a lane may ask, and what it remembers.

use prometheus_api::envelope::Opened;

use super::*;
fn lane() -> (Lane, Instant) {
    (Lane::new(Source::PrometheusAlerts), Instant::now())
}

fn good() -> Result<Opened, UpstreamError> {
    Ok(Opened {
        data: "{}".into(),
        warnings: vec![],
    })
}

fn settle(lane: &mut Lane, outcome: Result<Opened, UpstreamError>) -> Snapshot {
    let metrics = StreamMetrics::for_tests();
    lane.settle(Instant::now(), vec![("alerts".into(), outcome)], &metrics)
}

#[test]
fn nothing_is_due_that_nobody_wants() {
    let (mut lane, now) = lane();
    assert_eq!(lane.due_in(now), None);
    assert!(lane.want());
    assert_eq!(lane.due_in(now), Some(Duration::ZERO));
    assert!(!lane.want(), "it is wanted already");
    assert_eq!(lane.begin(now, None), Turn::Ask(0));
    settle(&mut lane, good());
    assert_eq!(lane.due_in(now), None);
}

#[test]
fn what_is_wanted_while_answers_are_owed_is_due_once_they_are_there() {
    let (mut lane, now) = lane();
    assert_eq!(lane.begin(now, None), Turn::Ask(0));
    assert_eq!(lane.begin(now, None), Turn::Busy);
    assert!(lane.want());
    assert_eq!(
        lane.begin(now, None),
        Turn::Busy,
        "a beat meanwhile is skipped"
    );
    assert_eq!(lane.due_in(now + PAUSE * 9), None);
    settle(&mut lane, Err(UpstreamError::TooLarge(1)));
    assert_eq!(lane.due_in(now + PAUSE * 9), Some(Duration::ZERO));
}

#[test]
fn looks_that_are_wanted_keep_their_distance() {
    let (mut lane, now) = lane();
    assert_eq!(lane.begin(now, None), Turn::Ask(0));
    settle(&mut lane, good());
    assert!(lane.want());
    assert_eq!(lane.due_in(now), Some(PAUSE));
    assert_eq!(lane.due_in(now + PAUSE / 4), Some(PAUSE * 3 / 4));
    assert_eq!(lane.due_in(now + PAUSE), Some(Duration::ZERO));
    let beat = lane.begin(now + PAUSE / 2, None);
    assert_eq!(beat, Turn::Ask(0), "a beat does not wait");
    settle(&mut lane, good());
    assert_eq!(lane.due_in(now + PAUSE), None, "it was what was wanted");
}

#[test]
fn while_a_probe_is_unanswered_beats_say_so_and_nothing_is_due() {
    let (mut lane, now) = lane();
    assert_eq!(lane.begin(now, None), Turn::Ask(0));
    settle(&mut lane, Err(UpstreamError::TimedOut(PAUSE)));
    let mut hung_up = lane.is_silent(now, now);
    assert!(lane.want());
    assert_eq!(lane.due_in(now + PAUSE * 9), None);
    assert_eq!(lane.begin(now + PAUSE, None), Turn::Silent(PAUSE));
    let names = ["a", "b"].map(Arc::from).into_iter();
    let metrics = StreamMetrics::for_tests();
    let snapshot = lane.unanswered(names, PAUSE, &metrics);
    assert!(snapshot.is_stale());
    assert_eq!(snapshot.answers.len(), 2);
    assert!(hung_up.try_recv().is_err());
    lane.is_over(now);
    lane.probe_with(1);
    assert_eq!(lane.due_in(now + PAUSE), Some(Duration::ZERO));
    assert_eq!(lane.begin(now + PAUSE, None), Turn::Ask(1));
}

#[test]
fn warnings_are_known_until_an_answer_comes_without() {
    let (mut lane, _) = lane();
    let warned = Ok(Opened {
        data: "{}".into(),
        warnings: vec!["a".into(), "b".into()],
    });
    settle(&mut lane, warned);
    assert_eq!(lane.warnings(), [r#"query "alerts": a; b"#]);
    settle(&mut lane, Err(UpstreamError::TooLarge(1)));
    assert_eq!(lane.warnings().len(), 1, "nothing new is known");
    settle(&mut lane, good());
    assert!(lane.warnings().is_empty());
}

#[test]
fn a_question_that_hangs_at_a_server_that_answers_others_is_hung_up_on() {
    let (mut lane, now) = lane();
    assert_eq!(lane.begin(now, None), Turn::Ask(0));
    settle(&mut lane, Err(UpstreamError::TimedOut(PAUSE)));
    assert_eq!(lane.answered_at(), None);
    let mut hung_up = lane.is_silent(now, now);
    lane.probe_with(1);
    assert_eq!(lane.begin(now + PAUSE, Some(now)), Turn::Silent(PAUSE));
    assert_eq!(lane.begin(now + PAUSE, Some(now + PAUSE)), Turn::Ask(1));
    let closed = oneshot::error::TryRecvError::Closed;
    assert_eq!(hung_up.try_recv(), Err(closed), "it is hung up on");
    settle(&mut lane, good());
    assert!(lane.answered_at().is_some());
    // What becomes of the old probe says nothing of one that is silent since.
    let _later = lane.is_silent(now + PAUSE, now + PAUSE);
    lane.is_over(now);
    assert_eq!(lane.begin(now + PAUSE, None), Turn::Silent(Duration::ZERO));
}
