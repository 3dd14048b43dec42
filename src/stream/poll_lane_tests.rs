//! When a lane may ask, and what it remembers.

use prometheus_api::envelope::Opened;

use super::*;
fn lane() -> (PollLane, Instant) {
    (PollLane::new(Source::PrometheusAlerts), Instant::now())
}

fn good() -> Result<Opened, UpstreamError> {
    Ok(Opened {
        data: "{}".into(),
        warnings: vec![],
    })
}

fn settle(lane: &mut PollLane, outcome: Result<Opened, UpstreamError>) -> Snapshot {
    let metrics = StreamMetrics::for_tests();
    lane.settle(Instant::now(), vec![("alerts".into(), outcome)], &metrics)
}

#[test]
fn nothing_is_due_that_nobody_wants() {
    let (mut lane, now) = lane();
    assert_eq!(lane.due_in(now), None);
    assert!(lane.request());
    assert_eq!(lane.due_in(now), Some(Duration::ZERO));
    assert!(!lane.request(), "it is wanted already");
    assert_eq!(lane.begin(now, None), Start::Poll(0));
    settle(&mut lane, good());
    assert_eq!(lane.due_in(now), None);
}

#[test]
fn what_is_wanted_while_answers_are_owed_is_due_once_they_are_there() {
    let (mut lane, now) = lane();
    assert_eq!(lane.begin(now, None), Start::Poll(0));
    assert_eq!(lane.begin(now, None), Start::Busy);
    assert!(lane.request());
    assert_eq!(
        lane.begin(now, None),
        Start::Busy,
        "a beat meanwhile is skipped"
    );
    assert_eq!(lane.due_in(now + MIN_POLL_GAP * 9), None);
    settle(&mut lane, Err(UpstreamError::TooLarge(1)));
    assert_eq!(lane.due_in(now + MIN_POLL_GAP * 9), Some(Duration::ZERO));
}

#[test]
fn looks_that_are_wanted_keep_their_distance() {
    let (mut lane, now) = lane();
    assert_eq!(lane.begin(now, None), Start::Poll(0));
    settle(&mut lane, good());
    assert!(lane.request());
    assert_eq!(lane.due_in(now), Some(MIN_POLL_GAP));
    assert_eq!(
        lane.due_in(now + MIN_POLL_GAP / 4),
        Some(MIN_POLL_GAP * 3 / 4)
    );
    assert_eq!(lane.due_in(now + MIN_POLL_GAP), Some(Duration::ZERO));
    let beat = lane.begin(now + MIN_POLL_GAP / 2, None);
    assert_eq!(beat, Start::Poll(0), "a beat does not wait");
    settle(&mut lane, good());
    assert_eq!(
        lane.due_in(now + MIN_POLL_GAP),
        None,
        "it was what was wanted"
    );
}

#[test]
fn while_a_probe_is_unanswered_beats_say_so_and_nothing_is_due() {
    let (mut lane, now) = lane();
    assert_eq!(lane.begin(now, None), Start::Poll(0));
    settle(&mut lane, Err(UpstreamError::TimedOut(MIN_POLL_GAP)));
    let mut hung_up = lane.set_silent(now, now);
    assert!(lane.request());
    assert_eq!(lane.due_in(now + MIN_POLL_GAP * 9), None);
    assert_eq!(
        lane.begin(now + MIN_POLL_GAP, None),
        Start::Silent(MIN_POLL_GAP)
    );
    let names = ["a", "b"].map(Arc::from).into_iter();
    let metrics = StreamMetrics::for_tests();
    let snapshot = lane.unanswered(names, MIN_POLL_GAP, &metrics);
    assert!(snapshot.is_stale());
    assert_eq!(snapshot.answers.len(), 2);
    assert!(hung_up.try_recv().is_err());
    lane.end_silence(now);
    lane.set_probe(1);
    assert_eq!(lane.due_in(now + MIN_POLL_GAP), Some(Duration::ZERO));
    assert_eq!(lane.begin(now + MIN_POLL_GAP, None), Start::Poll(1));
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
    assert_eq!(lane.begin(now, None), Start::Poll(0));
    settle(&mut lane, Err(UpstreamError::TimedOut(MIN_POLL_GAP)));
    assert_eq!(lane.answered_at(), None);
    let mut hung_up = lane.set_silent(now, now);
    lane.set_probe(1);
    assert_eq!(
        lane.begin(now + MIN_POLL_GAP, Some(now)),
        Start::Silent(MIN_POLL_GAP)
    );
    assert_eq!(
        lane.begin(now + MIN_POLL_GAP, Some(now + MIN_POLL_GAP)),
        Start::Poll(1)
    );
    let closed = oneshot::error::TryRecvError::Closed;
    assert_eq!(hung_up.try_recv(), Err(closed), "it is hung up on");
    settle(&mut lane, good());
    assert!(lane.answered_at().is_some());
    // What becomes of the old probe says nothing of one that is silent since.
    let _later = lane.set_silent(now + MIN_POLL_GAP, now + MIN_POLL_GAP);
    lane.end_silence(now);
    assert_eq!(
        lane.begin(now + MIN_POLL_GAP, None),
        Start::Silent(Duration::ZERO)
    );
}
