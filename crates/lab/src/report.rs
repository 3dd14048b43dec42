//! What the lab prints when it is ready.

use crate::lab::Lab;

/// In percent; above the limit of the built-in alert.
const HIGH_CPU: u32 = 95;

/// For interactive use: the addresses, and commands to try.
pub(crate) fn table(lab: &Lab) -> String {
    let (gateway, mock, prometheus) = (lab.gateway.url(), lab.mock.url(), lab.prometheus.url());
    let mut text = String::from("\nThe lab is ready. Ctrl-C stops all of it.\n\n");
    if lab.has_ui {
        text += &format!("  Open {gateway}/ in a browser.\n\n");
    }
    text += &rows(lab);
    text += "\nTry\n\n";
    let trigger = match &lab.alert {
        Some(alert) => format!("curl -X POST {mock}/api/alerts/{alert}/trigger"),
        None => format!("curl {mock}/api/alerts"),
    };
    for command in [
        format!("curl {gateway}/api/metrics/incidents/by-service"),
        format!("curl -X POST {mock}/simulate/cpu-usage/{HIGH_CPU}"),
        format!("curl '{prometheus}/api/v1/query?query=mock_high_cpu_usage_percent'"),
        trigger,
        format!("curl {gateway}/api/metrics/alerts"),
        format!("curl {gateway}/api/metrics/instant"),
        format!("websocat {}", socket(lab)),
    ] {
        text += &format!("  {command}\n");
    }
    text + &notes(lab)
}

/// For a lab with a command: the addresses.
pub(crate) fn addresses(lab: &Lab) -> String {
    let ready = "\nThe lab is ready, and stops when the command ends.\n\n";
    format!("{ready}{}{}", rows(lab), notes(lab))
}

fn rows(lab: &Lab) -> String {
    [
        ("service-metrics", lab.gateway.url()),
        ("  WebSocket", socket(lab)),
        ("mock-metrics", lab.mock.url()),
        ("Prometheus", lab.prometheus.url()),
        ("Alertmanager", lab.alertmanager.url()),
        ("PostgreSQL", lab.postgres.url()),
        ("logs", lab.logs.display().to_string()),
        (
            "database files",
            lab.postgres.cluster().display().to_string(),
        ),
    ]
    .map(|(name, address)| format!("  {name:<16}  {address}\n"))
    .concat()
}

fn socket(lab: &Lab) -> String {
    format!("ws{}/", lab.gateway.url().trim_start_matches("http"))
}

fn notes(lab: &Lab) -> String {
    let notes = lab.notes.iter().map(|note| format!("  {note}\n"));
    let heading = (!lab.notes.is_empty()).then(|| "\nNote\n\n".to_owned());
    heading.into_iter().chain(notes).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const DEPLOYED: &str = include_str!("../../../monitoring/prometheus/alert.rules.yml");

    #[test]
    fn what_is_offered_to_try_crosses_the_limit_of_an_alert_that_exists() {
        let limits = DEPLOYED.split("mock_high_cpu_usage_percent > ").skip(1);
        let limits = limits.map(|rest| {
            let number = rest.split(|c: char| !c.is_ascii_digit()).next();
            number.unwrap().parse::<u32>().unwrap()
        });
        let limits: Vec<_> = limits.collect();
        assert!(
            !limits.is_empty() && limits.iter().all(|limit| HIGH_CPU > *limit),
            "{limits:?}"
        );
    }
}
