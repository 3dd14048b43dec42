//! A table of routes. The router, the answers to other methods, the methods of CORS and the list of routes come from it.

use std::fmt::Write;

use actix_web::{
    HttpRequest, Resource,
    guard::fn_guard,
    http::Method,
    web::{self, ServiceConfig},
};

use crate::api_error::ApiError;

/// The methods of GET routes.
const READ: &[Method] = &[Method::GET, Method::HEAD];
const POST: &[Method] = &[Method::POST];

/// Who calls a route.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Audience {
    /// Pages and people: the host must be one of the server's names, and CORS decides which pages may read.
    Pages,
    /// Kubelets, scrapers, Alertmanager: they use any host name, and CORS does not offer the route to pages.
    Machines,
}

/// A path, or a pattern of paths, and the methods of one handler.
#[derive(Debug)]
pub struct Route {
    /// The path in the form of actix: `/api/alerts/{name}`.
    pub path: &'static str,
    /// The methods; GET includes HEAD.
    pub methods: &'static [Method],
    /// One line of description.
    pub about: &'static str,
    /// Who calls it.
    pub audience: Audience,
    handler: fn() -> actix_web::Route,
}

impl Route {
    /// GET and HEAD at `path`. `handler` gives `web::to(…)`.
    pub const fn get(
        path: &'static str,
        about: &'static str,
        handler: fn() -> actix_web::Route,
    ) -> Self {
        Self {
            path,
            methods: READ,
            about,
            audience: Audience::Pages,
            handler,
        }
    }

    /// POST at `path`. `handler` gives `web::to(…)`.
    pub const fn post(
        path: &'static str,
        about: &'static str,
        handler: fn() -> actix_web::Route,
    ) -> Self {
        Self {
            methods: POST,
            ..Self::get(path, about, handler)
        }
    }

    /// The route for [`Audience::Machines`].
    pub const fn for_machines(mut self) -> Self {
        self.audience = Audience::Machines;
        self
    }

    fn route(&self) -> actix_web::Route {
        let methods = self.methods;
        (self.handler)().guard(fn_guard(move |context| {
            methods.contains(&context.head().method)
        }))
    }
}

/// Registers all routes. Other methods on their paths are answered with 405 and the allowed methods.
pub fn register<'r>(config: &mut ServiceConfig, routes: impl Iterator<Item = &'r Route>) {
    let mut paths: Vec<(&str, Vec<&Route>)> = Vec::new();
    for route in routes {
        match paths.iter_mut().find(|(path, _)| *path == route.path) {
            Some((_, same)) => same.push(route),
            None => paths.push((route.path, vec![route])),
        }
    }
    for (path, routes) in paths {
        config.service(resource(path, &routes));
    }
}

fn resource(path: &str, routes: &[&Route]) -> Resource {
    let methods = routes.iter().flat_map(|route| route.methods);
    let allowed: Vec<Method> = methods.cloned().collect();
    let refuse = move |request: HttpRequest| {
        let error = ApiError::method_not_allowed(&request, &allowed);
        async { Err::<&'static str, _>(error) }
    };
    let routes = routes.iter().map(|route| route.route());
    routes
        .fold(web::resource(path), Resource::route)
        .default_service(web::to(refuse))
}

/// The paths that answer to every host.
pub fn for_any_host<'r>(routes: impl Iterator<Item = &'r Route>) -> Vec<&'static str> {
    let machines = routes.filter(|route| route.audience == Audience::Machines);
    machines.map(|route| route.path).collect()
}

/// The methods that pages may use.
pub fn page_methods<'r>(routes: impl Iterator<Item = &'r Route>) -> Vec<Method> {
    let pages = routes.filter(|route| route.audience == Audience::Pages);
    let mut methods: Vec<Method> = Vec::new();
    for method in pages.flat_map(|route| route.methods) {
        if !methods.contains(method) {
            methods.push(method.clone());
        }
    }
    methods
}

/// One line per route: method, path, description.
pub fn list<'r>(routes: impl Iterator<Item = &'r Route>) -> String {
    let mut text = String::new();
    for route in routes {
        let method = route.methods.first().map_or("", Method::as_str);
        let address = format!("{method} {}", route.path);
        writeln!(text, "  {address:<42}{}", route.about).expect("a string takes everything");
    }
    text
}

#[cfg(test)]
mod tests {
    use actix_web::{App, http::StatusCode, test};

    use super::*;

    const ROUTES: &[Route] = &[
        Route::get("/thing", "reads it", || web::to(|| async { "read" })),
        Route::post("/thing", "makes it", || web::to(|| async { "made" })),
        Route::get("/health", "says yes", || web::to(|| async { "yes" })).for_machines(),
    ];

    #[actix_web::test]
    async fn methods_go_to_their_handlers_and_other_methods_get_the_allowed_ones() {
        let app = App::new().configure(|config| register(config, ROUTES.iter()));
        let app = test::init_service(app).await;
        for (method, path, status, allowed) in [
            (Method::GET, "/thing", StatusCode::OK, None),
            (Method::HEAD, "/thing", StatusCode::OK, None),
            (Method::POST, "/thing", StatusCode::OK, None),
            (
                Method::PUT,
                "/thing",
                StatusCode::METHOD_NOT_ALLOWED,
                Some("GET, HEAD, POST"),
            ),
            (
                Method::POST,
                "/health",
                StatusCode::METHOD_NOT_ALLOWED,
                Some("GET, HEAD"),
            ),
        ] {
            let request = test::TestRequest::with_uri(path).method(method.clone());
            let answer = test::call_service(&app, request.to_request()).await;
            assert_eq!(answer.status(), status, "{method} {path}");
            let allow = answer.headers().get("allow");
            assert_eq!(allow.map(|value| value.to_str().unwrap()), allowed);
        }
    }

    #[::core::prelude::v1::test]
    fn hosts_methods_and_the_list_come_from_the_table() {
        assert_eq!(for_any_host(ROUTES.iter()), ["/health"]);
        assert_eq!(
            page_methods(ROUTES.iter()),
            [Method::GET, Method::HEAD, Method::POST]
        );
        let list = list(ROUTES.iter());
        let lines: Vec<_> = list.lines().collect();
        assert_eq!(lines.len(), 3);
        assert!(
            lines[0].starts_with("  GET /thing  ") && lines[0].ends_with("  reads it"),
            "{list}"
        );
    }
}
