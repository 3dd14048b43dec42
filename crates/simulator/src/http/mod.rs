//! Every route of the simulator, and what every request passes on its way.

mod access;
mod alerts;
mod body;
mod control;
mod path_label;
mod responses;
mod scenarios;
mod scrape;
mod token_attempts;

use http_kit::{
    api_error::ApiError,
    origin::AllowedOrigins,
    route::{self, Route},
};

pub(super) use access::{Access, only_known_origins};
pub(super) use token_attempts::TokenAttempts;

use actix_cors::Cors;
use actix_web::{HttpResponse, http::header, web};

/// The routes but those under `/simulate/`, which the table of levers has.
pub(super) const ROUTES: &[Route] = &[
    Route::get("/health", "whether the program runs", || {
        web::to(scrape::health)
    })
    .for_machines(),
    Route::get("/-/healthy", "the same", || web::to(scrape::health)).for_machines(),
    Route::get("/-/ready", "whether it serves", || web::to(scrape::ready)).for_machines(),
    Route::get("/metrics", "the simulated metrics", || {
        web::to(scrape::metrics)
    })
    .for_machines(),
    Route::get("/api/alerts", "the catalogue with its state", || {
        web::to(alerts::list)
    }),
    Route::get("/api/alerts/{name}", "one alert", || web::to(alerts::one)),
    Route::post("/api/alerts/{name}/trigger", "triggers an alert", || {
        web::to(alerts::trigger)
    }),
    Route::post("/api/alerts/{name}/recover", "recovers an alert", || {
        web::to(alerts::recover)
    }),
    Route::post("/api/reset", "sets everything to the baseline", || {
        web::to(scenarios::reset)
    }),
    Route::get("/api/scenarios", "the scenarios", || {
        web::to(scenarios::list)
    }),
    Route::post("/api/scenarios/stop", "stops the scenario", || {
        web::to(scenarios::stop)
    }),
    Route::post("/api/scenarios/{name}/start", "starts a scenario", || {
        web::to(scenarios::start)
    }),
];

/// Registers [`ROUTES`] and the levers.
pub(super) fn routes(config: &mut web::ServiceConfig) {
    route::register(config, ROUTES.iter());
    config
        .service(web::scope("/simulate").default_service(web::to(control::simulate)))
        .default_service(web::to(no_such_path));
}

/// Answers to web pages of the allowed origins; [`only_known_origins`] has refused the others before.
pub(super) fn cors(allowed_origins: &AllowedOrigins) -> Cors {
    let allowed = allowed_origins.clone();
    Cors::default()
        .allowed_methods(route::page_methods(ROUTES.iter()))
        .allowed_headers([header::AUTHORIZATION, header::CONTENT_TYPE])
        .max_age(600)
        .allowed_origin_fn(move |origin, _| allowed.contains(origin.as_bytes()))
}

async fn no_such_path() -> Result<HttpResponse, ApiError> {
    Err(ApiError::NotFound(
        "no such path; there are /health, /-/ready, /metrics, /api/alerts, /api/scenarios, POST /api/reset and POST /simulate/…"
            .to_owned(),
    ))
}
