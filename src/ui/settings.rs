//! The section `[ui]`.

use std::path::{Path, PathBuf};

use program::settings::validator::Validator;
use url::Url;

program::section! {
    /// The web UI.
    pub struct Ui = "ui" {
        /// Folder of the built UI (`ui/dist`), which is served at `/`. Empty: no UI.
        pub dir: PathBuf = "",
        /// Where a browser finds `mock-metrics`, to rehearse alerts. Empty: the page *Rehearse* is not offered.
        pub simulator_url: String = "http://localhost:8082",
    }
}

impl Ui {
    /// Where browsers find the simulator, if alerts are to be rehearsed.
    pub fn simulator_url(&self) -> Option<&str> {
        Some(self.simulator_url.as_str()).filter(|url| !url.is_empty())
    }

    /// The same, as a URL; the check has refused what is none.
    pub(super) fn simulator(&self) -> Option<Url> {
        self.simulator_url().and_then(|url| Url::parse(url).ok())
    }

    /// The folder, if there is to be a UI.
    pub fn folder(&self) -> Option<&Path> {
        let named = !self.dir.as_os_str().is_empty();
        named.then_some(&self.dir)
    }

    /// Notes what is wrong.
    pub fn check(&self, validator: &mut Validator) {
        if let Some(folder) = self.folder() {
            let shown = folder.display();
            let must = format_args!(
                "there is no index.html in {shown}; npm run build in ui/ makes ui/dist, an empty value leaves the UI out"
            );
            let page = folder.join("index.html").is_file();
            validator.require(page, "ui.dir", must);
        }
        if let Some(url) = self.simulator_url() {
            validator.public_url("ui.simulator_url", url);
        }
    }
}
