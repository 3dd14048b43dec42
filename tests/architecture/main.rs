//! What the compiler cannot hold: no circle of files, the arrows between the folders of `src/`, and habits.

#![allow(
    clippy::unwrap_used,
    reason = "a test that cannot go on says where it stopped"
)]

mod arrows;
mod circles;
mod habits;
mod references;

use std::{
    fs,
    path::{Path, PathBuf},
};

use references::{Package, Source};

/// The gateway and every crate, with all of their files.
fn packages() -> Vec<Package> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let crates = fs::read_dir(root.join("crates")).unwrap();
    let mut folders: Vec<_> = crates.map(|entry| entry.unwrap().path()).collect();
    folders.sort();
    folders.push(root.to_owned());
    let packages: Vec<_> = folders.into_iter().map(|folder| package(&folder)).collect();
    assert!(packages.len() > 5, "{} packages", packages.len());
    packages
}

fn package(folder: &Path) -> Package {
    let src = folder.join("src");
    let mut files = Vec::new();
    collect(&src, &mut files);
    assert!(!files.is_empty(), "{src:?}");
    let source = |file: PathBuf| {
        let name = file.strip_prefix(&src).unwrap().to_str().unwrap();
        Source::new(name, &fs::read_to_string(&file).unwrap())
    };
    let name = match folder == Path::new(env!("CARGO_MANIFEST_DIR")) {
        true => env!("CARGO_PKG_NAME"),
        false => folder.file_name().unwrap().to_str().unwrap(),
    };
    Package::new(
        &name.replace('-', "_"),
        files.into_iter().map(source).collect(),
    )
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
fn no_files_import_each_other_in_a_circle() {
    let circles: Vec<_> = packages().iter().flat_map(circles::circles).collect();
    assert!(circles.is_empty(), "\n{}", circles.join("\n"));
}

#[test]
fn every_import_of_the_gateway_follows_an_arrow() {
    let packages = packages();
    let faults = arrows::faults(packages.last().unwrap());
    assert!(faults.is_empty(), "\n{}", faults.join("\n"));
}

#[test]
fn every_dependency_between_our_crates_follows_an_arrow() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let crates = fs::read_dir(root.join("crates")).unwrap();
    let crates = crates.map(|entry| entry.unwrap().path());
    let faults = crates.chain([root.to_owned()]).flat_map(|folder| {
        let manifest = fs::read_to_string(folder.join("Cargo.toml")).unwrap();
        let name = folder.file_name().unwrap().to_str().unwrap();
        let name = match folder == root {
            true => env!("CARGO_PKG_NAME"),
            false => name,
        };
        arrows::dependency_faults(name, &manifest)
    });
    let faults: Vec<_> = faults.collect();
    assert!(faults.is_empty(), "\n{}", faults.join("\n"));
}

#[test]
fn every_source_file_keeps_the_habits() {
    let faults: Vec<_> = packages().iter().flat_map(habits::faults).collect();
    assert!(faults.is_empty(), "\n{}", faults.join("\n"));
}
