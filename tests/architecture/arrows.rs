//! Which folder of `src/` may import from which.

use super::references::{Package, Source};

/// A folder, or a file beside them, and what it may import from besides itself.
const ROOMS: &[(&str, &[&str])] = &[
    ("bin", &["app", "settings"]),
    ("lib", &[]),
    (
        "app",
        &[
            "actors",
            "alerts",
            "entrance",
            "incidents",
            "messages",
            "options",
            "settings",
            "stream",
            "telemetry",
            "ui",
        ],
    ),
    (
        "options",
        &["alerts", "entrance", "settings", "stream", "telemetry"],
    ),
    (
        "entrance",
        &[
            "actors",
            "alerts",
            "incidents",
            "messages",
            "readiness",
            "stream",
            "telemetry",
            "ui",
        ],
    ),
    ("ui", &["entrance"]),
    ("readiness", &["actors", "messages"]),
    ("actors", &["alerts", "incidents", "messages", "stream"]),
    ("stream", &["actors", "entrance", "messages", "telemetry"]),
    ("incidents", &["actors", "messages", "telemetry"]),
    ("alerts", &["actors", "messages", "telemetry"]),
    ("telemetry", &["actors", "incidents", "messages", "stream"]),
    ("messages", &["incidents", "stream"]),
    ("settings", &[]),
];

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
