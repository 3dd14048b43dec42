//! The forms that the answers under `/api/` have in common.

use std::borrow::Cow;

use actix_web::{HttpRequest, HttpResponse};
use http_kit::{api_error::ApiError, envelope::Success, percent};
use program::text::suggest;
use serde::Serialize;

/// The name in a request's path. The router has decoded it but for `%`, `/` and `+`.
pub(super) fn name(request: &HttpRequest) -> Cow<'_, str> {
    percent::decode_lossy(request.match_info().query("name"))
}

/// 200 with `{"status":"success","data":…}`.
pub(super) fn success(data: impl Serialize) -> HttpResponse {
    HttpResponse::Ok().json(Success::new(data))
}

/// Like [`success`], with `time_scale` beside `data`.
pub(super) fn success_at(time_scale: f64, data: impl Serialize) -> HttpResponse {
    HttpResponse::Ok().json(Success::new(data).with_time_scale(time_scale))
}

/// 404 for an unknown name, with the names that are like it, or all.
pub(super) fn no_such(what: &str, asked: &str, names: &[&str]) -> ApiError {
    let hint = suggest(asked, names.iter().copied());
    let asked: String = asked.chars().take(64).collect();
    ApiError::NotFound(format!("no {what} {asked:?}{hint}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unknown_name_is_answered_with_the_names_like_it_or_with_all() {
        let message = |asked: &str, names: &[&str]| no_such("alert", asked, names).to_string();
        let names = ["DiskFull", "DiskReadError", "ServiceDown"];
        assert_eq!(
            message("diskfull", &names),
            "no alert \"diskfull\"; did you mean DiskFull?"
        );
        assert!(message("disk", &names).ends_with("; did you mean DiskFull, DiskReadError?"));
        assert!(message("\n", &names).starts_with("no alert \"\\n\"; there are DiskFull, "));
        let many = ["x"; 1_000];
        assert!(message("y", &many).len() < 300);
        assert!(message(&"y".repeat(10_000), &many).len() < 400);
    }
}
