//! Liveness of the process, and readiness of its dependencies.

use std::time::Duration;

use actix_web::{HttpResponse, http::header, web};
use chrono::{DateTime, Utc};
use futures_util::future::join_all;
use http_kit::route::Route;
use program::timestamp;
use serde::{Serialize, Serializer, ser::SerializeMap};
use tokio::time::timeout;

use crate::{
    entrance::{Feature, Probe, Role},
    messages::check::Check,
};

/// A probe without an answer in this time fails.
const PROBE_TIMEOUT: Duration = Duration::from_secs(2);

const ROUTES: &[Route] = &[
    Route::get("/health", "the process serves", || web::to(alive)).for_machines(),
    Route::get("/-/healthy", "the same", || web::to(alive)).for_machines(),
    Route::get("/-/ready", "and so does what it depends on", || {
        web::to(ready)
    })
    .for_machines(),
];

/// The feature. It runs the probes of `features`.
pub fn start(features: &[Feature]) -> Feature {
    let probes = features.iter().flat_map(|feature| &feature.probes);
    Feature::new(ROUTES).with(Probes(probes.cloned().collect()))
}

struct Probes(Vec<Probe>);

#[derive(Serialize)]
struct Alive {
    status: &'static str,
    #[serde(serialize_with = "timestamp::serialize")]
    timestamp: DateTime<Utc>,
}

/// `GET /health`, `/-/healthy`.
async fn alive() -> HttpResponse {
    HttpResponse::Ok().json(Alive {
        status: "ok",
        timestamp: Utc::now(),
    })
}

#[derive(Serialize)]
struct Readiness {
    status: &'static str,
    #[serde(serialize_with = "by_name")]
    checks: Vec<(Probe, Check)>,
}

fn by_name<S: Serializer>(checks: &[(Probe, Check)], serializer: S) -> Result<S::Ok, S::Error> {
    let mut map = serializer.serialize_map(Some(checks.len()))?;
    for (probe, check) in checks {
        map.serialize_entry(probe.name, check)?;
    }
    map.end()
}

/// `GET /-/ready`: 503 when a vital probe fails, `degraded` when a needed one fails.
async fn ready(probes: web::Data<Probes>) -> HttpResponse {
    let checks = join_all(probes.0.iter().map(ask)).await;
    let failed = |role| {
        let mut checks = checks.iter();
        checks.any(|(probe, check)| probe.role == role && !check.ok)
    };
    let (status, mut answer) = if failed(Role::Vital) {
        ("unready", HttpResponse::ServiceUnavailable())
    } else if failed(Role::Needed) {
        ("degraded", HttpResponse::Ok())
    } else {
        ("ready", HttpResponse::Ok())
    };
    if status == "unready" {
        answer.insert_header((header::RETRY_AFTER, "2"));
    }
    answer
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .json(Readiness { status, checks })
}

async fn ask(probe: &Probe) -> (Probe, Check) {
    let check = timeout(PROBE_TIMEOUT, probe.check()).await;
    let silent = || Check::unknown(&format!("{} does not answer", probe.asked));
    let check = check.ok().flatten().unwrap_or_else(silent);
    (probe.clone(), check)
}
