//! What a person at the terminal is told when the lab is ready.

use super::Lab;

/// The addresses, and what to try.
pub(crate) fn table(lab: &Lab) -> String {
    let (gateway, mock, prometheus) = (lab.gateway.url(), lab.mock.url(), lab.prometheus.url());
    let socket = format!("ws{}/", gateway.trim_start_matches("http"));
    let mut text = String::from("\nThe lab is ready. Ctrl-C stops all of it.\n\n");
    for (name, address) in [
        ("service-metrics", gateway.clone()),
        ("  WebSocket", socket.clone()),
        ("mock-metrics", mock.clone()),
        ("Prometheus", prometheus.clone()),
        ("PostgreSQL", lab.postgres.url()),
        ("logs", lab.logs.display().to_string()),
        (
            "database files",
            lab.postgres.cluster().display().to_string(),
        ),
    ] {
        text += &format!("  {name:<16}  {address}\n");
    }
    text += "\nTry\n\n";
    for command in [
        format!("curl {gateway}/api/metrics/incidents/by-service"),
        format!("curl -X POST {mock}/simulate/cpu-usage/85"),
        format!("curl '{prometheus}/api/v1/query?query=mock_high_cpu_usage_percent'"),
        format!("curl {gateway}/api/metrics/instant"),
        format!("websocat {socket}"),
    ] {
        text += &format!("  {command}\n");
    }
    if !lab.notes.is_empty() {
        text += "\nNote\n\n";
    }
    for note in &lab.notes {
        text += &format!("  {note}\n");
    }
    text
}
