//! The messages of the lab about a catalogue, before it starts anything.

use std::{fs, net::TcpListener, os::unix::fs::PermissionsExt, path::Path};

use lab::free_port;

use super::runner::Runner;
use crate::support::{program::MOCK, scratch};

#[actix_rt::test]
async fn all_mistakes_in_a_catalogue_are_reported_even_if_a_port_is_taken() {
    let data = scratch();
    let catalogue = data.path().join("mine.toml");
    let alerts = ["A", "B", "C", "D", "E", "F"].map(|name| {
        format!("[[alert]]\nname = \"{name}\"\nexpr = \"{name}_m > 3\"\ntrigger = 2\n")
    });
    fs::write(&catalogue, alerts.concat()).unwrap();
    let port = free_port().unwrap();
    let _listener = TcpListener::bind(("127.0.0.1", port)).unwrap();
    let mut lab = Runner::with(data.path(), |lab| {
        lab.arg("--programs")
            .arg(Path::new(MOCK.as_str()).parent().unwrap());
        lab.arg("--catalogue").arg(&catalogue);
        lab.arg("--mock-port").arg(port.to_string());
    });
    assert_eq!(lab.ended().await.code(), Some(64));
    let stderr = lab.stderr();
    let head = format!("lab: the catalogue {} is refused:\n", catalogue.display());
    assert!(stderr.contains(&head), "{stderr}");
    for name in ["A", "B", "C", "D", "E", "F"] {
        let fault = format!("mine.toml: alert {name}: trigger: does not make");
        assert!(stderr.contains(&fault), "{stderr}");
    }
    assert!(
        !stderr.contains("taken") && !data.path().join("postgres").exists(),
        "{stderr}"
    );
}

#[actix_rt::test]
async fn rules_that_promtool_refuses_are_reported_with_its_message() {
    let (data, programs) = (scratch(), scratch());
    let script = "#!/bin/sh\necho 'groups: [{ name: own, rules: [{ alert: A, expr: m > }] }]'\n";
    for program in ["mock-metrics", "service-metrics"] {
        let file = programs.path().join(program);
        fs::write(&file, script).unwrap();
        fs::set_permissions(&file, fs::Permissions::from_mode(0o755)).unwrap();
    }
    let mut lab = Runner::with(data.path(), |lab| {
        lab.arg("--programs").arg(programs.path());
    });
    assert_eq!(lab.ended().await.code(), Some(1));
    let stderr = lab.stderr();
    for words in [
        "lab: promtool check rules ended",
        "alert.rules.yml: 1:",
        "\"A\": could not parse expression",
    ] {
        assert!(stderr.contains(words), "{words} not in {stderr}");
    }
    assert!(!data.path().join("postgres").exists());
}
