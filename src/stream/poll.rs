//! One poll of one kind of query. A server that does not answer must not collect our queries: the first question is a
//! probe, and the others are sent when it is answered.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use futures_util::{
    FutureExt,
    future::{LocalBoxFuture, join_all},
};
use prometheus_api::{client::Progress, envelope::Opened, error::UpstreamError};
use tokio::time::timeout_at;

/// A query's name, and what came of it.
pub(super) type Answered = (Arc<str>, Result<Opened, UpstreamError>);

/// A query that has not been sent yet: it is when its answer is awaited.
pub(super) struct Question {
    /// The query's name.
    pub(super) name: Arc<str>,
    /// Sends it, and is its answer. Without a deadline.
    pub(super) answer: LocalBoxFuture<'static, Result<Opened, UpstreamError>>,
    /// Whether the server has begun to answer.
    pub(super) progress: Progress,
}

impl Question {
    /// The query `name`, which `ask` sends; it is handed what notes that the answer has begun.
    pub(super) fn new<A>(name: Arc<str>, ask: impl FnOnce(Progress) -> A) -> Self
    where
        A: Future<Output = Result<Opened, UpstreamError>> + 'static,
    {
        let progress = Progress::default();
        Self {
            name,
            answer: ask(progress.clone()).boxed_local(),
            progress,
        }
    }
}

/// What a poll brought.
pub(super) struct Polled {
    /// One per question, in their order.
    pub(super) answers: Vec<Answered>,
    /// The probe, when the server did not begin to answer it in time: nothing more may be asked until it is over.
    pub(super) unanswered: Option<LocalBoxFuture<'static, Result<Opened, UpstreamError>>>,
    /// The probe of the next poll: the question that was answered first and well, another one if there was none.
    pub(super) next_probe: usize,
}

/// Asks the question at `probe`, then all others at once; gives up waiting after `patience`. While the server answers, a
/// question that takes longer is hung up on, which ends it there.
pub(super) async fn poll(mut questions: Vec<Question>, probe: usize, patience: Duration) -> Polled {
    let began = Instant::now();
    let deadline = tokio::time::Instant::now() + patience;
    let late = || Err(UpstreamError::TimedOut(patience));
    let Some(question) = questions.get_mut(probe) else {
        return Polled {
            answers: vec![],
            unanswered: None,
            next_probe: 0,
        };
    };
    let Ok(answer) = timeout_at(deadline, &mut question.answer).await else {
        let names = questions.iter().map(|question| question.name.clone());
        let answers = names.map(|name| (name, late())).collect();
        let next_probe = (probe + 1) % questions.len();
        let probe = questions.swap_remove(probe);
        return Polled {
            answers,
            unanswered: (!probe.progress.has_begun()).then_some(probe.answer),
            next_probe,
        };
    };
    let first = (questions.remove(probe).name, answer, began.elapsed());
    let others = questions.into_iter().map(async |question| {
        let asked = Instant::now();
        let answer = timeout_at(deadline, question.answer).await;
        (
            question.name,
            answer.unwrap_or_else(|_| late()),
            asked.elapsed(),
        )
    });
    let mut answers = join_all(others).await;
    answers.insert(probe, first);
    let good = answers
        .iter()
        .enumerate()
        .filter(|(_, (_, answer, _))| answer.is_ok());
    let fastest = good.min_by_key(|(_, (_, _, took))| *took);
    Polled {
        next_probe: fastest.map_or(probe, |(index, _)| index),
        answers: answers
            .into_iter()
            .map(|(name, answer, _)| (name, answer))
            .collect(),
        unanswered: None,
    }
}

#[cfg(test)]
mod tests {
    use std::{cell::Cell, future::pending, rc::Rc};

    use super::*;

    const FOREVER: Duration = Duration::from_secs(3600);

    fn good() -> Result<Opened, UpstreamError> {
        Ok(Opened {
            data: "{}".into(),
            warnings: vec![],
        })
    }

    fn question(name: &str, sent: &Rc<Cell<usize>>, answers: bool) -> Question {
        let sent = sent.clone();
        let answer = async move {
            sent.set(sent.get() + 1);
            if !answers {
                pending::<()>().await;
            }
            good()
        };
        Question::new(name.into(), |_| answer)
    }

    fn reasons(polled: &Polled) -> Vec<(&str, Option<&'static str>)> {
        let reason =
            |answer: &Result<_, UpstreamError>| answer.as_ref().err().map(UpstreamError::reason);
        let answers = polled.answers.iter();
        answers
            .map(|(name, answer)| (&**name, reason(answer)))
            .collect()
    }

    #[actix::test]
    async fn a_server_that_does_not_answer_is_sent_one_question_which_is_kept() {
        let sent = Rc::default();
        let questions = ["a", "b", "c"].map(|name| question(name, &sent, false));
        let polled = poll(questions.into(), 1, Duration::from_millis(1)).await;
        assert_eq!(sent.get(), 1);
        let timeout = Some("timeout");
        assert_eq!(
            reasons(&polled),
            [("a", timeout), ("b", timeout), ("c", timeout)]
        );
        assert_eq!(polled.next_probe, 2, "this one may be slow by itself");
        let kept = polled.unanswered.unwrap();
        assert!(
            kept.now_or_never().is_none(),
            "it still waits for its answer"
        );
    }

    #[actix::test]
    async fn once_the_probe_is_answered_all_others_are_sent_and_answers_keep_their_order() {
        let sent = Rc::default();
        let questions = ["a", "b", "c"].map(|name| question(name, &sent, true));
        let polled = poll(questions.into(), 2, FOREVER).await;
        assert_eq!(sent.get(), 3);
        assert_eq!(reasons(&polled), [("a", None), ("b", None), ("c", None)]);
        assert!(polled.unanswered.is_none() && polled.next_probe < 3);
    }

    #[actix::test]
    async fn a_slow_question_at_a_server_that_answers_others_is_hung_up_on() {
        let sent = Rc::default();
        let questions = vec![
            question("fast", &sent, true),
            question("slow", &sent, false),
        ];
        let polled = poll(questions, 0, Duration::from_millis(20)).await;
        assert_eq!(
            reasons(&polled),
            [("fast", None), ("slow", Some("timeout"))]
        );
        assert_eq!((polled.unanswered.is_none(), polled.next_probe), (true, 0));
    }

    #[actix::test]
    async fn without_questions_there_are_no_answers() {
        let polled = poll(vec![], 0, FOREVER).await;
        assert!(polled.answers.is_empty() && polled.unanswered.is_none());
    }
}
