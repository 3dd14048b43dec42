//! Whether the process serves, and whether what it depends on does.

use std::time::Duration;

use actix_web::{HttpResponse, http::header, web};
use chrono::Utc;
use futures_util::future::join3;
use program::timestamp;
use serde::Serialize;

use crate::{
    actors::Actors,
    messages::{AlertmanagerStatus, DatabaseStatus, PollerReport, PollerStatus, check::Check},
};

/// How long an actor may take to say how it is.
const PATIENCE: Duration = Duration::from_secs(2);

#[derive(Serialize)]
struct Alive {
    status: &'static str,
    #[serde(serialize_with = "timestamp::serialize")]
    timestamp: chrono::DateTime<Utc>,
}

/// `GET /health`, `/-/healthy`.
pub(crate) async fn alive() -> HttpResponse {
    HttpResponse::Ok().json(Alive {
        status: "ok",
        timestamp: Utc::now(),
    })
}

#[derive(Serialize)]
struct Readiness {
    status: &'static str,
    checks: Checks,
}

#[derive(Serialize)]
struct Checks {
    prometheus: Check,
    /// None without an Alertmanager. What is known of alerts is true without it: it does not make the gateway `degraded`.
    #[serde(skip_serializing_if = "Option::is_none")]
    alertmanager: Option<Check>,
    /// None without incidents.
    #[serde(skip_serializing_if = "Option::is_none")]
    database: Option<Check>,
    poller: Check,
}

/// `GET /-/ready`: 503 when the poller or a hub is dead; Prometheus or the database being down is `degraded`.
pub(crate) async fn ready(actors: web::Data<Actors>) -> HttpResponse {
    let checks = ask(&actors).await;
    let (status, mut answer) = if !checks.poller.ok {
        ("unready", HttpResponse::ServiceUnavailable())
    } else if checks.prometheus.ok && checks.database.as_ref().is_none_or(|database| database.ok) {
        ("ready", HttpResponse::Ok())
    } else {
        ("degraded", HttpResponse::Ok())
    };
    if status == "unready" {
        answer.insert_header((header::RETRY_AFTER, "2"));
    }
    answer
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .json(Readiness { status, checks })
}

async fn ask(actors: &Actors) -> Checks {
    let silent = |who: &str| Check::unknown(&format!("{who} does not answer"));
    let poller = actors.poller.send(PollerStatus).timeout(PATIENCE);
    let database = async {
        let incidents = actors.incidents.as_ref().ok()?;
        let check = incidents.send(DatabaseStatus).timeout(PATIENCE).await;
        Some(check.unwrap_or_else(|_| silent("the incident repository")))
    };
    let alertmanager = async {
        let check = actors.alertmanager.as_ref()?.send(AlertmanagerStatus);
        let check = check.timeout(PATIENCE).await;
        Some(check.unwrap_or_else(|_| silent("the poller of Alertmanager")))
    };
    let (poller, database, alertmanager) = join3(poller, database, alertmanager).await;
    let PollerReport {
        prometheus,
        mut poller,
    } = poller.unwrap_or_else(|_| PollerReport {
        prometheus: silent("the poller"),
        poller: silent("the poller"),
    });
    if !actors.hubs_live() {
        poller = Check::unknown("a hub is gone");
    }
    Checks {
        prometheus,
        alertmanager,
        database,
        poller,
    }
}
