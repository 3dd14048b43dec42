//! A scenario's rehearsal: the simulator plays it, and each alert of it is watched on its way.

use chrono::{TimeDelta, Utc};
use futures_util::future::join_all;

use crate::{
    course::Course,
    servers::{player::Ours, seen::Moment, server::Fault},
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
    let start = match begin(stack, name).await {
        Ok(start) => start,
        Err(fault) => {
            for course in courses {
                course.end(Err(course.refused(Stage::Trigger, &fault)));
            }
            return;
        }
    };
    for course in courses {
        let after = TimeDelta::from_std(course.part.at).unwrap_or_default();
        course.triggered(start + after);
    }
    let risen = join_all(courses.iter().map(Course::rise)).await;
    let stopped = Utc::now();
    let stop = stack.stop().await;
    let falls = courses.iter().zip(risen).map(async |(course, risen)| {
        let fallen = fall(course, risen, stop.as_ref().map(|()| stopped)).await;
        course.end(fallen);
    });
    join_all(falls).await;
}

/// Has it played; gives when.
async fn begin(stack: &Stack, name: &str) -> Result<Moment, Fault> {
    let simulator = &stack.servers.simulator;
    let ours = Ours::Named {
        name: name.to_owned(),
        before: simulator.running().await?,
    };
    stack.playing.replace(Some(ours));
    let start = Utc::now();
    match simulator.start(name).await {
        Ok(run) => drop(stack.playing.replace(Some(Ours::Run(run)))),
        Err(fault) => {
            if matches!(fault, Fault::Status(..)) {
                // What was refused does not run.
                stack.playing.take();
            }
            return Err(fault);
        }
    }
    Ok(start)
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
