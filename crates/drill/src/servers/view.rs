//! What a server showed when it was last asked, shared by all who wait for something of it.

use std::{rc::Rc, time::Duration};

use chrono::{TimeDelta, Utc};
use tokio::{
    sync::watch::{self, Receiver, Sender},
    time::timeout,
};

use super::seen::Moment;

/// A server that is asked every second and has not answered for longer is silent.
const LONG: TimeDelta = TimeDelta::seconds(5);
/// What a server showed at a moment, or why nothing is known.
#[derive(Debug)]
pub(crate) struct View<T> {
    pub(crate) at: Moment,
    pub(crate) seen: Result<Vec<T>, String>,
    /// When it answered last.
    pub(crate) answered: Moment,
    /// The last time that it was silent for long: from and to.
    silence: Option<(Moment, Moment)>,
}

impl<T> View<T> {
    /// For how long since `begun` it did not answer, if that was long.
    pub(crate) fn silent(&self, begun: Moment, now: Moment) -> Option<Duration> {
        let until_now = (self.answered, now);
        let before = self.silence.unwrap_or(until_now);
        [until_now, before]
            .into_iter()
            .map(|(from, to)| to - from.max(begun))
            .max()
            .filter(|silent| *silent > LONG)
            .and_then(|silent| silent.to_std().ok())
    }
}

/// A view, shared.
pub(crate) type Sight<T> = Receiver<Rc<View<T>>>;

/// Waits until `find` finds something in what is seen, at most until `deadline`; gives it with the moment at which it was
/// seen.
pub(crate) async fn until<T, R>(
    sight: &Sight<T>,
    deadline: Moment,
    find: impl Fn(&[T]) -> Option<R>,
) -> Option<(R, Moment)> {
    let mut sight = sight.clone();
    let search = async {
        loop {
            let view = sight.borrow_and_update().clone();
            if let Some(found) = view.seen.as_ref().ok().and_then(|seen| find(seen)) {
                return Some((found, view.at));
            }
            sight.changed().await.ok()?;
        }
    };
    let patience = (deadline - Utc::now()).to_std().unwrap_or_default();
    timeout(patience, search).await.ok().flatten()
}

/// Nothing is known yet.
pub(super) fn unseen<T>() -> (Sender<Rc<View<T>>>, Sight<T>) {
    let at = Utc::now();
    watch::channel(Rc::new(View {
        at,
        seen: Err("has not been asked yet".to_owned()),
        answered: at,
        silence: None,
    }))
}

/// Shows what was seen now.
pub(super) fn show<T>(to: &Sender<Rc<View<T>>>, seen: Result<Vec<T>, String>) {
    let at = Utc::now();
    let (answered, silence) = {
        let before = to.borrow();
        let silent = before.answered;
        match &seen {
            Ok(_) if at - silent > LONG => (at, Some((silent, at))),
            Ok(_) => (at, before.silence),
            Err(_) => (silent, before.silence),
        }
    };
    to.send_replace(Rc::new(View {
        at,
        seen,
        answered,
        silence,
    }));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[actix_rt::test]
    async fn what_is_waited_for_is_found_when_it_comes_and_not_after_the_deadline() {
        let (sender, sight) = unseen::<u32>();
        let soon = Utc::now() + TimeDelta::seconds(30);
        let one = |seen: &[u32]| seen.contains(&1).then_some(());
        let find = actix_rt::spawn({
            let sight = sight.clone();
            async move { until(&sight, soon, one).await }
        });
        show(&sender, Err("down".to_owned()));
        show(&sender, Ok(vec![1]));
        assert!(find.await.unwrap().is_some());
        assert!(
            until(&sight, Utc::now(), |seen| (seen == [2]).then_some(()))
                .await
                .is_none()
        );
    }

    #[test]
    fn a_server_that_was_silent_for_long_is_known_by_how_long() {
        let begun = Utc::now();
        let after = |seconds| begun + TimeDelta::seconds(seconds);
        let mut view = View::<u32> {
            at: after(9),
            seen: Ok(Vec::new()),
            answered: after(9),
            silence: None,
        };
        assert_eq!(view.silent(begun, after(10)), None);
        assert_eq!(
            view.silent(begun, after(20)),
            Some(Duration::from_secs(11)),
            "it is silent now"
        );
        view.silence = Some((after(-3), after(8)));
        assert_eq!(
            view.silent(begun, after(10)),
            Some(Duration::from_secs(8)),
            "what was before does not count"
        );
        assert_eq!(view.silent(after(8), after(10)), None);
    }
}
