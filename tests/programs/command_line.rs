//! The command line, without serving.

use std::{fs::File, net::TcpListener};

use super::gateway;
use crate::support::program::run;

#[test]
fn version_and_help_are_exit_0() {
    let version = run(gateway().arg("--version"));
    let expected = concat!("service-metrics ", env!("CARGO_PKG_VERSION"), "\n");
    assert_eq!((version.code, version.out.as_str()), (Some(0), expected));
    let help = run(gateway().arg("--help"));
    assert_eq!(help.code, Some(0));
    for flag in ["--config", "--check-config", "--version"] {
        assert!(help.out.contains(flag), "no {flag} in: {}", help.out);
    }
}

#[test]
fn wrong_usage_is_exit_2_and_names_the_wrong_argument() {
    for arguments in [
        &["--nothing"][..],
        &["serve"],
        &["--check-config=1"],
        &["--config"],
    ] {
        let ended = run(gateway().args(arguments));
        let word = arguments[0].split('=').next().unwrap();
        assert_eq!((ended.code, ended.out.as_str()), (Some(2), ""), "{ended:?}");
        assert!(ended.stderr.contains(word), "{ended:?}");
    }
}

#[test]
fn valid_settings_are_reported_as_valid_and_no_port_is_taken() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    let ended = run(gateway().arg("--check-config").env("PORT", port));
    assert_eq!(ended.code, Some(0), "{ended:?}");
    assert_eq!(ended.out, "the settings are valid\n");
    assert_eq!(ended.stderr, "");
}

#[test]
fn a_closed_stdout_is_an_error_and_no_panic() {
    let full = File::options().write(true).open("/dev/full").unwrap();
    let output = gateway().arg("--check-config").stdout(full).output();
    let output = output.unwrap();
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1), "{stderr}");
    assert!(
        stderr.starts_with("service-metrics: stdout: ") && stderr.lines().count() == 1,
        "{stderr}"
    );
}
