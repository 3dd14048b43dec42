//! Which room may name which: `bin → app → http → actors → {upstream, storage, socket} → model`.

use super::references::Source;

/// A room, and what it may name besides itself. The longest room that fits a module is its own.
const ROOMS: &[(&str, &[&str])] = &[
    ("lib", &[]),
    (
        "bin",
        &[
            "commands",
            "exit",
            "gateway::app",
            "lab",
            "logging",
            "settings",
            "shutdown",
        ],
    ),
    ("commands", &["drill", "exit", "mock"]),
    // Shared by the programs.
    ("api_error", &[]),
    ("capacity", &["descriptors", "memory_limit"]),
    ("cors", &["api_error"]),
    ("descriptors", &[]),
    ("exit", &["output", "settings"]),
    ("files", &[]),
    ("logging", &["output", "settings"]),
    ("memory_limit", &[]),
    ("outbound", &[]),
    ("output", &[]),
    ("percent", &[]),
    ("settings", &["words"]),
    ("shutdown", &["exit"]),
    ("web", &["api_error"]),
    ("words", &[]),
    // The gateway, from top to bottom.
    ("gateway", &[]),
    (
        "gateway::app",
        &[
            "capacity",
            "exit",
            "gateway",
            "outbound::certificates",
            "settings",
            "shutdown",
            "web",
        ],
    ),
    (
        "gateway::options",
        &["capacity", "gateway", "settings", "web"],
    ),
    (
        "gateway::http",
        &[
            "api_error",
            "cors",
            "gateway::actors",
            "gateway::telemetry",
            "percent",
            "web",
            STORAGE,
            SOCKET,
            MODEL,
        ],
    ),
    ("gateway::actors", &[MODEL]),
    (
        "gateway::actors::messages",
        &["web", STORAGE, SOCKET, MODEL],
    ),
    ("gateway::actors::hub", ACTOR),
    ("gateway::actors::alertmanager_poller", ACTOR),
    (
        "gateway::actors::prom_poller",
        &[
            "gateway::actors::lane",
            "gateway::actors::messages",
            "gateway::actors::plan",
            "gateway::actors::poll",
            "gateway::telemetry",
            "shutdown",
            UPSTREAM,
            MODEL,
        ],
    ),
    (
        "gateway::actors::lane",
        &[
            "gateway::actors::poll",
            "gateway::telemetry",
            UPSTREAM,
            MODEL,
        ],
    ),
    (
        "gateway::actors::plan",
        &["gateway::actors::messages", UPSTREAM, MODEL],
    ),
    ("gateway::actors::poll", &[UPSTREAM]),
    (
        "gateway::actors::relay",
        &[
            "gateway::actors::messages",
            "gateway::actors::subscribers",
            "gateway::telemetry",
            SOCKET,
            MODEL,
        ],
    ),
    (
        "gateway::actors::session",
        &[
            "gateway::actors::subscribers",
            "gateway::telemetry",
            SOCKET,
            MODEL,
        ],
    ),
    (
        "gateway::actors::subscribers",
        &["gateway::telemetry", "shutdown", SOCKET, MODEL],
    ),
    ("gateway::actors::shared_answers", &[]),
    ("gateway::actors::pool_shares", &["web", STORAGE]),
    (
        "gateway::actors::incident_question",
        &["gateway::actors::pool_shares", STORAGE, MODEL],
    ),
    (
        "gateway::actors::incident_repo",
        &[
            "gateway::actors::incident_question",
            "gateway::actors::messages",
            "gateway::actors::pool_shares",
            "gateway::actors::shared_answers",
            "gateway::telemetry",
            "shutdown",
            "web",
            STORAGE,
            MODEL,
        ],
    ),
    ("gateway::telemetry", &["logging", "web", SOCKET, MODEL]),
    (UPSTREAM, &["outbound", MODEL]),
    (STORAGE, &["outbound", MODEL]),
    (SOCKET, &["api_error", "web", MODEL]),
    (MODEL, &[]),
    // The simulator.
    ("mock", &[]),
    (
        "mock::actors",
        &["mock::actors", "mock::catalogue", "mock::model", "shutdown"],
    ),
    (
        "mock::model",
        &[
            "mock::catalogue",
            "mock::prediction",
            "mock::promql",
            "percent",
        ],
    ),
    (
        "mock::catalogue",
        &[
            "mock::model",
            "mock::prediction",
            "mock::promql",
            "mock::rules::syntax",
            "mock::rules::template",
            "words",
        ],
    ),
    (
        "mock::prediction",
        &["mock::catalogue", "mock::model", "mock::promql"],
    ),
    ("mock::promql", &[]),
    (
        "mock::app",
        &[
            "cors",
            "descriptors",
            "exit",
            "logging",
            "mock",
            "settings",
            "shutdown",
            "web",
        ],
    ),
    ("mock::source", &["exit", "mock", "settings"]),
    ("mock::catalogue::check", &["exit", "mock", "words"]),
    ("mock::backfill", &["exit", "files", "mock", "shutdown"]),
    ("mock::rules", &["exit", "mock"]),
    ("mock::telemetry", &["logging", "web"]),
    ("mock::http", &["api_error", "mock", "percent", "web"]),
    // Drills know the simulator by its HTTP API; what they share with it is the catalogue, and what theory
    // says of it and of its expressions.
    (
        "drill",
        &[
            "exit",
            "files",
            "logging",
            "mock::Source",
            "mock::catalogue",
            "mock::prediction",
            "mock::promql",
            "outbound",
            "output",
            "settings",
            "shutdown",
            "words",
        ],
    ),
    // The lab knows programs by their command lines only.
    ("lab", &["exit", "files", "output", "shutdown"]),
];

const UPSTREAM: &str = "gateway::upstream";
const STORAGE: &str = "gateway::storage";
const SOCKET: &str = "gateway::socket";
const MODEL: &str = "gateway::model";
/// What an actor may name: no other actor.
const ACTOR: &[&str] = &[
    "gateway::actors::messages",
    "gateway::telemetry",
    "shutdown",
    UPSTREAM,
    STORAGE,
    SOCKET,
    MODEL,
];

/// Crates that stay out of a room.
const KEPT_OUT: &[(&str, &[&str])] = &[
    (
        MODEL,
        &[
            "actix",
            "actix_web",
            "actix_http",
            "awc",
            "diesel",
            "diesel_async",
            "tokio_postgres",
        ],
    ),
    (UPSTREAM, &["actix", "diesel", "diesel_async"]),
    (STORAGE, &["actix", "actix_web", "awc"]),
    ("mock::model", &["actix", "actix_web", "awc", "clap"]),
    ("mock::promql", &["actix", "actix_web", "awc"]),
    ("lab", &["actix", "actix_web", "awc", "diesel"]),
];

/// Imports of one file that no arrow allows.
pub(super) fn faults(source: &Source) -> Vec<String> {
    let module = source.module();
    let Some((room, may)) = room(&module) else {
        return vec![format!(
            "{}: is in no room of tests/architecture/arrows.rs",
            source.file
        )];
    };
    let fault = |target: String| {
        let allowed = within(&target, room) || may.iter().any(|allowed| within(&target, allowed));
        (!allowed).then(|| format!("{}: must not name {target}", source.file))
    };
    let inside = source.references().into_iter().filter_map(fault);
    let kept_out = KEPT_OUT.iter().filter(|(room, _)| within(&module, room));
    let outside = kept_out
        .flat_map(|(_, crates)| *crates)
        .filter(|name| source.names(&format!("{name}::")))
        .map(|name| format!("{}: must not name the crate {name}", source.file));
    inside.chain(outside).collect()
}

fn room(module: &str) -> Option<(&'static str, &'static [&'static str])> {
    let fitting = ROOMS.iter().filter(|(room, _)| within(module, room));
    fitting.max_by_key(|(room, _)| room.len()).copied()
}

fn within(path: &str, room: &str) -> bool {
    path.strip_prefix(room)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with("::"))
}

#[test]
fn an_import_against_an_arrow_is_found() {
    for (file, text) in [
        (
            "bin/service-metrics.rs",
            "use service_metrics::gateway::model::query;",
        ),
        (
            "gateway/model/query.rs",
            "use crate::gateway::storage::schema;",
        ),
        ("gateway/model/query.rs", "use actix::Actor;"),
        ("gateway/http/health.rs", "use crate::settings::Secret;"),
        (
            "gateway/http/health.rs",
            "use crate::gateway::upstream::prometheus;",
        ),
        ("gateway/http/health.rs", "use super::super::app::Gateway;"),
        ("gateway/actors/hub.rs", "use super::session::Session;"),
        (
            "gateway/actors/hub.rs",
            "fn f() { super::prom_poller::f() }",
        ),
        ("gateway/actors/messages.rs", "use super::hub::Hub;"),
        (
            "gateway/actors/session.rs",
            "use super::{subscribers, shared_answers};",
        ),
        (
            "gateway/storage/incidents.rs",
            "use crate::gateway::actors::messages::Deliver;",
        ),
        ("gateway/telemetry.rs", "use crate::mock::Mock;"),
        ("mock/model/board/mod.rs", "use crate::gateway::model;"),
        ("mock/model/board/mod.rs", "use crate::settings::Secret;"),
        ("lab/stack.rs", "use crate::mock::Mock;"),
        ("settings/rules.rs", "use crate::gateway::model;"),
        ("api_error.rs", "use crate::gateway::model;"),
        ("attic/old.rs", ""),
    ] {
        assert_eq!(faults(&Source::new(file, text)).len(), 1, "{file}: {text}");
    }
}

#[test]
fn an_import_along_an_arrow_is_not() {
    for (file, text) in [
        (
            "bin/service-metrics.rs",
            "use service_metrics::{exit, gateway::app::Gateway};",
        ),
        (
            "gateway/app.rs",
            "use crate::{gateway::{actors::hub::Hub, http}, settings::Secret};",
        ),
        (
            "gateway/http/health.rs",
            "use crate::gateway::{actors::Actors, model::check::Check};",
        ),
        ("gateway/actors/mod.rs", "pub struct A { hub: hub::Hub }"),
        (
            "gateway/actors/incident_repo.rs",
            "use super::{messages::M, shared_answers::S};",
        ),
        (
            "gateway/storage/incidents.rs",
            "use super::error::RepoError;",
        ),
    ] {
        assert_eq!(faults(&Source::new(file, text)), Vec::<String>::new());
    }
}
