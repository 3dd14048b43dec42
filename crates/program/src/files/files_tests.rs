//! Folders, links and files that another user has prepared. Run as root, they belong to another user; otherwise the tests
//! use links and second names.

use std::os::unix::fs::{PermissionsExt, chown, symlink};

use rustix::{
    fs::{FileType, mknodat},
    process::geteuid,
};

use super::*;

/// A user that is neither root nor, as a rule, us.
const OTHER_USER: u32 = 65_534;

fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).unwrap();
    let mut names: Vec<_> = entries
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

fn message<T>(result: io::Result<T>) -> String {
    result
        .err()
        .map(|error| error.to_string())
        .unwrap_or_default()
}

#[test]
fn a_folder_of_somebody_else_is_refused_and_nothing_is_made_in_it() {
    let scratch = tempfile::tempdir().unwrap();
    let theirs = match geteuid().is_root() {
        true => {
            let theirs = scratch.path().join("theirs");
            fs::create_dir(&theirs).unwrap();
            chown(&theirs, Some(OTHER_USER), None).unwrap();
            // A link of the other user to a folder of ours.
            let link = scratch.path().join("link");
            symlink(scratch.path(), &link).unwrap();
            std::os::unix::fs::lchown(&link, Some(OTHER_USER), None).unwrap();
            assert!(
                message(Folder::claim(&link.join("new")))
                    .contains("is a symbolic link of user 65534")
            );
            assert!(message(check_links(&link)).contains("nothing is written through it"));
            theirs
        }
        // Root's folder: safe by its owner, but the file system does not let us write to it.
        false => PathBuf::from("/usr"),
    };
    let before = names(&theirs);
    let refused = Folder::claim(&theirs).and_then(|folder| folder.append("lock"));
    let message = message(refused);
    match geteuid().is_root() {
        true => assert!(
            message.starts_with("belongs to user 65534 and not to user 0"),
            "{message}"
        ),
        false => assert!(message.contains("ermission denied"), "{message}"),
    }
    assert_eq!(names(&theirs), before);
}

#[test]
fn a_link_in_a_file_s_place_is_refused_or_replaced_and_never_followed() {
    let scratch = tempfile::tempdir().unwrap();
    let victim = scratch.path().join("victim");
    fs::write(&victim, "precious").unwrap();
    let folder = Folder::claim(&scratch.path().join("data")).unwrap();
    let place = |name: &str| folder.path().join(name);
    for name in ["lock", "settings", "logs"] {
        symlink(&victim, place(name)).unwrap();
    }
    assert!(message(folder.append("lock")).contains("is a symbolic link"));
    assert!(message(folder.folder("logs")).contains("is a symbolic link"));
    assert!(message(read_to_string(&place("lock"))).contains("is a symbolic link"));
    folder.replace("settings", b"ours", Access::Public).unwrap();
    assert_eq!(fs::read_to_string(place("settings")).unwrap(), "ours");
    assert!(!place("settings").is_symlink());
    assert_eq!(fs::read_to_string(&victim).unwrap(), "precious");

    fs::hard_link(&victim, place("twice")).unwrap();
    assert!(message(folder.append("twice")).contains("second name"));
    mknodat(CWD, place("pipe"), FileType::Fifo, Mode::RWXU, 0).unwrap();
    assert!(message(folder.append("pipe")).contains("no regular file"));
    assert_eq!(
        names(folder.path()),
        ["lock", "logs", "pipe", "settings", "twice"]
    );
}

#[test]
fn a_file_is_replaced_as_a_whole_or_not_at_all() {
    let scratch = tempfile::tempdir().unwrap();
    let file = scratch.path().join("x");
    for text in ["one", "two"] {
        replace(&file, text.as_bytes(), Access::Private).unwrap();
        assert_eq!(fs::read_to_string(&file).unwrap(), text);
    }
    assert_eq!(
        fs::metadata(&file).unwrap().permissions().mode() & 0o777,
        0o600
    );
    check_writable(&file).unwrap();
    // A planted file with the name of the scratch file is not used.
    let planted = scratch.path().join(format!(".x.{}-0", process::id()));
    symlink("/dev/null", &planted).unwrap();
    replace(&file, b"three", Access::Umask).unwrap();
    assert_eq!(fs::read_to_string(&file).unwrap(), "three");
    assert!(planted.is_symlink());
    fs::remove_file(planted).unwrap();
    fs::create_dir(scratch.path().join("folder")).unwrap();
    assert!(replace(&scratch.path().join("folder"), b"x", Access::Umask).is_err());
    assert!(replace(&scratch.path().join("no/x"), b"x", Access::Umask).is_err());
    assert_eq!(names(scratch.path()), ["folder", "x"]);
}

#[test]
fn a_folder_that_every_user_may_change_is_not_root_s_to_use() {
    let scratch = tempfile::tempdir().unwrap();
    fs::set_permissions(scratch.path(), fs::Permissions::from_mode(0o777)).unwrap();
    let claimed = Folder::claim(scratch.path());
    assert_eq!(claimed.is_err(), geteuid().is_root());
}

#[test]
fn a_link_of_our_own_to_a_folder_is_followed() {
    let scratch = tempfile::tempdir().unwrap();
    fs::create_dir(scratch.path().join("disk")).unwrap();
    symlink("disk", scratch.path().join("data")).unwrap();
    let folder = Folder::claim(&scratch.path().join("data")).unwrap();
    folder.append("lock").unwrap();
    assert_eq!(names(&scratch.path().join("disk")), ["lock"]);
}
