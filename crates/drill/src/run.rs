//! A drill from its command line to its exit code.

use std::{rc::Rc, time::Duration};

use chrono::Utc;
use futures_util::future::join_all;
use program::{
    exit::{self, ProgramError},
    logging, shutdown,
};
use simulator::{Source, lint::CheckedCatalogue};

use crate::{
    conclusion,
    course::Course,
    judge::theory::Theory,
    options::DrillOptions,
    paging::Paging,
    part::{self, Part},
    plan::{self, Chosen},
    progress::Progress,
    record::Ledger,
    report::{self, Report},
    scenario,
    servers::{Servers, watch::Watch},
    stack::{Failure, Stack},
    stage::Stage,
    survey::Survey,
};
/// The gateway's last frame is valid for so many of its polls, and for as long as one may take.
const POLLS: u32 = 3;
const A_POLL_TAKES: Duration = Duration::from_secs(5);
/// Two numbers that are as near as this are the same time scale.
const SAME: f64 = 1e-6;

/// Rehearses what `options` choose, and reports. Must be called within an actix system.
///
/// # Errors
/// Why it could not begin, or which alerts did not arrive.
pub async fn run(options: &DrillOptions, source: &Source) -> Result<(), ProgramError> {
    let settings = source.settings()?;
    logging::init(&settings.log);
    // What is wrong with the command line is told before anybody is asked anything.
    let catalogue = source.catalogue()?;
    plan::choose(options, &catalogue).map_err(|error| hinted(error, source))?;
    let addresses = options.addresses(&settings.drill)?;
    report::writable(&options.report)?;

    let servers = Servers::new(addresses, &settings.control.token);
    let survey = Survey::settled(&servers).await?;
    let catalogue = same_catalogue(source, &survey, &servers)?;
    let chosen = plan::choose(options, &catalogue)?;
    let mut parts = part::parts(&chosen, &catalogue);
    for part in &mut parts {
        part.identity.added = survey.added(&part.alert);
    }
    let pace = survey.pace(&catalogue);
    let mut warnings = survey.warnings(&servers);
    let paging = Paging::look(&servers, &survey, &parts, options.page_people).await?;
    warnings.extend(paging.warnings);
    tell(&warnings);

    let progress = Rc::new(Progress::new());
    let shown = progress.clone();
    let stack = Stack {
        watch: Watch::start(
            &servers.prometheus,
            &servers.alertmanager,
            &servers.gateway,
            pace.beat,
            pace.poll * POLLS + A_POLL_TAKES,
        ),
        ledger: Ledger::new(
            parts.iter().map(Part::record).collect(),
            move |records, index, event| {
                shown.show(records, index, event);
            },
        ),
        grace: options.grace,
        scale: catalogue.timing.scale,
        flags: flags(source, catalogue.timing.scale),
        other_rules: options.other_rules,
        routes: paging.routes,
        triggered: Default::default(),
        playing: Default::default(),
        servers,
        survey,
    };
    let signal = shutdown::stop_signal()?;
    let started = Utc::now();
    let rehearsed = async {
        rehearse(&stack, &chosen, &parts, part::theories(&parts, pace)).await;
        untold(&stack).await
    };
    let ended = tokio::select! {
        untold = rehearsed => Ok(untold),
        name = signal => Err(name),
        never = progress.keep_showing(&stack.ledger) => never,
    };
    progress.finish();
    let mut interrupted = false;
    match ended {
        Ok(untold) => {
            tell(untold.as_slice());
            warnings.extend(untold);
        }
        Err(name) => {
            interrupted = true;
            let held = stack.held();
            exit::eprint_line(&format!("mock-metrics: interrupted by {name}: {held}"));
            stack.ledger.give_up(&format!("interrupted by {name}"));
        }
    }
    let report = Report {
        started,
        finished: Utc::now(),
        catalogue: source
            .catalogue
            .as_ref()
            .map(|file| file.display().to_string()),
        scenario: options.scenario.clone(),
        scale: stack.scale,
        servers: stack.servers.shown(),
        pace,
        grace: options.grace,
        warnings,
        doubtful: stack.survey.doubtful,
        records: stack.ledger.records(),
    };
    // First, so that they are there even if whoever interrupts does not wait for the recoveries.
    let unwritten = conclusion::write(&report, &options.report);
    let held = stack.let_go().await;
    conclusion::conclude(&report, unwritten, held).map_err(|error| match error {
        ProgramError::Failed(told) | ProgramError::Unreachable(told) if interrupted => {
            ProgramError::Interrupted(told)
        }
        error => error,
    })
}

/// A name that the built-in catalogue has not may be one of the user's own.
fn hinted(error: ProgramError, source: &Source) -> ProgramError {
    match error {
        ProgramError::Usage(told) if source.catalogue.is_none() => ProgramError::Usage(format!(
            "{told}\nthese are the names of the built-in catalogue: one of your own is used with --catalogue FILE"
        )),
        error => error,
    }
}

fn tell(warnings: &[String]) {
    for warning in warnings {
        exit::eprint_line(&format!("mock-metrics: warning: {warning}"));
    }
}

/// The catalogue at the simulator's pace, which must be what the simulator serves.
fn same_catalogue(
    source: &Source,
    survey: &Survey,
    servers: &Servers,
) -> Result<CheckedCatalogue, ProgramError> {
    let (scale, simulator) = (survey.served.time_scale, servers.simulator.0.shown());
    let other = source
        .time_scale
        .filter(|asked| (asked - scale).abs() > SAME * scale);
    if let Some(asked) = other {
        return Err(ProgramError::Failed(format!(
            "the simulator at {simulator} runs with --time-scale {scale}, this drill with {asked}: leave the drill's \
             flag out, or start the simulator with `mock-metrics serve{}`",
            flags(source, asked)
        )));
    }
    let catalogue = source.catalogue_at(scale)?;
    match survey.served.differs_from(&catalogue) {
        None => Ok(catalogue),
        Some(different) => Err(ProgramError::Failed(format!(
            "the simulator at {simulator} serves another catalogue ({different}): start it with `mock-metrics serve{}`",
            flags(source, scale)
        ))),
    }
}

/// The flags that give another command of `mock-metrics` the same catalogue.
fn flags(source: &Source, scale: f64) -> String {
    let mut flags = String::new();
    if let Some(file) = &source.catalogue {
        flags += &format!(" --catalogue {}", file.display());
    }
    if scale != 1.0 {
        flags += &format!(" --time-scale {scale}");
    }
    flags
}

async fn rehearse(
    stack: &Stack,
    chosen: &Chosen,
    parts: &[Part],
    theories: Vec<Result<Theory, String>>,
) {
    let mut courses = Vec::new();
    for (index, (part, theory)) in parts.iter().zip(theories).enumerate() {
        match theory {
            Ok(theory) => courses.push(Course::new(stack, index, part, theory)),
            Err(why) => stack
                .ledger
                .end(index, Failure::at(Stage::Trigger, why).into()),
        }
    }
    match chosen {
        Chosen::Scenario(scenario) => scenario::rehearse(stack, &scenario.name, &courses).await,
        Chosen::Alerts(alerts) => {
            let groups = plan::groups(alerts).into_iter();
            join_all(groups.map(|group| one_after_the_other(&courses, group))).await;
        }
    }
}

/// A warning if a browser saw an alert, and the gateway was not told of any.
async fn untold(stack: &Stack) -> Option<String> {
    let records = stack.ledger.records();
    let seen = records
        .iter()
        .any(|record| record.at(Stage::Browser).is_some());
    match seen {
        true => stack.survey.untold(&stack.servers).await,
        false => None,
    }
}

/// Rehearses those of `group`, which move the same series.
async fn one_after_the_other(courses: &[Course<'_>], group: Vec<usize>) {
    let of_group = courses
        .iter()
        .filter(|course| group.contains(&course.index));
    for (turn, course) in of_group.enumerate() {
        course.rehearse(turn > 0).await;
    }
}
