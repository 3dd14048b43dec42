//! Which folder of `src/` may import from which.

use super::references::{Package, Source};

/// A folder, or a file beside them, and what it may import from besides itself: `bin → app → settings → features →
/// entrance → telemetry → messages`. Features do not import each other.
const ROOMS: &[(&str, &[&str])] = &[
    ("bin", &["app", "settings"]),
    ("lib", &[]),
    (
        "app",
        &[
            "alerts",
            "entrance",
            "exposition",
            "incidents",
            "readiness",
            "settings",
            "stream",
            "telemetry",
            "ui",
        ],
    ),
    (
        "settings",
        &["alerts", "entrance", "incidents", "stream", "ui"],
    ),
    ("stream", &["entrance", "messages", "telemetry"]),
    ("incidents", &["entrance", "messages", "telemetry"]),
    ("alerts", &["entrance", "messages", "telemetry"]),
    ("ui", &["entrance"]),
    ("readiness", &["entrance", "messages"]),
    ("exposition", &["entrance", "telemetry"]),
    ("entrance", &["messages", "telemetry"]),
    ("telemetry", &["messages"]),
    ("messages", &[]),
];

/// A crate of the workspace, and those that it may depend on. (The compiler holds that nothing else is imported.)
const CRATES: &[(&str, &[&str])] = &[
    ("program", &[]),
    ("http-kit", &["program"]),
    ("prometheus-api", &["program", "http-kit"]),
    ("promql", &[]),
    ("alerting", &["promql"]),
    (
        "simulator",
        &[
            "program",
            "http-kit",
            "prometheus-api",
            "promql",
            "alerting",
        ],
    ),
    (
        "drill",
        &[
            "program",
            "http-kit",
            "prometheus-api",
            "promql",
            "alerting",
            "simulator",
        ],
    ),
    ("mock-metrics", &["program", "simulator", "drill"]),
    ("lab", &["program"]),
    (
        "service-metrics",
        &["program", "http-kit", "prometheus-api", "alerting"],
    ),
];

/// Dependencies of the crate `name`, whose manifest is `manifest`, that no arrow allows.
pub(super) fn dependency_faults(name: &str, manifest: &str) -> Vec<String> {
    let Some((_, may)) = CRATES.iter().find(|(known, _)| *known == name) else {
        return vec![format!(
            "{name}: is no crate of tests/architecture/arrows.rs"
        )];
    };
    let section = manifest
        .split("\n[dependencies]\n")
        .nth(1)
        .unwrap_or_default();
    let section = section.split("\n[").next().unwrap_or_default();
    let named = section
        .lines()
        .filter_map(|line| line.split(['.', ' ']).next());
    let ours = named.filter(|named| CRATES.iter().any(|(known, _)| known == named));
    let refused = ours.filter(|named| !may.contains(named));
    refused
        .map(|named| format!("{name}: must not depend on {named}"))
        .collect()
}

#[test]
fn a_dependency_against_an_arrow_is_found() {
    let manifest = "[package]\nname = \"lab\"\n\n[dependencies]\nprogram.workspace = true\nserde.workspace = true\n\
                    simulator.workspace = true\n\n[dev-dependencies]\ndrill.workspace = true\n";
    let found = dependency_faults("lab", manifest);
    assert_eq!(found, ["lab: must not depend on simulator"]);
    assert_eq!(dependency_faults("attic", "").len(), 1);
}

/// Crates that stay out of a folder.
const KEPT_OUT: &[(&str, &[&str])] = &[
    (
        "messages",
        &[
            "actix_web",
            "actix_http",
            "awc",
            "diesel",
            "diesel_async",
            "tokio_postgres",
        ],
    ),
    ("incidents/queries", &["actix", "actix_web", "awc"]),
];

/// Imports that no arrow allows.
pub(super) fn faults(package: &Package) -> Vec<String> {
    let files = package.files.iter();
    files.flat_map(|source| of_file(package, source)).collect()
}

fn of_file(package: &Package, source: &Source) -> Vec<String> {
    let room = room(source);
    let Some((_, may)) = ROOMS.iter().find(|(name, _)| *name == room) else {
        return vec![format!(
            "{}: is in no room of tests/architecture/arrows.rs",
            source.file
        )];
    };
    let imports = package.imports(source).into_iter();
    let refused = imports.filter(|import| {
        let import = self::room(import);
        import != room && !may.contains(&import)
    });
    let refused = refused.map(|import| format!("{}: must not import {}", source.file, import.file));
    let kept_out = KEPT_OUT
        .iter()
        .filter(|(folder, _)| source.file.starts_with(folder));
    let outside = kept_out
        .flat_map(|(_, crates)| *crates)
        .filter(|name| source.names(&format!("{name}::")))
        .map(|name| format!("{}: must not name the crate {name}", source.file));
    refused.chain(outside).collect()
}

/// The folder directly below `src`, or the file's own name.
fn room(source: &Source) -> &str {
    let first = source.file.split('/').next().unwrap_or_default();
    first.trim_end_matches(".rs")
}

fn faults_of(files: &[(&str, &str)]) -> Vec<String> {
    let files = files.iter().map(|(file, text)| Source::new(file, text));
    faults(&Package::new("service_metrics", files.collect()))
}

#[test]
fn an_import_against_an_arrow_is_found() {
    for (file, text) in [
        ("incidents/routes.rs", "use crate::stream::hub::Hub;"),
        ("stream/hub.rs", "use crate::{app::Gateway, messages};"),
        ("messages/mod.rs", "fn f() { crate::stream::hub::f() }"),
        ("entrance/gate.rs", "use super::super::stream::hub;"),
        ("incidents/queries/store.rs", "use actix_web::web;"),
        ("attic/old.rs", ""),
    ] {
        let others = [
            ("stream/hub.rs", ""),
            ("messages/mod.rs", ""),
            ("app.rs", ""),
        ];
        let others = others.into_iter().filter(|(name, _)| *name != file);
        let files: Vec<_> = others.chain([(file, text)]).collect();
        assert_eq!(faults_of(&files).len(), 1, "{file}: {text}");
    }
}

#[test]
fn an_import_along_an_arrow_is_not() {
    let files = [
        ("bin/p.rs", "use service_metrics::app::Gateway;"),
        ("app.rs", "use crate::{stream::Hub, messages::M};"),
        ("stream/mod.rs", "mod hub; pub use hub::Hub;"),
        (
            "stream/hub.rs",
            "use super::relay::R; use crate::messages::M;",
        ),
        ("stream/relay.rs", ""),
        ("messages/mod.rs", ""),
    ];
    let found = faults_of(&files);
    // `app` gets what it needs of messages from the features.
    assert_eq!(found, ["app.rs: must not import messages/mod.rs"]);
}
