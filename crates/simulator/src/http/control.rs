//! `POST /simulate/…`: finds the lever of the path, reads labels and value, and sends them to the family's actor.

use actix_web::{HttpRequest, http::Method, web};
use http_kit::{api_error::ApiError, percent};
use prometheus_api::exposition::write;

use super::{Access, path_label};
use crate::{
    actors::{messages::Apply, simulator::Simulators},
    simulation::{
        change::Change,
        family_state::SeriesLimitError,
        levers::{self, Lever},
        number::format_number,
    },
};

/// Every path under `/simulate/`.
pub(super) async fn simulate(
    request: HttpRequest,
    actors: web::Data<Simulators>,
    access: web::Data<Access>,
) -> Result<String, ApiError> {
    // The raw path: the router's decoding is lenient, and hides an encoded slash.
    let (lever, parts) = route(request.uri().path())?;
    if request.method() != Method::POST {
        return Err(ApiError::method_not_allowed(&request, &[Method::POST]));
    }
    access.may_change(request.peer_addr(), request.headers())?;
    let message = read(lever, &parts)?;

    let series = series_name(lever, &message.labels);
    let actor = actors.of(lever.family.name());
    let actor = actor.ok_or_else(|| ApiError::Internal(format!("no {} actor", lever.family)))?;
    let value = actor.send(message).await??;
    let done = format!("{series} set to {}", format_number(value));
    log_action(&request, &done);
    Ok(done + "\n")
}

/// Logs what a request has changed, with its address.
pub(super) fn log_action(request: &HttpRequest, done: &str) {
    match request.peer_addr() {
        Some(peer) => log::info!("{done}, asked by {}", peer.ip()),
        None => log::info!("{done}"),
    }
}

/// The lever of a path, and the rest of the path.
fn route(path: &str) -> Result<(&'static Lever, Vec<&str>), ApiError> {
    let mut parts = path.split('/').skip(2);
    let lever = parts.next().and_then(levers::find).ok_or_else(|| {
        let known: Vec<_> = levers::LEVERS.iter().map(|lever| lever.path).collect();
        ApiError::NotFound(format!(
            "no such simulation; there are {}",
            known.join(", ")
        ))
    })?;
    let parts: Vec<_> = parts.collect();
    let expected = lever.path_labels().count() + usize::from(lever.input.is_value());
    if parts.len() == expected {
        Ok((lever, parts))
    } else {
        Err(ApiError::NotFound(format!(
            "no such path; use POST {}",
            usage(lever)
        )))
    }
}

fn usage(lever: &Lever) -> String {
    let labels: String = lever
        .path_labels()
        .map(|name| format!("/{{{name}}}"))
        .collect();
    let value = if lever.input.is_value() {
        "/{value}"
    } else {
        ""
    };
    format!("/simulate/{}{labels}{value}", lever.path)
}

fn read(lever: &'static Lever, parts: &[&str]) -> Result<Apply, ApiError> {
    let mut labels = Vec::with_capacity(parts.len());
    for (name, raw) in lever.path_labels().zip(parts) {
        labels.push(path_label::decode(raw).map_err(|must| ApiError::parameter(name, must))?);
    }
    let change = match parts.last() {
        Some(raw) if lever.input.is_value() => percent::decode(raw)
            .and_then(|text| lever.input.read(&text))
            .map_err(|must| ApiError::parameter("value", must))?,
        _ => Change::Count,
    };
    Ok(Apply {
        lever,
        labels,
        change,
    })
}

/// The metric with the labels of the path.
fn series_name(lever: &Lever, values: &[String]) -> String {
    let pairs = lever.path_labels().zip(values.iter().map(String::as_str));
    match write::labels(pairs) {
        labels if labels.is_empty() => lever.metric.to_owned(),
        labels => format!("{}{{{labels}}}", lever.metric),
    }
}

impl From<SeriesLimitError> for ApiError {
    fn from(full: SeriesLimitError) -> Self {
        Self::TooManyRequests(full.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_finds_its_lever_only_with_all_of_its_parts() {
        let (lever, parts) = route("/simulate/disk-usage/sda/85").unwrap();
        assert_eq!(
            (lever.metric, parts),
            ("mock_disk_usage_percent", vec!["sda", "85"])
        );
        for path in [
            "/simulate",
            "/simulate/",
            "/simulate/nothing/1",
            "/simulate/disk-usage/85",
            "/simulate/disk-usage/sda/85/",
            "/simulate/disk-read-error",
            "/simulate/disk-read-error/sda/1",
        ] {
            assert!(matches!(route(path), Err(ApiError::NotFound(_))), "{path}");
        }
    }

    #[test]
    fn a_wrong_part_is_named() {
        let lever = levers::find("prometheus-target-down").unwrap();
        for (parts, name) in [
            (["", "b", "1"], "job_name"),
            (["a", "%FF", "1"], "instance"),
            (["a", "b", "2"], "value"),
        ] {
            let error = read(lever, &parts).unwrap_err().to_string();
            assert!(error.contains(&format!("{name:?}")), "{error}");
        }
    }

    #[test]
    fn the_answer_names_the_labels_of_the_path() {
        let lever = levers::find("disk-usage").unwrap();
        assert_eq!(
            series_name(lever, &["sda".to_owned()]),
            "mock_disk_usage_percent{device=\"sda\"}"
        );
        assert_eq!(
            series_name(levers::find("cpu-usage").unwrap(), &[]),
            "mock_high_cpu_usage_percent"
        );
    }
}
