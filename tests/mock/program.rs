//! The program: its command line, its exit codes, and how it stops.

use std::{
    io::{self, Read, Seek, Write},
    net::{TcpListener, TcpStream},
    process::{Command, Stdio},
};

use rustix::process::Signal;

use crate::support::{
    http,
    program::{self, Ended, MOCK, Running, run},
};

fn program() -> Command {
    program::command(&MOCK)
}

#[test]
fn version_and_help_are_exit_0_and_bad_usage_is_exit_2() {
    let Ended { code, out, .. } = run(program().arg("--version"));
    assert_eq!(
        (code, out.as_str()),
        (
            Some(0),
            concat!("mock-metrics ", env!("CARGO_PKG_VERSION"), "\n")
        )
    );
    let Ended { code, out, .. } = run(program().arg("--help"));
    assert!(code == Some(0) && out.contains("--config"));
    for wrong in ["--nothing", "nothing"] {
        let Ended { code, out, stderr } = run(program().arg(wrong));
        assert!(
            code == Some(2) && out.is_empty() && stderr.contains(wrong),
            "{stderr}"
        );
    }
}

#[test]
fn bad_settings_are_exit_64_with_one_line_per_fault() {
    let Ended { code, stderr, .. } = run(program()
        .env("MOCK_METRICS__SERVER__HOST", "nowhere")
        .env("MOCK_METRICS__SIMULATION__MAX_LABEL_VALUES", "0"));
    assert_eq!(code, Some(64));
    assert_eq!(stderr.lines().count(), 2, "{stderr}");
    assert!(stderr.contains("server.host") && stderr.contains("simulation.max_label_values"));
    let Ended { code, stderr, .. } =
        run(program().args(["serve", "--config", "/no/such/file.toml"]));
    assert!(
        code == Some(64) && stderr.contains("/no/such/file.toml"),
        "{stderr}"
    );
}

#[test]
fn a_taken_port_is_exit_1_with_one_line_that_says_what_to_do() {
    let taken = TcpListener::bind("0.0.0.0:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    let Ended { code, stderr, .. } = run(program()
        .env("MOCK_SERVICE_PORT", &port)
        .env("RUST_LOG", "warn"));
    assert_eq!(code, Some(1));
    assert_eq!(stderr.lines().count(), 1, "{stderr}");
    for part in ["0.0.0.0", port.as_str(), "MOCK_SERVICE_PORT"] {
        assert!(stderr.contains(part), "no {part} in: {stderr}");
    }
}

#[actix_rt::test]
async fn a_signal_ends_it_soon_with_0_even_with_an_idle_connection() {
    for (signal, arguments) in [(Signal::TERM, &[][..]), (Signal::INT, &["serve"][..])] {
        let mock = Running::start(program().args(arguments).env("MOCK_SERVICE_PORT", "0"));
        let mut idle = TcpStream::connect(("127.0.0.1", mock.port().await)).unwrap();
        idle.write_all(b"GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n")
            .unwrap();
        let mut first = [0; 15];
        idle.read_exact(&mut first).unwrap();
        assert_eq!(&first, b"HTTP/1.1 200 OK");

        mock.signal(signal);
        assert_eq!(mock.ended().await.code(), Some(0), "{signal:?}");
    }
}

#[actix_rt::test]
async fn serve_takes_a_catalogue_and_a_time_scale() {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    let text = "[[alert]]\nname = \"Queue\"\nexpr = \"rate(jobs_total[{window}]) > 1\"\nwindow = \"10m\"\ntrigger = 5\n";
    file.write_all(text.as_bytes()).unwrap();
    let mut command = program();
    command.args(["serve", "--time-scale", "0.5", "--catalogue"]);
    let mock = Running::start(command.arg(file.path()).env("MOCK_SERVICE_PORT", "0"));
    let addr = ([127, 0, 0, 1], mock.port().await).into();
    let alerts = http::get(addr, "/api/alerts").await.body;
    assert!(alerts.contains("\"time_scale\":0.5,"), "{alerts}");
    assert!(alerts.contains("rate(jobs_total[5m]) > 1"), "{alerts}");
    assert!(!alerts.contains("DiskFull"), "{alerts}");
}

#[test]
fn a_bad_catalogue_is_exit_64_before_any_port_is_bound() {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(b"[[alert]]\nname = \"A\"\nexpr = \"a > 3\"\ntrigger = 2\n")
        .unwrap();
    let Ended { code, stderr, .. } = run(program().arg("--catalogue").arg(file.path()));
    assert_eq!((code, stderr.lines().count()), (Some(64), 1), "{stderr}");
    assert!(stderr.contains("alert A: trigger: "), "{stderr}");
}

#[test]
fn check_honours_the_time_scale_and_takes_its_catalogue_as_the_file() {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    let spike = "[[alert]]\nname = \"A\"\nexpr = \"m > 5\"\nfor = \"0s\"\n\
                 trigger = { pattern = \"spike\", to = 9, half_life = \"100s\" }\n";
    file.write_all(spike.as_bytes()).unwrap();
    let check = |arguments: &[&str]| run(program().arg("check").arg(file.path()).args(arguments));
    let Ended { code, out, .. } = check(&[]);
    assert!(
        code == Some(0) && out.contains("1 alert and 0 scenarios"),
        "{out}"
    );
    let Ended { code, stderr, .. } = check(&["--time-scale", "0.02"]);
    assert_eq!((code, stderr.lines().count()), (Some(64), 1), "{stderr}");
    assert!(stderr.contains("at the time scale 0.02"), "{stderr}");
    for (arguments, word) in [
        (["--time-scale", "0.019"], "from 0.02 to 10"),
        (["--time-scale", "10.1"], "from 0.02 to 10"),
        (["--time-scale", "nan"], "from 0.02 to 10"),
        (
            ["--catalogue", "config/alerts.toml"],
            "cannot be used with check",
        ),
    ] {
        let Ended { code, stderr, .. } = check(&arguments);
        assert!(
            code == Some(2) && stderr.contains(word),
            "{arguments:?}: {stderr}"
        );
    }
}

#[test]
fn check_says_of_each_alert_whether_it_can_fire_and_asks_promtool() {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    let mut check = |text: &str| {
        file.as_file_mut().set_len(0).unwrap();
        file.rewind().unwrap();
        file.write_all(text.as_bytes()).unwrap();
        run(program().arg("check").arg(file.path()))
    };
    let alert = |name: &str, expr: &str| {
        format!("[[alert]]\nname = \"{name}\"\nmetric = \"m\"\nexpr = '{expr}'\ntrigger = 9\n")
    };
    let three = [
        alert("A", "m > 5"),
        alert("B", "m / n > 5"),
        alert("C", "m > scalar(memory_usage_bytes)"),
    ];
    let Ended { code, out, stderr } = check(&three.concat());
    assert_eq!(code, Some(0), "{stderr}");
    for words in [
        "alert B: cannot fire: no series is served for n\n",
        "alert C: only a drill can show whether it can fire: its expression selects memory_usage_bytes",
        "3 alerts and 0 scenarios: 1 can fire, 1 cannot, 1 not known\n",
    ] {
        assert!(out.contains(words), "{out}");
    }
    // The function has this name in Prometheus 3, and another one in 2.42.
    let later = check(&alert(
        "A",
        "double_exponential_smoothing(m[5m], 0.5, 0.5) > 5",
    ));
    let earlier = check(&alert("A", "holt_winters(m[5m], 0.5, 0.5) > 5"));
    let refused = [&later, &earlier].map(|ended| ended.code == Some(64));
    assert!(refused.contains(&true), "{later:?} {earlier:?}");
    let Ended { code, stderr, .. } = check(&alert("A", "m > > 5"));
    assert_eq!(code, Some(64));
    assert!(
        stderr.contains("is not PromQL: 1:5: parse error: ") && stderr.contains("(promtool "),
        "{stderr}"
    );
    let Ended { code, stderr, .. } = check("groups:\n  - name: a\n    rules: []\n");
    assert!(
        code == Some(64) && stderr.contains("is a rule file of Prometheus"),
        "{stderr}"
    );
}

#[test]
fn who_stops_reading_ends_a_command_without_a_word_and_as_sigpipe_would() {
    let catalogue = concat!(env!("CARGO_MANIFEST_DIR"), "/../../config/alerts.toml");
    for command in [
        &["backfill", "--hours", "4"][..],
        &["rules"],
        &["check", catalogue],
    ] {
        let (reader, writer) = io::pipe().unwrap();
        drop(reader);
        let mut child = program()
            .args(command)
            .stdout(writer)
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let stderr = io::read_to_string(child.stderr.take().unwrap()).unwrap();
        let code = child.wait().unwrap().code();
        assert_eq!((code, stderr.as_str()), (Some(141), ""), "{command:?}");
    }
}

#[test]
fn a_flag_that_a_command_does_not_use_is_refused() {
    for (command, stderr) in [
        (
            &["check", "config/alerts.toml", "--config", "none"][..],
            "--config cannot be used with check",
        ),
        (
            &["rules", "--config", "none"],
            "--config cannot be used with rules",
        ),
        (
            &["backfill", "--time-scale", "0.1"],
            "--time-scale cannot be used with backfill",
        ),
    ] {
        let ended = program().args(command).output().unwrap();
        let said = String::from_utf8(ended.stderr).unwrap();
        assert_eq!(ended.status.code(), Some(2), "{said}");
        assert!(said.contains(stderr) && ended.stdout.is_empty(), "{said}");
    }
}

#[test]
fn a_history_that_is_too_short_for_an_alert_says_so_with_the_hours_that_are_needed() {
    for (hours, stderr) in [
        (
            "1",
            "mock-metrics: no alert fires in the 1 h of this history: the shortest history with an alert has --hours 4\n",
        ),
        ("4", ""),
    ] {
        let ended = program()
            .args(["backfill", "--hours", hours])
            .output()
            .unwrap();
        assert_eq!(String::from_utf8(ended.stderr).unwrap(), stderr);
        assert!(ended.status.success());
    }
}
