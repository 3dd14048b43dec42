//! A drill from its command line to its exit code: prepare, execute, report.

use std::{rc::Rc, time::Duration};

use chrono::Utc;
use futures_util::future::join_all;
use program::{
    exit::{self, ProgramError},
    logging, shutdown,
};
use simulator::Source;

use crate::{
    context::DrillContext,
    observers::{Observers, servers::Servers},
    options::DrillOptions,
    preflight::{
        Preflight,
        paging::PagingCheck,
        served_catalogue::{catalogue_flags, load_served_catalogue},
        warnings::{missing_webhook_warning, setup_warnings},
    },
    recorder::{
        Ledger,
        record::{Record, StageError},
    },
    rehearsal::{Rehearsal, scenario},
    rehearsed_alert::RehearsedAlert,
    report::{Report, exit_status, files, progress::ProgressDisplay},
    selection::{self, Selection},
    stages::{Stage, time_budget::Intervals},
    time::Moment,
};

/// A frame of the gateway is valid for so many poll intervals, and for the time that one poll may take.
const VALID_POLLS: u32 = 3;
const POLL_TIMEOUT: Duration = Duration::from_secs(5);

/// A drill that can begin.
struct PreparedDrill {
    context: DrillContext,
    selection: Selection,
    alerts: Vec<RehearsedAlert>,
    intervals: Intervals,
    warnings: Vec<String>,
}

/// How a drill ended.
struct ExecutedDrill {
    started: Moment,
    records: Vec<Record>,
    warning: Option<String>,
    interrupted: bool,
}

/// Rehearses the alerts that `options` select, and reports. Must be called within an actix system.
///
/// # Errors
/// Why it could not begin, or which alerts did not arrive.
pub async fn run(options: &DrillOptions, source: &Source) -> Result<(), ProgramError> {
    let prepared = prepare(options, source).await?;
    let executed = execute(&prepared).await?;
    report(prepared, executed, options, source).await
}

/// Checks the command line before any server is asked, then the servers before anything is triggered.
async fn prepare(options: &DrillOptions, source: &Source) -> Result<PreparedDrill, ProgramError> {
    let settings = source.settings()?;
    logging::init(&settings.log);
    let catalogue = source.catalogue()?;
    selection::select(options, &catalogue).map_err(|error| with_catalogue_hint(error, source))?;
    let addresses = options.addresses(&settings.drill)?;
    files::check_writable(&options.report)?;

    let servers = Servers::new(addresses, &settings.control.token);
    let preflight = Preflight::run(&servers).await?;
    let catalogue = load_served_catalogue(source, &preflight, &servers)?;
    let selection = selection::select(options, &catalogue)?;
    let mut alerts = selection::rehearsed_alerts(&selection, &catalogue);
    for rehearsed in &mut alerts {
        rehearsed.key.rule_labels = preflight.distinguishing_labels(&rehearsed.alert);
    }
    let intervals = preflight.intervals(&catalogue);
    let mut warnings = setup_warnings(&preflight, &servers);
    let paging = PagingCheck::run(&servers, &preflight, &alerts, options.page_people).await?;
    warnings.extend(paging.warnings);
    print_warnings(&warnings);

    let frame_timeout = intervals.poll * VALID_POLLS + POLL_TIMEOUT;
    let time_scale = catalogue.timing.scale;
    let context = DrillContext {
        observers: Observers::start(&servers, intervals.observation, frame_timeout),
        servers,
        preflight,
        grace: options.grace,
        time_scale,
        catalogue_flags: catalogue_flags(source, time_scale),
        allows_other_rules: options.other_rules,
        routing: paging.routing,
        triggers: Default::default(),
        scenario: Default::default(),
    };
    Ok(PreparedDrill {
        context,
        selection,
        alerts,
        intervals,
        warnings,
    })
}

/// Runs all rehearsals, until they end or a signal comes.
async fn execute(drill: &PreparedDrill) -> Result<ExecutedDrill, ProgramError> {
    let context = &drill.context;
    let progress = Rc::new(ProgressDisplay::new());
    let display = progress.clone();
    let ledger = Ledger::new(
        drill.alerts.iter().map(Record::new).collect(),
        move |records, index, event| display.show(records, index, event),
    );
    let signal = shutdown::stop_signal()?;
    let started = Utc::now();
    let rehearsals = async {
        rehearse(drill, &ledger).await;
        webhook_warning(context, &ledger).await
    };
    let ended = tokio::select! {
        warning = rehearsals => Ok(warning),
        signal = signal => Err(signal),
        never = progress.keep_showing(&ledger) => never,
    };
    progress.finish();
    let interrupted = ended.is_err();
    let warning = ended.unwrap_or_else(|signal| {
        let pending = context.pending_recoveries();
        exit::eprint_line(&format!("mock-metrics: interrupted by {signal}: {pending}"));
        ledger.interrupt(&format!("interrupted by {signal}"));
        None
    });
    print_warnings(warning.as_slice());
    Ok(ExecutedDrill {
        started,
        records: ledger.records(),
        warning,
        interrupted,
    })
}

/// Writes the reports, recovers what is still triggered, prints the table, and gives the exit status.
async fn report(
    prepared: PreparedDrill,
    executed: ExecutedDrill,
    options: &DrillOptions,
    source: &Source,
) -> Result<(), ProgramError> {
    let context = &prepared.context;
    let catalogue = source.catalogue.as_ref();
    let mut warnings = prepared.warnings;
    warnings.extend(executed.warning);
    let report = Report {
        started: executed.started,
        finished: Utc::now(),
        catalogue: catalogue.map(|file| file.display().to_string()),
        scenario: options.scenario.clone(),
        time_scale: context.time_scale,
        servers: context.servers.addresses(),
        intervals: prepared.intervals,
        grace: options.grace,
        warnings,
        reload_failed: context.preflight.reload_failed,
        records: executed.records,
    };
    // Before the recoveries: whoever interrupts the drill may not wait for them.
    let unwritten = files::write_all(&report, &options.report);
    let unrecovered = context.recover_all().await;
    let status = exit_status::finish(&report, unwritten, unrecovered);
    status.map_err(|error| match error {
        ProgramError::Failed(why) | ProgramError::Unreachable(why) if executed.interrupted => {
            ProgramError::Interrupted(why)
        }
        error => error,
    })
}

/// A name that the built-in catalogue does not have may be one of the user's own catalogue.
fn with_catalogue_hint(error: ProgramError, source: &Source) -> ProgramError {
    match error {
        ProgramError::Usage(why) if source.catalogue.is_none() => ProgramError::Usage(format!(
            "{why}\nthese are the names of the built-in catalogue: one of your own is used with --catalogue FILE"
        )),
        error => error,
    }
}

fn print_warnings(warnings: &[String]) {
    for warning in warnings {
        exit::eprint_line(&format!("mock-metrics: warning: {warning}"));
    }
}

/// Runs the scenario, or all alerts at once; alerts that drive the same series run one after the other.
async fn rehearse(drill: &PreparedDrill, ledger: &Ledger) {
    let budgets = selection::time_budgets(&drill.alerts, drill.intervals);
    let mut rehearsals = Vec::new();
    for (index, (alert, budget)) in drill.alerts.iter().zip(budgets).enumerate() {
        let recorder = ledger.recorder(index);
        match budget {
            Ok(budget) => {
                let rehearsal = Rehearsal::new(&drill.context, alert, budget, recorder);
                rehearsals.push((index, rehearsal));
            }
            Err(why) => recorder.ended(Err(StageError::failed(Stage::Trigger, why))),
        }
    }
    match &drill.selection {
        Selection::Scenario(selected) => {
            let rehearsals: Vec<_> = rehearsals
                .into_iter()
                .map(|(_, rehearsal)| rehearsal)
                .collect();
            scenario::rehearse(&drill.context, &selected.name, &rehearsals).await;
        }
        Selection::Alerts(alerts) => {
            let groups = selection::group_by_series(alerts).into_iter();
            join_all(groups.map(|group| run_in_turn(&rehearsals, group))).await;
        }
    }
}

/// Runs the rehearsals of `group` one after the other.
async fn run_in_turn(rehearsals: &[(usize, Rehearsal<'_>)], group: Vec<usize>) {
    let of_group = rehearsals.iter().filter(|(index, _)| group.contains(index));
    for (turn, (_, rehearsal)) in of_group.enumerate() {
        rehearsal.run(turn > 0).await;
    }
}

/// A warning if a browser has seen an alert, but the gateway received no webhook.
async fn webhook_warning(context: &DrillContext, ledger: &Ledger) -> Option<String> {
    let records = ledger.records();
    let arrived = records
        .iter()
        .any(|record| record.at(Stage::Browser).is_some());
    match arrived {
        true => missing_webhook_warning(&context.preflight, &context.servers).await,
        false => None,
    }
}
