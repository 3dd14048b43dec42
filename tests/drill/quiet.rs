//! A reader of stdout that leaves or is not there, and a gateway that receives no webhook.

use std::{
    io::{BufRead, BufReader},
    process::{Command, Stdio},
};

use actix_rt::task::spawn_blocking;

use super::{Stack, ended, json, of};

#[actix_rt::test]
async fn who_reads_one_line_only_or_closes_stdout_does_not_change_how_it_ends() {
    let stack = Stack::quick().await;
    let [one_line, closed] = ["one.json", "closed.json"].map(|name| stack.report(name));
    let first_line = spawn_blocking({
        let drill = stack.drill(&["Gone", "--report", &one_line]);
        move || code_after_one_line(drill)
    });
    let closed_stdout = ended(closing(&stack.drill(&["Open", "--report", &closed])));
    let (first_line, closed_stdout) = futures_util::join!(first_line, closed_stdout);

    assert_eq!(first_line.unwrap(), Some(0));
    assert_eq!(closed_stdout.code, Some(0), "{closed_stdout:?}");
    for (report, name) in [(&one_line, "Gone"), (&closed, "Open")] {
        assert_ne!(of(&json(report), name)["verdict"], "failed");
    }
    assert_eq!(stack.driven().await, Vec::<String>::new());
}

#[actix_rt::test]
async fn a_gateway_that_receives_no_webhook_is_a_warning() {
    let stack = Stack::quick().await;
    let (_gateway, address) = stack.other_gateway().await;
    let words = "the gateway received no webhook from Alertmanager";
    for (name, arguments, warned) in [
        ("own.json", &[][..], false),
        ("other.json", &["--gateway", &address], true),
    ] {
        let report = stack.report(name);
        let arguments = [&["Gone", "--report", &report], arguments].concat();
        let ended = ended(stack.drill(&arguments)).await;
        assert_eq!(ended.code, Some(0), "{ended:?}");
        assert_eq!(ended.stderr.contains(words), warned, "{ended:?}");
        let warnings = json(&report)["warnings"].to_string();
        assert_eq!(warnings.contains(words), warned, "{warnings}");
    }
}

/// As `| head -1` does.
fn code_after_one_line(mut drill: Command) -> Option<i32> {
    let mut drill = drill.stdout(Stdio::piped()).spawn().unwrap();
    let mut line = String::new();
    BufReader::new(drill.stdout.take().unwrap())
        .read_line(&mut line)
        .unwrap();
    assert_eq!(line, "Gone: rule\n");
    drill.wait().unwrap().code()
}

/// The same, with `>&-`.
fn closing(drill: &Command) -> Command {
    let mut shell = Command::new("/bin/sh");
    shell
        .args(["-c", r#"exec "$0" "$@" >&-"#])
        .arg(drill.get_program())
        .args(drill.get_args());
    shell.env_clear().envs(
        drill
            .get_envs()
            .filter_map(|(name, value)| Some((name, value?))),
    );
    shell
}
