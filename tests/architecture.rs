//! The import arrows of `src/lib.rs`, and what else holds for every source file.

mod arrows;
mod habits;
mod references;

use std::{
    fs,
    path::{Path, PathBuf},
};

use references::Source;

/// Every file of `src`.
fn sources() -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    collect(&root, &mut files);
    assert!(files.len() > 50, "{files:?}");
    let source = |file: PathBuf| {
        let name = file.strip_prefix(&root).unwrap().to_str().unwrap();
        Source::new(name, &fs::read_to_string(&file).unwrap())
    };
    files.into_iter().map(source).collect()
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, files);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
}

#[test]
fn every_import_follows_an_arrow() {
    let faults: Vec<_> = sources().iter().flat_map(arrows::faults).collect();
    assert!(faults.is_empty(), "\n{}", faults.join("\n"));
}

#[test]
fn every_source_file_keeps_the_habits() {
    let faults: Vec<_> = sources().iter().flat_map(habits::faults).collect();
    assert!(faults.is_empty(), "\n{}", faults.join("\n"));
}
