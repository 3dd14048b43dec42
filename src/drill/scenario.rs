//! A scenario's rehearsal: the simulator plays it, and each alert of it is watched on its way.

use chrono::{TimeDelta, Utc};
use futures_util::future::join_all;

use super::{
    course::Course,
    servers::{seen::Moment, server::Fault},
    stack::{Failure, Stack, Step},
    stage::Stage,
};

/// Plays it, and watches its courses, each of which is triggered in its time.
pub(super) async fn rehearse(stack: &Stack, name: &str, courses: &[Course<'_>]) {
    let prepared = join_all(courses.iter().map(|course| course.prepare(false))).await;
    if let Some(course) = prepared.iter().position(Result::is_err) {
        let first = courses[course].part.identity.told();
        for (course, step) in courses.iter().zip(prepared) {
            course.end(step.and_then(|()| Err(not_begun(&format!("{first} is not ready")))));
        }
        return;
    }
    stack.playing.set(true);
    let start = Utc::now();
    if let Err(fault) = stack.servers.simulator.start(name).await {
        // What was refused does not run; what runs may be somebody else's.
        stack.playing.set(!matches!(fault, Fault::Status(..)));
        for course in courses {
            course.end(Err(course.refused(Stage::Trigger, &fault)));
        }
        return;
    }
    for course in courses {
        let after = TimeDelta::from_std(course.part.at).unwrap_or_default();
        course.triggered(start + after);
    }
    let risen = join_all(courses.iter().map(Course::rise)).await;
    let stopped = Utc::now();
    let stop = stack.servers.simulator.stop().await;
    stack.playing.set(stop.is_err());
    let falls = courses.iter().zip(risen).map(async |(course, risen)| {
        let fallen = fall(course, risen, stop.as_ref().map(|()| stopped)).await;
        course.end(fallen);
    });
    join_all(falls).await;
}

async fn fall(course: &Course<'_>, risen: Step, stopped: Result<Moment, &Fault>) -> Step {
    risen?;
    let stopped = stopped.map_err(|fault| course.refused(Stage::Recover, fault))?;
    course.reach(Stage::Recover, stopped);
    course.fall().await
}

fn not_begun(why: &str) -> Failure {
    Failure::at(
        Stage::Trigger,
        format!("the scenario was not started: {why}"),
    )
}
