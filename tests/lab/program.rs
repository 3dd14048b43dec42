//! The program `lab`: its start, and each way it ends.

use std::{
    fs,
    io::{self, Write},
    net::TcpListener,
    os::unix::fs::symlink,
    path::Path,
};

use lab::free_port;
use rustix::process::{Pid, Signal, kill_process};

use super::{
    processes::{child_of, descendants, runs},
    runner::Runner,
};
use crate::support::{eventually, scratch};

pub(super) async fn all_gone(processes: &[u32]) {
    assert!(!processes.is_empty());
    eventually("no process is left", async || {
        (!processes.iter().any(|pid| runs(*pid))).then_some(())
    })
    .await;
}

#[actix_rt::test]
async fn killed_outright_it_leaves_no_orphans() {
    let data = scratch();
    let mut lab = Runner::start(data.path());
    lab.ready().await;
    let started = descendants(lab.pid());
    // Alertmanager, Prometheus, both programs, PostgreSQL and its background processes.
    assert!(started.len() > 7, "{started:?}");

    lab.signal(Signal::KILL);
    all_gone(&started).await;

    let mut again = Runner::start(data.path());
    again.ready().await;
}

#[actix_rt::test]
async fn asked_to_stop_it_stops_everything_and_exits_0() {
    let data = scratch();
    for signal in [Signal::TERM, Signal::INT] {
        let mut lab = Runner::start(data.path());
        lab.ready().await;
        let started = descendants(lab.pid());
        lab.signal(signal);
        assert_eq!(lab.ended().await.code(), Some(0), "{}", lab.stderr());
        all_gone(&started).await;
    }
    // A clean shutdown removes it.
    assert!(!data.path().join("postgres/cluster/postmaster.pid").exists());
}

#[actix_rt::test]
async fn it_continues_if_nobody_reads_its_table() {
    let data = scratch();
    let (_, unread) = io::pipe().unwrap();
    let mut lab = Runner::with(data.path(), |lab| {
        lab.stdout(unread);
    });
    let last = "service-metrics is ready";
    eventually(last, async || lab.stderr().contains(last).then_some(())).await;
    lab.signal(Signal::TERM);
    assert_eq!(lab.ended().await.code(), Some(0), "{}", lab.stderr());
}

#[actix_rt::test]
async fn with_full_outputs_that_nobody_reads_it_serves_and_stops() {
    let data = scratch();
    let (_unread, stdout) = io::pipe().unwrap();
    let (_unread_too, stderr) = io::pipe().unwrap();
    for output in [&stdout, &stderr] {
        rustix::io::ioctl_fionbio(output, true).unwrap();
        while (&mut &*output).write(&[b'\n'; 4096]).is_ok() {}
        rustix::io::ioctl_fionbio(output, false).unwrap();
    }
    let mut lab = Runner::with(data.path(), |lab| {
        lab.stdout(stdout).stderr(stderr);
    });
    let log = data.path().join("logs/service-metrics.log");
    eventually("the last program has started", async || {
        assert!(runs(lab.pid()));
        fs::read_to_string(&log)
            .is_ok_and(|log| log.contains("stands in"))
            .then_some(())
    })
    .await;
    lab.signal(Signal::TERM);
    assert_eq!(lab.ended().await.code(), Some(0));
}

#[actix_rt::test]
async fn in_a_folder_of_another_user_root_writes_nothing_and_a_planted_link_is_never_followed() {
    let (data, theirs) = (scratch(), scratch());
    let victim = theirs.path().join("victim");
    fs::write(&victim, "precious").unwrap();
    for name in ["lock", "alert.rules.yml"] {
        symlink(&victim, data.path().join(name)).unwrap();
    }
    if rustix::process::geteuid().is_root() {
        std::os::unix::fs::chown(data.path(), Some(65_534), None).unwrap();
    }
    let mut lab = Runner::start(data.path());
    assert_eq!(lab.ended().await.code(), Some(1));
    let why = match rustix::process::geteuid().is_root() {
        true => "belongs to user 65534 and not to user 0",
        false => "lock: is a symbolic link",
    };
    let stderr = lab.stderr();
    assert!(
        stderr.contains(why) && stderr.lines().count() == 1,
        "{stderr}"
    );
    assert_eq!(fs::read_to_string(&victim).unwrap(), "precious");
    assert_eq!(fs::read_dir(data.path()).unwrap().count(), 2);
}

#[actix_rt::test]
async fn asked_to_stop_while_it_starts_it_exits_0_and_the_next_start_is_whole() {
    let data = scratch();
    let mut lab = Runner::start(data.path());
    eventually("initdb runs", async || {
        fs::metadata(data.path().join("postgres/cluster/global")).ok()
    })
    .await;
    let started = descendants(lab.pid());
    lab.signal(Signal::INT);
    assert_eq!(lab.ended().await.code(), Some(0), "{}", lab.stderr());
    assert!(started.iter().all(|pid| !runs(*pid)));
    assert!(!data.path().join("postgres/complete").exists());

    let mut again = Runner::start(data.path());
    again.ready().await;
}

#[actix_rt::test]
async fn a_program_that_dies_is_reported_with_its_log_and_ends_the_lab() {
    let data = scratch();
    let mut lab = Runner::start(data.path());
    lab.ready().await;
    let started = descendants(lab.pid());
    let mock = Pid::from_raw(child_of(lab.pid(), "stub::answers").cast_signed()).unwrap();
    kill_process(mock, Signal::KILL).unwrap();

    assert_eq!(lab.ended().await.code(), Some(1));
    let stderr = lab.stderr();
    assert!(stderr.contains("ended unexpectedly (signal: 9"), "{stderr}");
    assert!(
        stderr.contains("-metrics | ") && stderr.contains("stands in"),
        "{stderr}"
    );
    all_gone(&started).await;
}

#[actix_rt::test]
async fn a_taken_port_of_our_own_is_one_clear_line_and_starts_nothing() {
    for (flag, program) in [
        ("--mock-port", "mock-metrics"),
        ("--gateway-port", "service-metrics"),
    ] {
        let data = scratch();
        let port = free_port().unwrap();
        let _listener = TcpListener::bind(("127.0.0.1", port)).unwrap();
        let mut lab = Runner::with(data.path(), |lab| {
            lab.arg(flag).arg(port.to_string());
        });
        assert_eq!(lab.ended().await.code(), Some(1));
        let stderr = lab.stderr();
        assert_eq!(stderr.lines().count(), 1, "{stderr}");
        for word in [program, flag, &format!("port {port}")] {
            assert!(stderr.contains(word), "{word} not in {stderr}");
        }
        assert!(!data.path().join("postgres").exists());
    }
}

#[actix_rt::test]
async fn a_taken_port_of_a_server_is_replaced_and_the_table_says_so() {
    let data = scratch();
    let servers = [
        ("Prometheus", "--prometheus-port"),
        ("Alertmanager", "--alertmanager-port"),
    ];
    let taken = servers.map(|(server, flag)| {
        let port = free_port().unwrap();
        let listener = TcpListener::bind(("127.0.0.1", port)).unwrap();
        (server, flag, port, listener)
    });
    let mut lab = Runner::with(data.path(), |lab| {
        for (_, flag, port, _) in &taken {
            lab.arg(flag).arg(port.to_string());
        }
    });
    lab.ready().await;
    for (server, _, port, _) in &taken {
        let note = format!("port {port} is taken: {server}");
        assert!(lab.stdout().contains(&note), "{}", lab.stdout());
        assert!(!lab.address(server).ends_with(&port.to_string()));
    }
}

#[actix_rt::test]
async fn a_missing_program_is_reported_with_the_command_that_installs_it() {
    let (data, path) = (scratch(), scratch());
    symlink("/usr/bin/setpriv", path.path().join("setpriv")).unwrap();
    let mut lab = Runner::with(data.path(), |lab| {
        lab.env("PATH", path.path());
    });
    assert_eq!(lab.ended().await.code(), Some(1));
    let expected = "lab: prometheus is missing: install it with apt-get install prometheus\n";
    assert_eq!(lab.stderr(), expected);
}

#[actix_rt::test]
async fn a_program_of_ours_that_is_not_built_is_reported() {
    let (data, empty) = (scratch(), scratch());
    let mut lab = Runner::with(data.path(), |lab| {
        lab.arg("--programs").arg(empty.path());
    });
    assert_eq!(lab.ended().await.code(), Some(1));
    assert!(
        lab.stderr().starts_with("lab: mock-metrics is missing"),
        "{}",
        lab.stderr()
    );
}

#[actix_rt::test]
async fn a_second_lab_on_the_same_data_is_refused_in_one_line() {
    let data = scratch();
    let mut lab = Runner::start(data.path());
    lab.ready().await;
    let mut second = Runner::start(data.path());
    assert_eq!(second.ended().await.code(), Some(1));
    let stderr = second.stderr();
    assert!(
        stderr.starts_with("lab: another lab runs on") && stderr.lines().count() == 1,
        "{stderr}"
    );
    assert!(runs(lab.pid()) && logs_exist(data.path()));
}

fn logs_exist(data: &Path) -> bool {
    [
        "postgres",
        "alertmanager",
        "prometheus",
        "mock-metrics",
        "service-metrics",
    ]
    .iter()
    .all(|name| data.join(format!("logs/{name}.log")).exists())
}
