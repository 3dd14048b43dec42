//! What there is, for people without a UI: made from the route table.

use http_kit::route::{self, Route};

/// The text of `GET /` of a gateway without a UI.
pub struct Index(String);

impl Index {
    /// Lists `routes`.
    pub(super) fn new<'r>(routes: impl Iterator<Item = &'r Route>) -> Self {
        let routes = route::list(routes);
        Self(format!(
            "service-metrics\n\n{routes}\nThere is no UI here: the setting ui.dir names none.\n"
        ))
    }

    /// As it is sent.
    pub fn text(&self) -> &str {
        &self.0
    }
}
