//! The forms that the answers under `/api/` have in common.

use std::borrow::Cow;

use actix_web::{HttpRequest, HttpResponse};
use http_kit::{api_error::ApiError, envelope::Success, percent};
use serde::Serialize;

/// A refusal repeats no more names than this.
const MOST_NAMES: usize = 40;
/// No name of a catalogue is longer, in bytes.
const LONGEST_NAME: usize = 128;

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

/// The refusal of a name that nothing has: it tells the names that come near it, or else all.
pub(super) fn no_such(what: &str, asked: &str, names: &[&str]) -> ApiError {
    let near = near(asked, names);
    let (there, names) = match near.as_slice() {
        [] => ("there are", names),
        [_] => ("there is", near.as_slice()),
        _ => ("there are", near.as_slice()),
    };
    let told = names.iter().take(MOST_NAMES).copied().collect::<Vec<_>>();
    let more = if told.len() < names.len() {
        ", …"
    } else {
        ""
    };
    let asked: String = asked.chars().take(64).collect();
    ApiError::NotFound(format!(
        "no {what} {asked:?}; {there} {}{more}",
        told.join(", ")
    ))
}

/// The names that hold what was asked, or are held by it, in whatever case.
fn near<'n>(asked: &str, names: &[&'n str]) -> Vec<&'n str> {
    if asked.is_empty() || asked.len() > LONGEST_NAME {
        return Vec::new();
    }
    let asked = asked.to_lowercase();
    let near = |name: &&&str| {
        let name = name.to_lowercase();
        name.contains(&asked) || asked.contains(&name)
    };
    names.iter().filter(near).copied().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_tells_near_names_or_all_of_them_and_never_too_many() {
        let told = |asked: &str, names: &[&str]| no_such("alert", asked, names).to_string();
        let names = ["DiskFull", "DiskReadError", "ServiceDown"];
        assert_eq!(
            told("diskfull", &names),
            "no alert \"diskfull\"; there is DiskFull"
        );
        assert!(told("disk", &names).ends_with("there are DiskFull, DiskReadError"));
        assert!(told("\n", &names).starts_with("no alert \"\\n\"; there are DiskFull, "));
        let many = ["x"; 1_000];
        assert!(told("y", &many).len() < 300);
        assert!(told(&"y".repeat(10_000), &many).len() < 400);
    }
}
