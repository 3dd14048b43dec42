//! The program itself: its command line, its exit codes, how it stops.

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::{TcpListener, TcpStream},
    process::{Child, Command, Output, Stdio},
    time::{Duration, Instant},
};

fn program() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_mock-metrics"));
    command.env_clear().stdin(Stdio::null());
    command
}

fn run(command: &mut Command) -> (Option<i32>, String, String) {
    let Output {
        status,
        stdout,
        stderr,
    } = command.output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (status.code(), text(stdout), text(stderr))
}

/// Ends a program that a failed test leaves behind.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// A program that serves, and the address that it logged.
fn serving(arguments: &[&str]) -> (Running, String) {
    let mut command = program();
    command
        .args(arguments)
        .env("MOCK_SERVICE_PORT", "0")
        .stderr(Stdio::piped());
    let mut child = Running(command.spawn().unwrap());
    let log = BufReader::new(child.0.stderr.take().unwrap());
    let line = log
        .lines()
        .map(Result::unwrap)
        .find(|line| line.contains("listens on"));
    let address = line.unwrap().rsplit_once("http://").unwrap().1.to_owned();
    (child, address.replace("0.0.0.0", "127.0.0.1"))
}

#[test]
fn version_and_help_are_exit_0_and_bad_usage_is_exit_2() {
    let (code, out, _) = run(program().arg("--version"));
    assert_eq!(
        (code, out.as_str()),
        (
            Some(0),
            concat!("mock-metrics ", env!("CARGO_PKG_VERSION"), "\n")
        )
    );
    let (code, out, _) = run(program().arg("--help"));
    assert!(code == Some(0) && out.contains("--config"));
    for wrong in ["--nothing", "nothing"] {
        let (code, out, told) = run(program().arg(wrong));
        assert!(
            code == Some(2) && out.is_empty() && told.contains(wrong),
            "{told}"
        );
    }
}

#[test]
fn bad_settings_are_exit_64_with_one_line_per_fault() {
    let (code, _, told) = run(program()
        .env("MOCK_METRICS__SERVER__HOST", "nowhere")
        .env("MOCK_METRICS__SIMULATION__MAX_LABEL_VALUES", "0"));
    assert_eq!(code, Some(64));
    assert_eq!(told.lines().count(), 2, "{told}");
    assert!(told.contains("server.host") && told.contains("simulation.max_label_values"));
    let (code, _, told) = run(program().args(["serve", "--config", "/no/such/file.toml"]));
    assert!(
        code == Some(64) && told.contains("/no/such/file.toml"),
        "{told}"
    );
}

#[test]
fn a_taken_port_is_exit_1_with_one_line_that_says_what_to_do() {
    let taken = TcpListener::bind("0.0.0.0:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    let (code, _, told) = run(program()
        .env("MOCK_SERVICE_PORT", &port)
        .env("RUST_LOG", "warn"));
    assert_eq!(code, Some(1));
    assert_eq!(told.lines().count(), 1, "{told}");
    for part in ["0.0.0.0", port.as_str(), "MOCK_SERVICE_PORT"] {
        assert!(told.contains(part), "no {part} in: {told}");
    }
}

#[test]
fn a_signal_ends_it_soon_with_0_even_with_an_idle_connection() {
    for (signal, arguments) in [("-TERM", &[][..]), ("-INT", &["serve"][..])] {
        let (mut child, address) = serving(arguments);
        let mut idle = TcpStream::connect(&address).unwrap();
        idle.write_all(b"GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n")
            .unwrap();
        let mut first = [0; 15];
        idle.read_exact(&mut first).unwrap();
        assert_eq!(&first, b"HTTP/1.1 200 OK");

        let asked = Instant::now();
        let pid = child.0.id().to_string();
        assert!(
            Command::new("kill")
                .args([signal, &pid])
                .status()
                .unwrap()
                .success()
        );
        let ended = child.0.wait().unwrap();
        assert_eq!(ended.code(), Some(0), "{signal}");
        // Two seconds are the promise; the rest is for a machine that is busy with other tests.
        assert!(
            asked.elapsed() < Duration::from_secs(10),
            "{:?}",
            asked.elapsed()
        );
    }
}
