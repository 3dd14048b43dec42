//! HAZARDS 23: stderr is a pipe that nobody reads. The programs do not wait for it, and count the lost lines.

use std::{
    io::{self, BufRead, BufReader, PipeReader, PipeWriter, Write},
    process::{Command, Stdio},
    time::Instant,
};

use lab::{free_port, is_listening};
use rustix::process::Signal;

use super::{gateway, local};
use crate::support::{
    eventually, http,
    incidents_app::PATIENT,
    postgres::Postgres,
    program::{self, MOCK, Running},
    ws_client::WsClient,
};

/// Lines within ten seconds that differ only in digits.
const LINES_OF_A_KIND: u64 = 5;

/// A full pipe.
fn stuck() -> (PipeReader, PipeWriter) {
    let (reader, mut writer) = io::pipe().unwrap();
    rustix::io::ioctl_fionbio(&writer, true).unwrap();
    while writer.write(&[b'\n'; 4096]).is_ok() {}
    rustix::io::ioctl_fionbio(&writer, false).unwrap();
    (reader, writer)
}

fn simulator() -> Command {
    let mut command = program::command(&MOCK);
    command.env("MOCK_METRICS__SERVER__HOST", "127.0.0.1");
    command
}

async fn dropped(port: u16, series: &str) -> u64 {
    let exposed = http::get(local(port), "/metrics").await.body;
    let mut lines = exposed.lines();
    let value = lines.find_map(|line| line.strip_prefix(series)).unwrap();
    value.trim().parse().unwrap()
}

#[actix_rt::test]
async fn both_programs_keep_serving_count_lost_lines_and_report_them_when_read() {
    for (mut program, variable, series) in [
        (gateway(), "PORT", "service_metrics_log_lines_dropped_total"),
        (
            simulator(),
            "MOCK_SERVICE_PORT",
            "mock_metrics_log_lines_dropped_total",
        ),
    ] {
        let port = free_port().unwrap();
        let (reader, stderr) = stuck();
        program.env("RUST_LOG", "trace");
        let program = Running::logging_to(program.env(variable, port.to_string()), stderr);
        eventually("it serves", async || is_listening(port).then_some(())).await;
        while dropped(port, series).await == 0 {
            for _ in 0..50 {
                assert_eq!(http::get(local(port), "/health").await.status, 200);
            }
        }
        // Read by a thread, so that the report is waited for and nothing else.
        let reported = actix_rt::task::spawn_blocking(move || {
            let mut lines = BufReader::new(reader).lines().map(Result::unwrap);
            lines.find(|line| line.contains("log lines were dropped while stderr was not read"))
        });
        let report = reported.await.unwrap().unwrap();
        assert!(report.contains(" WARN  service_metrics::"), "{report}");
        program.signal(Signal::TERM);
        assert_eq!(program.ended().await.code(), Some(0));
    }
}

#[actix_rt::test]
async fn it_still_ends_with_its_own_code() {
    let (_reader, stderr) = stuck();
    let mut wrong = gateway();
    wrong
        .env("PORT", "none")
        .stderr(stderr.try_clone().unwrap());
    let port = free_port().unwrap();
    let running = Running::logging_to(gateway().env("PORT", port.to_string()), stderr);
    let refused = Running::logging_to(&mut wrong, Stdio::from(stuck().1));
    assert_eq!(refused.ended().await.code(), Some(64));

    eventually("it serves", async || is_listening(port).then_some(())).await;
    // A browser that does not answer Close delays the gateway until its drain timeout.
    let _silent = WsClient::connect(port, "/").await;
    running.signal(Signal::TERM);
    running.signal(Signal::INT);
    assert_eq!(running.ended().await.code(), Some(1));
}

#[actix_rt::test]
async fn requests_that_fail_for_the_same_reason_are_a_few_lines_and_a_number() {
    let postgres = Postgres::shared().await;
    let database = postgres.database().await;
    let owner = postgres.client("postgres", &database).await;
    owner
        .batch_execute("DROP TABLE incidents CASCADE")
        .await
        .unwrap();
    let server = postgres.config("metrics_reader", &database).get_ports()[0];
    let url = format!("postgres://metrics_reader@127.0.0.1:{server}/{database}");
    let gateway = Running::start(gateway().env("DATABASE_URL", url).envs(PATIENT));
    let port = gateway.port().await;
    let began = Instant::now();
    for number in 1..=100 {
        // Another question each time: the same one is answered once for all.
        let path = format!("/api/metrics/incidents/details?limit={number}");
        assert_eq!(http::get(local(port), &path).await.status, 500);
    }
    let withheld = dropped(port, "service_metrics_log_lines_withheld_total").await;
    // As many periods as the requests can have been in, and some: on a busy machine they take their time.
    let most = LINES_OF_A_KIND * (began.elapsed().as_secs() / 10 + 4);
    assert!(withheld >= 100_u64.saturating_sub(most), "{withheld}");
    gateway.signal(Signal::TERM);
    assert_eq!(gateway.ended().await.code(), Some(0));
    let log = gateway.log();
    let reported = log
        .lines()
        .filter(|line| line.contains("] internal error: "));
    let reported = reported.count() as u64;
    let summed = log.lines().filter_map(|line| {
        let (before, _) =
            line.split_once(" more of this kind within 10 s, the first: internal error: ")?;
        before.rsplit(' ').next()?.parse::<u64>().ok()
    });
    assert_eq!(reported + summed.sum::<u64>(), 100, "{log}");
    assert!(reported <= most, "{log}");
}
