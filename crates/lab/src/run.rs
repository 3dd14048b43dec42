//! Runs the program `lab`, from its start to its exit code.

use std::{pin::pin, process::ExitCode};

use program::{
    exit::{self, ProgramError},
    shutdown::{self, StopSignal},
};

use crate::{
    lab::Lab,
    options::LabOptions,
    process::command::{LabCommand, exit_code},
    progress::Progress,
    report,
};

/// Runs a lab until a stop signal, the end of its command, or the end of one of its servers. Returns the command's exit
/// code.
///
/// # Errors
/// If something is missing or taken, if a server ends by itself, or if a signal comes before the command has started.
pub async fn run(options: &LabOptions) -> Result<ExitCode, ProgramError> {
    let mut stop = pin!(shutdown::stop_signal()?);
    let command = LabCommand::find(&options.command, options.programs.as_deref())?;
    let lab = tokio::select! {
        // Dropping the other future ends the servers that have started.
        signal = &mut stop => return match command {
            None => Ok(ExitCode::SUCCESS),
            Some(_) => Err(ProgramError::Signalled(signal.signal())),
        },
        started = Lab::start(options, Progress::for_stderr()) => started?,
    };
    let ended = match command {
        None => until_asked(&lab, stop).await.map(|()| ExitCode::SUCCESS),
        Some(command) => {
            exit::eprint_line(&report::addresses(&lab));
            let ended = command.run(&lab.environment(), lab.died(), stop).await;
            ended.map(exit_code).map_err(Into::into)
        }
    };
    lab.stop().await;
    ended
}

async fn until_asked(
    lab: &Lab,
    stop: impl Future<Output = StopSignal>,
) -> Result<(), ProgramError> {
    exit::print_lossy(report::table(lab) + "\n");
    tokio::select! {
        signal = stop => exit::print_lossy(format!("{signal}: stopping\n")),
        error = lab.died() => return Err(error.into()),
    }
    Ok(())
}
