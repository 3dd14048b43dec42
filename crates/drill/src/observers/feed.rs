//! The last observation of a server, shared by all rehearsals that wait for something in it.

use std::{rc::Rc, time::Duration};

use chrono::{TimeDelta, Utc};
use tokio::{
    sync::watch::{self, Receiver, Sender},
    time::timeout,
};

use crate::time::Moment;

/// A server that has not answered for longer than this counts as silent. It is asked every second.
const SILENT_AFTER: TimeDelta = TimeDelta::seconds(5);

/// What a server answered, or why it did not.
#[derive(Debug)]
pub(crate) struct Observation<T> {
    pub(crate) at: Moment,
    pub(crate) content: Result<Vec<T>, String>,
    /// When the server last answered.
    pub(crate) last_answer: Moment,
    /// The last silence that is over: from and to.
    past_silence: Option<(Moment, Moment)>,
}

impl<T> Observation<T> {
    /// For how long the server was silent since `begun`, if it was.
    pub(crate) fn silence_since(&self, begun: Moment, now: Moment) -> Option<Duration> {
        let current = (self.last_answer, now);
        let past = self.past_silence.unwrap_or(current);
        [current, past]
            .into_iter()
            .map(|(from, to)| to - from.max(begun))
            .max()
            .filter(|silence| *silence > SILENT_AFTER)
            .and_then(|silence| silence.to_std().ok())
    }
}

/// The observations of one server; a reader has the last one.
pub(crate) type ObservationFeed<T> = Receiver<Rc<Observation<T>>>;

/// Waits until `find` finds something, at most until `deadline`. Gives it with the moment of its observation.
pub(crate) async fn wait_until<T, R>(
    feed: &ObservationFeed<T>,
    deadline: Moment,
    find: impl Fn(&[T]) -> Option<R>,
) -> Option<(R, Moment)> {
    let mut feed = feed.clone();
    let search = async {
        loop {
            let observation = feed.borrow_and_update().clone();
            let content = observation.content.as_ref().ok();
            if let Some(found) = content.and_then(|content| find(content)) {
                return Some((found, observation.at));
            }
            feed.changed().await.ok()?;
        }
    };
    let time_left = (deadline - Utc::now()).to_std().unwrap_or_default();
    timeout(time_left, search).await.ok().flatten()
}

/// A feed without an answer yet.
pub(super) fn empty_feed<T>() -> (Sender<Rc<Observation<T>>>, ObservationFeed<T>) {
    let at = Utc::now();
    watch::channel(Rc::new(Observation {
        at,
        content: Err("has not been asked yet".to_owned()),
        last_answer: at,
        past_silence: None,
    }))
}

/// Publishes what was observed now.
pub(super) fn publish<T>(feed: &Sender<Rc<Observation<T>>>, content: Result<Vec<T>, String>) {
    let at = Utc::now();
    let (last_answer, past_silence) = {
        let previous = feed.borrow();
        let before = previous.last_answer;
        match &content {
            Ok(_) if at - before > SILENT_AFTER => (at, Some((before, at))),
            Ok(_) => (at, previous.past_silence),
            Err(_) => (before, previous.past_silence),
        }
    };
    feed.send_replace(Rc::new(Observation {
        at,
        content,
        last_answer,
        past_silence,
    }));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[actix_rt::test]
    async fn what_is_waited_for_is_found_when_it_comes_and_not_after_the_deadline() {
        let (sender, feed) = empty_feed::<u32>();
        let soon = Utc::now() + TimeDelta::seconds(30);
        let one = |seen: &[u32]| seen.contains(&1).then_some(());
        let find = actix_rt::spawn({
            let feed = feed.clone();
            async move { wait_until(&feed, soon, one).await }
        });
        publish(&sender, Err("down".to_owned()));
        publish(&sender, Ok(vec![1]));
        assert!(find.await.unwrap().is_some());
        let two = |seen: &[u32]| (seen == [2]).then_some(());
        assert!(wait_until(&feed, Utc::now(), two).await.is_none());
    }

    #[test]
    fn a_silence_counts_from_the_beginning_of_the_wait() {
        let begun = Utc::now();
        let after = |seconds| begun + TimeDelta::seconds(seconds);
        let mut observation = Observation::<u32> {
            at: after(9),
            content: Ok(Vec::new()),
            last_answer: after(9),
            past_silence: None,
        };
        assert_eq!(observation.silence_since(begun, after(10)), None);
        assert_eq!(
            observation.silence_since(begun, after(20)),
            Some(Duration::from_secs(11)),
            "it is silent now"
        );
        observation.past_silence = Some((after(-3), after(8)));
        assert_eq!(
            observation.silence_since(begun, after(10)),
            Some(Duration::from_secs(8)),
            "what was before does not count"
        );
        assert_eq!(observation.silence_since(after(8), after(10)), None);
    }
}
