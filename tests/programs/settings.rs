//! Settings that are refused: exit code 64, before any port is bound, with one line per mistake that names the key and
//! the source of its value.

use std::{ffi::OsStr, fs, os::unix::ffi::OsStrExt, process::Command};

use super::gateway;
use crate::support::{
    program::{Ended, run},
    scratch,
};

/// Asserts exit code 64 and one line for each of `lines`, which names all of its words.
fn refused(ended: &Ended, lines: &[&[&str]]) {
    assert_eq!(
        (ended.code, ended.out.as_str()),
        (Some(64), ""),
        "{ended:?}"
    );
    for words in lines {
        let matches = |line: &&str| words.iter().all(|word| line.contains(word));
        let count = ended.stderr.lines().filter(matches).count();
        assert_eq!(count, 1, "{words:?} in:\n{}", ended.stderr);
    }
    assert_eq!(
        ended.stderr.lines().count(),
        lines.len(),
        "{}",
        ended.stderr
    );
    let program = |line: &str| line.starts_with("service-metrics: ");
    assert!(ended.stderr.lines().all(program), "{}", ended.stderr);
    assert!(!ended.stderr.contains("hunter2"), "{}", ended.stderr);
}

/// The gateway with a settings file of this content, and the file's name.
fn with_file(content: &[u8]) -> Ended {
    let folder = scratch();
    let file = folder.path().join("own.toml");
    fs::write(&file, content).unwrap();
    run(gateway().env_remove("PORT").arg("--config").arg(file))
}

fn with(change: impl FnOnce(&mut Command) -> &mut Command) -> Ended {
    run(change(&mut gateway()))
}

#[test]
fn a_file_that_cannot_be_read_is_named() {
    let missing = with(|it| it.args(["--config", "/no/such/file.toml"]));
    refused(
        &missing,
        &[&["--config /no/such/file.toml", "No such file"]],
    );
    let folder = with(|it| it.args(["--config", "/tmp"]));
    refused(&folder, &[&["--config /tmp", "directory"]]);
    refused(&with_file(b"\xff\xfe = 1"), &[&["own.toml", "UTF-8"]]);
}

#[test]
fn a_file_that_is_not_toml_is_reported_with_the_place_but_not_the_line_which_may_hold_a_password() {
    let ended = with_file(b"[database]\nurl = \"postgres://u:hunter2@h/db\n");
    refused(&ended, &[&["own.toml", "line 2, column 33", "invalid"]]);
    let ended = with_file(b"[database]\nurl = postgres://u:hunter2@h/db\n");
    refused(&ended, &[&["own.toml", "line 2"]]);
}

#[test]
fn every_key_that_does_not_exist_is_named() {
    let ended = with_file(
        b"colour = 1\n\"end\\nof line\" = 1\n[server]\nprot = 2\n[empty]\n[SERVER]\nport = 1\n",
    );
    refused(
        &ended,
        &[
            &["colour: no such setting", "own.toml"],
            &["end of line: no such setting", "own.toml"],
            &[
                "server.prot: no such setting; did you mean server.port?",
                "own.toml",
            ],
            &["empty: no such setting", "own.toml"],
            &["SERVER.port: no such setting", "own.toml"],
        ],
    );
    let ended = with_file(
        b"[[instant]]\nname = \"a\"\nquery = \"up\"\nchannels = [\"instant\"]\ncolour = 1\n",
    );
    refused(&ended, &[&["instant[0]", "colour", "own.toml"]]);
}

#[test]
fn every_value_of_a_wrong_type_is_named() {
    let ended = with_file(
        b"cors = 1\n[server]\nport = true\nworkers = \"many\"\nhost = [\"x\"]\ndrain_seconds = \"5\"\n\
          [database]\npool_size = 1.5\nurl = 5\n[log]\nfilter = { a = 1 }\n",
    );
    refused(
        &ended,
        &[
            &["cors: ", "own.toml"],
            &[
                "server.port: must be a whole number, found true",
                "own.toml",
            ],
            &[
                "server.workers: must be a whole number, found \"many\"",
                "own.toml",
            ],
            &["server.host: must be text", "own.toml"],
            &["server.drain_seconds: must be a number", "own.toml"],
            &[
                "database.pool_size: must be a whole number, found 1.5",
                "own.toml",
            ],
            &["database.url: must be text", "own.toml"],
            &["log.filter.a: no such setting", "own.toml"],
        ],
    );
    let ended = with_file(b"instant = 3\nrange = \"x\"\n");
    refused(
        &ended,
        &[
            &["instant: must be a list", "own.toml"],
            &["range: must be a list", "own.toml"],
        ],
    );
    let ended = with_file(b"[database]\nurl = [\"postgres://u:hunter2@h/db\"]\n");
    refused(&ended, &[&["database.url: must be text", "own.toml"]]);
}

#[test]
fn every_value_out_of_range_is_named_beside_other_mistakes() {
    let ended = with_file(
        b"[server]\nport = 65536\ndrain_seconds = 9\nprot = 1\n[database]\npool_size = -1\n\
          [prometheus]\ntimeout_seconds = nan\npoll_interval_seconds = inf\n[log]\nformat = \"xml\"\n",
    );
    refused(
        &ended,
        &[
            &["server.port: ", "65536", "own.toml"],
            &["server.drain_seconds: must be 0 to 8, found 9", "own.toml"],
            &[
                "server.prot: no such setting; did you mean server.port?",
                "own.toml",
            ],
            &["database.pool_size: ", "-1", "own.toml"],
            &["prometheus.timeout_seconds: ", "NaN", "own.toml"],
            &["prometheus.poll_interval_seconds: ", "inf", "own.toml"],
            &["log.format: must be text or json", "own.toml"],
        ],
    );
}

#[test]
fn queries_that_are_invalid_are_named() {
    let ended = with_file(
        b"[[instant]]\nname = \"a\"\nquery = \" \"\nchannels = []\n\
          [[instant]]\nname = \"a\"\nquery = \"up\"\nchannels = [\"instant\"]\n\
          [[range]]\nname = \"\"\nquery = \"up\"\nwindow_seconds = 99999999\nstep_seconds = 1\n\
          [[range]]\nname = \"r\"\nquery = \"up\"\nwindow_seconds = 60\nstep_seconds = 0\n",
    );
    refused(
        &ended,
        &[
            &["instant[0].query: must be a PromQL expression", "own.toml"],
            &["instant[0].channels: must name", "own.toml"],
            &["instant[1].name: \"a\" is used twice", "own.toml"],
            &["range[0].name: must be 1 to 128", "own.toml"],
            &[
                "range[0].window_seconds: must be 1 to 11000 steps",
                "own.toml",
            ],
            &["range[1].step_seconds: ", "own.toml"],
        ],
    );
    let ended = with_file(b"[[instant]]\nname = \"a\"\nquery = \"up\"\nchannels = [\"weather\"]\n");
    refused(
        &ended,
        &[&[
            "instant[0].channels",
            "weather",
            "instant",
            "metrics",
            "own.toml",
        ]],
    );
    let ended = with_file(b"[[range]]\nname = \"a\"\nquery = \"up\"\nstep_seconds = 1\n");
    refused(&ended, &[&["range[0]", "window_seconds", "own.toml"]]);
}

#[test]
fn variables_are_refused_by_their_names() {
    let ended = with(|it| {
        it.env("SERVICE_METRICS__SERVER__COLOUR", "1")
            .env("SERVICE_METRICS__SERVER", "1")
            .env("SERVICE_METRICS__", "1")
            .env("SERVICE_METRICS__RANGE", "a,b")
            .env("SERVICE_METRICS__DATABASE__POOL_SIZE", "1.5")
            .env("SERVICE_METRICS__SERVER__DRAIN_SECONDS", "100")
            .env("POLL_INTERVAL", "soon")
            .env("CORS_ALLOWED_ORIGINS", "*,http://a\nb")
            .env("LOG_FORMAT", "x\ny")
            .env("PORT", "70000")
    });
    refused(
        &ended,
        &[
            &["SERVICE_METRICS__SERVER__COLOUR: no such setting"],
            &["SERVICE_METRICS__SERVER: no such setting"],
            &["SERVICE_METRICS__: no such setting"],
            &["range: ", "SERVICE_METRICS__RANGE"],
            &[
                "database.pool_size: must be a whole number",
                "SERVICE_METRICS__DATABASE__POOL_SIZE",
            ],
            &[
                "server.drain_seconds: ",
                "SERVICE_METRICS__SERVER__DRAIN_SECONDS",
            ],
            &["POLL_INTERVAL: must be a number, or a duration such as 10s, found \"soon\""],
            &["cors.allowed_origins: \"*\"", "CORS_ALLOWED_ORIGINS"],
            &[
                "cors.allowed_origins: \"http://a\\nb\"",
                "CORS_ALLOWED_ORIGINS",
            ],
            &["log.format: ", "LOG_FORMAT"],
            &["server.port: ", "70000", "PORT"],
        ],
    );
}

#[test]
fn text_that_is_not_utf_8_is_refused_and_not_a_panic() {
    let bytes = OsStr::from_bytes(b"\xff\xfe");
    let ended = with(|it| {
        it.env("PORT", bytes)
            .env("UNRELATED", bytes)
            .env(bytes, bytes)
    });
    refused(&ended, &[&["server.port: must be a whole number", "PORT"]]);
}

#[test]
fn secrets_in_addresses_are_not_repeated() {
    for url in [
        "hunter2",
        "mysql://u:hunter2@h/db",
        "postgres://u:hunter2@h:port/db",
        "postgres://u:hunter2@/db",
    ] {
        let ended = with(|it| it.env("DATABASE_URL", url));
        refused(&ended, &[&["database.url: must", "DATABASE_URL"]]);
    }
    for url in [
        "hunter2",
        "http://u:hunter2@h:99999/",
        "http://u:hunter2@[::1",
        "ftp://u:hunter2@h",
    ] {
        let ended = with(|it| it.env("PROMETHEUS_URL", url));
        refused(&ended, &[&["prometheus.url: ", "PROMETHEUS_URL"]]);
    }
}

#[test]
fn a_missing_ui_is_reported_without_a_start() {
    for folder in ["/no/such/folder", env!("CARGO_MANIFEST_DIR")] {
        let checked = with(|it| {
            it.env("SERVICE_METRICS__UI__DIR", folder)
                .arg("--check-config")
        });
        let words = ["ui.dir: ", folder, "index.html", "SERVICE_METRICS__UI__DIR"];
        refused(&checked, &[&words]);
    }
}

#[test]
fn a_ui_that_cannot_be_read_is_reported_at_start() {
    let folder = scratch();
    fs::write(folder.path().join("index.html"), "page").unwrap();
    fs::create_dir(folder.path().join("assets")).unwrap();
    let film = fs::File::create(folder.path().join("assets/film.mp4")).unwrap();
    film.set_len(1 << 30).unwrap();
    let started = with(|it| it.env("SERVICE_METRICS__UI__DIR", folder.path()));
    refused(&started, &[&["ui.dir: ", "more than 64 MiB"]]);
}
