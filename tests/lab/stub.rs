//! A stand-in for `service-metrics` and `mock-metrics`: it answers 200 to every request, and has no rules. The lab
//! uses programs through their command lines only, so that a shell script that runs this test binary is enough.

use std::{fs, os::unix::fs::PermissionsExt, path::Path};

use actix_web::{App, HttpResponse, HttpServer, web};

/// Puts both stand-ins into `folder`.
pub(crate) fn install(folder: &Path) {
    let me = std::env::current_exe().unwrap();
    for (program, variable) in [
        ("service-metrics", "PORT"),
        ("mock-metrics", "MOCK_SERVICE_PORT"),
    ] {
        let script = format!(
            "#!/bin/sh\n[ \"$1\" != rules ] || {{ echo 'groups: []'; exit; }}\necho {program} stands in\n\
             STUB_PORT=${variable} exec '{}' --ignored --exact stub::answers --nocapture\n",
            me.display()
        );
        let file = folder.join(program);
        fs::write(&file, script).unwrap();
        fs::set_permissions(&file, fs::Permissions::from_mode(0o755)).unwrap();
    }
}

#[actix_web::test]
#[ignore = "not a test: what the stand-ins run"]
async fn answers() {
    let Ok(port) = std::env::var("STUB_PORT") else {
        return;
    };
    let app = || App::new().default_service(web::to(HttpResponse::Ok));
    let server = HttpServer::new(app).workers(1).disable_signals();
    server
        .bind(("0.0.0.0", port.parse().unwrap()))
        .unwrap()
        .run()
        .await
        .unwrap();
}
