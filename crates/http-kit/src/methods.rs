//! Resources that accept one method, and answer 405 to any other.

use actix_web::{
    FromRequest, Handler, HttpRequest, HttpResponse, Resource, Responder,
    guard::{Any, Get, Head},
    http::Method,
    web,
};

use crate::api_error::ApiError;

/// A resource that accepts GET and HEAD only.
pub fn get_only<F, Args>(path: &str, handler: F) -> Resource
where
    F: Handler<Args>,
    Args: FromRequest + 'static,
    F::Output: Responder + 'static,
{
    web::resource(path)
        .route(web::route().guard(Any(Get()).or(Head())).to(handler))
        .default_service(web::to(refuse_unless_get))
}

/// A resource that accepts POST only.
pub fn post_only<F, Args>(path: &str, handler: F) -> Resource
where
    F: Handler<Args>,
    Args: FromRequest + 'static,
    F::Output: Responder + 'static,
{
    web::resource(path)
        .route(web::post().to(handler))
        .default_service(web::to(refuse_unless_post))
}

/// The error for a request whose method is none of `allowed`.
pub fn method_not_allowed(request: &HttpRequest, allowed: &[Method]) -> ApiError {
    ApiError::MethodNotAllowed {
        method: request.method().to_string(),
        allowed: allowed.to_vec(),
    }
}

async fn refuse_unless_get(request: HttpRequest) -> Result<HttpResponse, ApiError> {
    Err(method_not_allowed(&request, &[Method::GET, Method::HEAD]))
}

async fn refuse_unless_post(request: HttpRequest) -> Result<HttpResponse, ApiError> {
    Err(method_not_allowed(&request, &[Method::POST]))
}

#[cfg(test)]
mod tests {
    use actix_web::{
        App,
        http::header::ALLOW,
        test::{TestRequest, call_service, init_service},
    };

    use super::*;

    async fn ok() -> HttpResponse {
        HttpResponse::Ok().finish()
    }

    #[actix::test]
    async fn any_other_method_is_405_with_the_allowed_ones() {
        let app = App::new()
            .service(get_only("/get", ok))
            .service(post_only("/post", ok));
        let app = init_service(app).await;
        for (path, method, allowed) in [
            ("/get", Method::GET, None),
            ("/get", Method::HEAD, None),
            ("/get", Method::POST, Some("GET, HEAD")),
            ("/post", Method::POST, None),
            ("/post", Method::GET, Some("POST")),
        ] {
            let request = TestRequest::with_uri(path).method(method.clone());
            let answer = call_service(&app, request.to_request()).await;
            let found = answer
                .headers()
                .get(ALLOW)
                .map(|value| value.to_str().unwrap());
            assert_eq!(found, allowed, "{method} {path}");
            assert_eq!(answer.status() == 405, allowed.is_some());
        }
    }
}
