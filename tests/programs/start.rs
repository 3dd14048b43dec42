//! The start, with parts missing.

use std::net::TcpListener;

use lab::{free_port, is_listening};
use rustix::process::Signal;

use super::{gateway, local};
use crate::support::{
    eventually, http,
    namespace::namespaced,
    program::{self, GATEWAY, MOCK, Running, run},
};

#[test]
fn a_taken_port_is_exit_1_with_one_line_that_says_what_to_do() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    for format in ["text", "json"] {
        let ended = run(gateway().env("PORT", &port).env("LOG_FORMAT", format));
        assert_eq!((ended.code, ended.out.as_str()), (Some(1), ""), "{ended:?}");
        assert_eq!(ended.stderr.lines().count(), 1, "{}", ended.stderr);
        for word in ["127.0.0.1", &port, "PORT"] {
            assert!(
                ended.stderr.contains(word),
                "no {word} in: {}",
                ended.stderr
            );
        }
    }
}

#[test]
fn an_address_of_another_machine_is_exit_1_with_one_line() {
    let ended = run(gateway().env("SERVICE_METRICS__SERVER__HOST", "203.0.113.7"));
    assert_eq!(ended.code, Some(1), "{ended:?}");
    assert!(
        ended.stderr.contains("203.0.113.7") && ended.stderr.lines().count() == 1,
        "{ended:?}"
    );
}

/// Sets up a network namespace that reaches others over IPv6 only. Loopback has IPv4 and IPv6.
const IPV6_ALONE: &str = "
set -e
ip link set lo up
ip link add other type veth peer name end
ip link set end up
ip address add fd00::7/64 dev other nodad
ip link set other up
ip -6 route add default dev other
";

/// Starts the program `$0` and requests its health at all addresses.
const HEALTHY: &str = "
\"$0\" 2>/dev/null & program=$!
trap 'kill $program' EXIT
tries=0
for address in fd00::7 ::1 127.0.0.1; do
  until exec 3<>/dev/tcp/$address/8005; do
    kill -0 $program && [ $((tries += 1)) -le 6000 ]
    sleep 0.05
  done 2>/dev/null
  printf 'GET /health HTTP/1.1\\r\\nHost: localhost\\r\\nConnection: close\\r\\n\\r\\n' >&3
  head -1 <&3
done
";

#[test]
fn on_a_machine_without_ipv4_both_programs_listen_on_ipv6() {
    if !namespaced(IPV6_ALONE)
        .status()
        .is_ok_and(|status| status.success())
    {
        return println!("not proved here: it takes `unshare`, `ip` and the right to use them");
    }
    for program in [&*GATEWAY, &*MOCK] {
        let mut command = namespaced(&format!("{IPV6_ALONE}{HEALTHY}"));
        command
            .arg(program)
            .env_clear()
            .env("PATH", "/usr/sbin:/usr/bin:/sbin:/bin");
        command.env("MOCK_SERVICE_PORT", "8005");
        let ended = run(&mut command);
        let ok = "HTTP/1.1 200 OK\r\n".repeat(3);
        assert_eq!((ended.code, &ended.out), (Some(0), &ok), "{ended:?}");
    }
}

/// The gateway with a limit of descriptors that is too low for 1,000 sessions.
fn gateway_with_few_descriptors() -> std::process::Command {
    let mut command = program::command("/bin/sh");
    command.args(["-c", "ulimit -n 600 && exec \"$0\"", &GATEWAY]);
    let gateway = gateway();
    let environment = gateway.get_envs();
    command.envs(environment.filter_map(|(name, value)| Some((name, value?))));
    command
}

#[test]
fn more_sessions_than_the_machine_holds_are_refused_where_somebody_has_set_them() {
    let variable = "SERVICE_METRICS__WEBSOCKET__MAX_SESSIONS";
    let ended = run(gateway_with_few_descriptors().env(variable, "1000"));
    assert_eq!(ended.code, Some(64), "{ended:?}");
    assert_eq!(ended.stderr.lines().count(), 1, "{}", ended.stderr);
    for word in ["websocket.max_sessions", "315", "1000", variable, "ulimit"] {
        assert!(
            ended.stderr.contains(word),
            "no {word} in: {}",
            ended.stderr
        );
    }
}

#[actix_rt::test]
async fn the_default_number_of_sessions_is_lowered_with_a_warning() {
    let gateway = Running::start(&mut gateway_with_few_descriptors());
    let address = local(gateway.port().await);
    assert_eq!(http::get(address, "/health").await.status, 200);
    let log = gateway.log();
    assert!(
        log.contains("315 sessions at most rather than 20000"),
        "{log}"
    );
}

#[actix_rt::test]
async fn without_prometheus_and_postgresql_it_serves_and_says_what_is_missing() {
    let gateway = Running::start(&mut gateway());
    let address = local(gateway.port().await);
    let checks = eventually("both are said to be down", async || {
        let answer = http::get(address, "/-/ready").await;
        let ready: serde_json::Value = serde_json::from_str(&answer.body).unwrap();
        assert_eq!(
            (answer.status, &ready["status"]),
            (200, &"degraded".into()),
            "{ready}"
        );
        let refused = |check: &str| {
            ready["checks"][check]["error"]
                .to_string()
                .contains("refused")
        };
        (refused("prometheus") && refused("database")).then(|| ready["checks"].clone())
    });
    let checks = checks.await;
    assert_eq!(
        (&checks["prometheus"]["ok"], &checks["database"]["ok"]),
        (&false.into(), &false.into())
    );
    assert_eq!(checks["poller"]["ok"], true, "{checks}");
    assert_eq!(http::get(address, "/health").await.status, 200);
}

#[actix_rt::test]
async fn with_its_output_closed_or_full_it_serves_and_stops_as_usual() {
    for output in [">&- 2>&-", ">/dev/full 2>/dev/full"] {
        let port = free_port().unwrap();
        let mut command = program::command("/bin/sh");
        command.args(["-c", &format!("exec \"$0\" {output}"), &GATEWAY]);
        command.envs(
            gateway()
                .get_envs()
                .filter_map(|(name, value)| Some((name, value?))),
        );
        let gateway = Running::start(
            command
                .env("PORT", port.to_string())
                .env("RUST_LOG", "debug"),
        );
        eventually("it serves", async || {
            assert_eq!(gateway.status(), None, "{output}");
            is_listening(port).then_some(())
        })
        .await;
        assert_eq!(http::get(local(port), "/health").await.status, 200);
        gateway.signal(Signal::TERM);
        assert_eq!(gateway.ended().await.code(), Some(0), "{output}");
    }
}
