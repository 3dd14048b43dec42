//! The files of the UI, all in memory: they are few and do not change while the process runs, and a path that a client
//! makes up can find no file, only a name that is not on the list.
//!
//! The build compresses what is worth it, at its leisure: `app.js` is served as `app.js.br` or `app.js.gz` where these
//! lie beside it.

use std::{
    collections::{BTreeMap, HashMap},
    fs,
    hash::{DefaultHasher, Hasher},
    path::{Path, PathBuf},
};

use actix_web::{
    http::header::{AcceptEncoding, ContentEncoding, Encoding, EntityTag},
    web::Bytes,
};
use log::{info, warn};

/// More than this, over all files, is not a UI but a mistake.
const MOST_BYTES: u64 = 64 << 20;
/// The codings that a file may lie beside itself in, and by which suffix.
const CODINGS: [(ContentEncoding, &str); 2] = [
    (ContentEncoding::Brotli, ".br"),
    (ContentEncoding::Gzip, ".gz"),
];

/// A page and what it is made of.
#[derive(Debug)]
pub(crate) struct Files {
    pub(crate) page: File,
    /// By name. There are no folders in `assets`.
    pub(crate) assets: HashMap<String, File>,
}

/// One file.
#[derive(Debug)]
pub(crate) struct File {
    pub(crate) content_type: &'static str,
    /// As it is, then compressed.
    forms: Vec<Form>,
}

/// What is sent of a file.
#[derive(Debug)]
pub(crate) struct Form {
    pub(crate) coding: ContentEncoding,
    pub(crate) etag: EntityTag,
    pub(crate) bytes: Bytes,
}

impl Files {
    /// Reads `index.html` and `assets/` of `folder`; neither hidden files nor what lies elsewhere.
    pub(crate) fn read(folder: &Path) -> Result<Self, String> {
        let home = folder.canonicalize().map_err(failed(folder))?;
        let page = home.join("index.html");
        let mut reader = Reader {
            home,
            left: MOST_BYTES,
        };
        let page = reader
            .file(&page)?
            .ok_or_else(|| format!("{} is not a file of this folder", page.display()))?;
        let assets = reader.assets()?;
        info!(
            "serving the UI of {}: {} files, {} KiB",
            folder.display(),
            assets.len() + 1,
            (MOST_BYTES - reader.left) >> 10
        );
        Ok(Self {
            page: File::new("index.html", page),
            assets: with_their_forms(&assets),
        })
    }
}

/// Reads below `home`, as long as there is space left.
struct Reader {
    home: PathBuf,
    left: u64,
}

impl Reader {
    /// By name; nothing where there is no such folder.
    fn assets(&mut self) -> Result<BTreeMap<String, Bytes>, String> {
        let folder = self.home.join("assets");
        let mut found = BTreeMap::new();
        if !folder.exists() {
            return Ok(found);
        }
        for entry in fs::read_dir(&folder).map_err(failed(&folder))? {
            let path = entry.map_err(failed(&folder))?.path();
            let name = path.file_name().and_then(|name| name.to_str());
            let Some(name) = name.filter(|name| !name.starts_with('.')) else {
                continue;
            };
            if let Some(bytes) = self.file(&path)? {
                found.insert(name.to_owned(), bytes);
            }
        }
        Ok(found)
    }

    /// What is in a file, unless it is none or lies elsewhere.
    fn file(&mut self, path: &Path) -> Result<Option<Bytes>, String> {
        let target = path.canonicalize().map_err(failed(path))?;
        let size = match target.metadata().map_err(failed(path))? {
            file if file.is_file() && target.starts_with(&self.home) => file.len(),
            _ => {
                warn!(
                    "{} is not served: not a file of this folder",
                    path.display()
                );
                return Ok(None);
            }
        };
        self.left = self.left.checked_sub(size).ok_or_else(|| {
            let most = MOST_BYTES >> 20;
            format!("{} holds more than {most} MiB", self.home.display())
        })?;
        let bytes = fs::read(&target).map_err(failed(path))?;
        Ok(Some(bytes.into()))
    }
}

fn failed(path: &Path) -> impl Fn(std::io::Error) -> String {
    let path = path.display().to_string();
    move |error| format!("{path}: {error}")
}

/// The files, each with its compressed forms, which are no files of their own.
fn with_their_forms(found: &BTreeMap<String, Bytes>) -> HashMap<String, File> {
    let is_form = |name: &str| {
        CODINGS.iter().any(|(_, suffix)| {
            let plain = name.strip_suffix(suffix);
            plain.is_some_and(|plain| found.contains_key(plain))
        })
    };
    let mut files = HashMap::new();
    for (name, bytes) in found.iter().filter(|(name, _)| !is_form(name)) {
        let mut file = File::new(name, bytes.clone());
        for (coding, suffix) in CODINGS {
            let form = found.get(&format!("{name}{suffix}"));
            file.forms
                .extend(form.map(|bytes| Form::new(coding, bytes.clone())));
        }
        files.insert(name.clone(), file);
    }
    files
}

impl File {
    fn new(name: &str, bytes: Bytes) -> Self {
        Self {
            content_type: content_type(name),
            forms: vec![Form::new(ContentEncoding::Identity, bytes)],
        }
    }

    /// The form that `accept` likes best. Who accepts none gets the file as it is (RFC 9110 §12.5.3).
    pub(crate) fn form(&self, accept: &AcceptEncoding) -> &Form {
        let codings = self.forms.iter().map(|form| Encoding::Known(form.coding));
        let codings: Vec<_> = codings.collect();
        let best = accept.negotiate(codings.iter());
        let best = codings
            .iter()
            .position(|coding| best.as_ref() == Some(coding));
        &self.forms[best.unwrap_or(0)]
    }
}

impl Form {
    fn new(coding: ContentEncoding, bytes: Bytes) -> Self {
        let mut hasher = DefaultHasher::new();
        hasher.write(&bytes);
        let etag = EntityTag::new_strong(format!("{:016x}", hasher.finish()));
        Self {
            coding,
            etag,
            bytes,
        }
    }
}

/// The content type. Browsers must not guess it.
fn content_type(name: &str) -> &'static str {
    match name.rsplit_once('.').map_or("", |(_, extension)| extension) {
        "html" => "text/html; charset=utf-8",
        "js" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "txt" => "text/plain; charset=utf-8",
        "json" | "map" => "application/json",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "woff2" => "font/woff2",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::symlink;

    use super::*;

    fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("assets")).unwrap();
        for (name, content) in files {
            fs::write(folder.path().join(name), content).unwrap();
        }
        folder
    }

    fn accepting(text: &str) -> AcceptEncoding {
        let items = text.split(',').filter(|item| !item.trim().is_empty());
        AcceptEncoding(items.map(|item| item.trim().parse().unwrap()).collect())
    }

    #[test]
    fn a_client_gets_the_form_that_it_likes_best() {
        let folder = folder(&[
            ("index.html", "page"),
            ("assets/app.js", "plain"),
            ("assets/app.js.br", "brotli"),
            ("assets/app.js.gz", "gzip"),
        ]);
        let files = Files::read(folder.path()).unwrap();
        assert_eq!(files.assets.len(), 1);
        let app = &files.assets["app.js"];
        for (accept, sent) in [
            ("gzip, deflate, br, zstd", "brotli"),
            ("gzip, deflate", "gzip"),
            ("br;q=0.5, gzip", "gzip"),
            ("br;q=0, gzip;q=0.1", "gzip"),
            ("identity, br;q=0.9", "plain"),
            ("deflate", "plain"),
            ("", "plain"),
            ("identity;q=0, gzip", "gzip"),
            ("*;q=0", "plain"),
        ] {
            let form = app.form(&accepting(accept));
            assert_eq!(form.bytes, sent, "{accept}");
            let only = files.page.form(&accepting(accept));
            assert_eq!(only.bytes, "page", "{accept}");
        }
    }

    #[test]
    fn what_is_hidden_or_lies_elsewhere_is_not_read() {
        let elsewhere = folder(&[("secret.js", "secret")]);
        let folder = folder(&[
            ("index.html", ""),
            ("assets/.env", "secret"),
            ("assets/app.js", "app"),
            ("assets/notes.gz", "no form of anything"),
        ]);
        let assets = folder.path().join("assets");
        symlink(elsewhere.path().join("secret.js"), assets.join("out.js")).unwrap();
        symlink(elsewhere.path(), assets.join("folder")).unwrap();
        symlink("app.js", assets.join("again.js")).unwrap();
        let files = Files::read(folder.path()).unwrap();
        let mut names: Vec<_> = files.assets.keys().collect();
        names.sort();
        assert_eq!(names, ["again.js", "app.js", "notes.gz"]);
    }

    #[test]
    fn a_page_that_lies_elsewhere_or_is_missing_is_refused() {
        let elsewhere = folder(&[("index.html", "secret")]);
        let folder = folder(&[]);
        let text = Files::read(folder.path()).unwrap_err();
        assert!(text.contains("index.html"), "{text}");
        let page = folder.path().join("index.html");
        symlink(elsewhere.path().join("index.html"), page).unwrap();
        let text = Files::read(folder.path()).unwrap_err();
        assert!(text.ends_with("is not a file of this folder"), "{text}");
    }

    #[test]
    fn more_than_a_ui_is_refused_before_it_is_read() {
        let folder = folder(&[("index.html", "page")]);
        let large = fs::File::create(folder.path().join("assets/film.png")).unwrap();
        large.set_len(MOST_BYTES).unwrap();
        let text = Files::read(folder.path()).unwrap_err();
        assert!(text.ends_with("holds more than 64 MiB"), "{text}");
        large.set_len(MOST_BYTES - 4).unwrap();
        assert!(Files::read(folder.path()).is_ok());
    }
}
