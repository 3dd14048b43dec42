//! `lab -- COMMAND`: the environment and the signals of the command, and what is left when it or the lab ends.

use std::{
    fs::{self, File},
    io::Write,
    path::Path,
};

use rustix::process::{Pid, Signal, kill_process};

use super::{
    processes::{child_of, descendants, runs},
    program::all_gone,
    runner::Runner,
};
use crate::support::{eventually, scratch};

/// Waits until the command has made this file.
async fn made(file: &Path) {
    let exists = async || file.exists().then_some(());
    eventually(&format!("the command makes {}", file.display()), exists).await;
}

/// A shell script that runs `first`, makes the file `started` in `data`, and exits with 9 once it finds the file `done`.
fn patient(data: &Path, first: &str) -> String {
    let (started, done) = (data.join("started"), data.join("done"));
    format!(
        "{first}\n: >'{}'\nwhile [ ! -e '{}' ]; do sleep 0.05; done; exit 9",
        started.display(),
        done.display()
    )
}

#[actix_rt::test]
async fn the_command_finds_everything_and_the_lab_exits_with_its_code() {
    let data = scratch();
    let input = data.path().join("input");
    fs::write(&input, "from stdin\n").unwrap();
    let script = "cat; pwd; env; command -v mock-metrics; echo to stderr >&2; exit 7";
    let mut lab = Runner::with_command(data.path(), &["sh", "-c", script], |lab| {
        lab.stdin(File::open(&input).unwrap());
    });
    assert_eq!(lab.ended().await.code(), Some(7), "{}", lab.stderr());

    let (stdout, stderr) = (lab.stdout(), lab.stderr());
    let here = std::env::current_dir().unwrap();
    assert!(
        stdout.starts_with(&format!("from stdin\n{}\n", here.display())),
        "{stdout}"
    );
    assert!(stdout.ends_with("/mock-metrics\n") && stderr.ends_with("to stderr\n"));
    for (variable, name) in [
        ("PROMETHEUS_URL=", "Prometheus "),
        ("ALERTMANAGER_URL=", "Alertmanager "),
        ("GATEWAY_URL=", "service-metrics "),
        ("SIMULATOR_URL=", "mock-metrics "),
        ("DATABASE_URL=", "PostgreSQL "),
    ] {
        assert_eq!(after(&stdout, variable), after(&stderr, name));
    }
}

/// The rest of the last line that begins with `start`.
fn after<'a>(text: &'a str, start: &str) -> &'a str {
    let mut lines = text.lines().rev().map(str::trim);
    let found = lines.find_map(|line| line.strip_prefix(start));
    found
        .unwrap_or_else(|| panic!("no {start} in {text}"))
        .trim()
}

#[actix_rt::test]
async fn a_command_that_is_killed_gives_128_and_its_signal() {
    let data = scratch();
    let mut lab = Runner::running(data.path(), &["sh", "-c", "kill -9 $$"]);
    assert_eq!(lab.ended().await.code(), Some(137), "{}", lab.stderr());
}

#[actix_rt::test]
async fn asked_to_stop_it_hands_the_signal_on_and_waits_with_the_servers_up() {
    for (signal, name) in [(Signal::INT, "INT"), (Signal::TERM, "TERM")] {
        let data = scratch();
        let seen = data.path().join("seen");
        let trap = format!("trap 'echo {name} >>\"{}\"' {name}", seen.display());
        let mut lab = Runner::running(data.path(), &["sh", "-c", &patient(data.path(), &trap)]);
        made(&data.path().join("started")).await;
        let started = descendants(lab.pid());
        lab.signal(signal);
        made(&seen).await;
        assert!(runs(child_of(lab.pid(), "stub::answers")));
        File::create(data.path().join("done")).unwrap();
        assert_eq!(lab.ended().await.code(), Some(9), "{}", lab.stderr());
        all_gone(&started).await;
    }
}

#[actix_rt::test]
async fn ctrl_c_on_a_terminal_reaches_the_command_once() {
    let data = scratch();
    let seen = data.path().join("seen");
    let trap = format!(
        "test -t 0 || exit 1; trap 'echo INT >>\"{}\"' INT",
        seen.display()
    );
    let script = patient(data.path(), &trap);
    let mut lab = Runner::on_terminal(data.path(), &["sh", "-c", &script]);
    made(&data.path().join("started")).await;
    lab.terminal().write_all(b"\x03").unwrap();
    made(&seen).await;
    File::create(data.path().join("done")).unwrap();
    assert_eq!(lab.ended().await.code(), Some(9), "{}", lab.stdout());
    assert_eq!(fs::read_to_string(seen).unwrap(), "INT\n");
}

#[actix_rt::test]
async fn ctrl_c_on_a_terminal_waits_for_what_the_command_has_started_with_the_servers_up() {
    for (trap, code) in [("trap 'sleep 1; exit 9' INT", 9), ("", 130)] {
        waits_for_the_rest(trap, code).await;
    }
}

/// Checks that a command with this `trap` ends with `code` at Ctrl-C, and that the lab waits for its descendants.
async fn waits_for_the_rest(trap: &str, code: i32) {
    let data = scratch();
    let file = |name| data.path().join(name);
    // A shell has its background ignore SIGINT.
    let script = format!(
        "{trap}
         (
             while kill -0 $$; do sleep 0.05; done
             sleep 1
             : >'{}'
             while [ ! -e '{}' ]; do sleep 0.05; done
         ) &
         : >'{}'
         wait",
        file("alone").display(),
        file("done").display(),
        file("started").display()
    );
    let mut lab = Runner::on_terminal(data.path(), &["sh", "-c", &script]);
    made(&file("started")).await;
    let started = descendants(lab.pid());
    let server = child_of(lab.pid(), "stub::answers");
    lab.terminal().write_all(b"\x03").unwrap();
    made(&file("alone")).await;
    assert!(runs(server));
    File::create(file("done")).unwrap();
    assert_eq!(lab.ended().await.code(), Some(code), "{}", lab.stdout());
    all_gone(&started).await;
}

#[actix_rt::test]
async fn what_the_command_leaves_behind_is_reaped_and_its_end_can_be_waited_for() {
    let data = scratch();
    let script =
        "pid=$( (sleep 0.1 >&2 & echo $!) ); while kill -0 $pid; do sleep 0.05; done; exit 7";
    let mut lab = Runner::running(data.path(), &["sh", "-c", script]);
    assert_eq!(lab.ended().await.code(), Some(7), "{}", lab.stderr());
}

#[actix_rt::test]
async fn a_command_that_ignores_the_signal_is_killed() {
    let data = scratch();
    let script = patient(data.path(), "trap '' TERM");
    let mut lab = Runner::running(data.path(), &["sh", "-c", &script]);
    made(&data.path().join("started")).await;
    let started = descendants(lab.pid());
    lab.signal(Signal::TERM);
    assert_eq!(lab.ended().await.code(), Some(137), "{}", lab.stderr());
    all_gone(&started).await;
}

#[actix_rt::test]
async fn a_program_that_dies_meanwhile_is_reported_and_ends_the_command() {
    let data = scratch();
    let script = patient(data.path(), "");
    let mut lab = Runner::running(data.path(), &["sh", "-c", &script]);
    made(&data.path().join("started")).await;
    let started = descendants(lab.pid());
    let program = Pid::from_raw(child_of(lab.pid(), "stub::answers").cast_signed()).unwrap();
    kill_process(program, Signal::KILL).unwrap();
    assert_eq!(lab.ended().await.code(), Some(1));
    assert!(
        lab.stderr()
            .contains("-metrics ended unexpectedly (signal: 9"),
        "{}",
        lab.stderr()
    );
    all_gone(&started).await;
}

#[actix_rt::test]
async fn killed_outright_it_takes_the_command_along() {
    let data = scratch();
    let script = format!(
        ": >'{}'; exec sleep 1000",
        data.path().join("started").display()
    );
    let mut lab = Runner::running(data.path(), &["sh", "-c", &script]);
    made(&data.path().join("started")).await;
    let started = descendants(lab.pid());
    lab.signal(Signal::KILL);
    lab.ended().await;
    all_gone(&started).await;
}

#[actix_rt::test]
async fn a_command_that_is_not_there_is_one_clear_line_and_starts_nothing() {
    for name in ["no-such-command", "./no-such-command", "/"] {
        let data = scratch();
        let mut lab = Runner::running(data.path(), &[name]);
        assert_eq!(lab.ended().await.code(), Some(127));
        let expected = format!("lab: {name} is not a command that could be run\n");
        assert_eq!(lab.stderr(), expected);
        assert!(!data.path().join("postgres").exists());
    }
}

#[actix_rt::test]
async fn asked_to_stop_before_the_command_could_run_it_does_not_claim_success() {
    let data = scratch();
    let mut lab = Runner::running(data.path(), &["true"]);
    eventually("initdb runs", async || {
        fs::metadata(data.path().join("postgres/cluster/global")).ok()
    })
    .await;
    lab.signal(Signal::TERM);
    assert_eq!(lab.ended().await.code(), Some(143), "{}", lab.stderr());
}
