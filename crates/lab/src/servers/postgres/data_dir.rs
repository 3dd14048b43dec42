//! The folder of a cluster and the user who owns it: PostgreSQL refuses to run as root.

use std::{
    fs,
    hash::{DefaultHasher, Hash, Hasher},
    io::{self, Write},
    os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt, PermissionsExt, lchown},
    path::{Path, PathBuf},
};

use program::files::{self, Folder};
use uuid::Uuid;

use crate::{error::LabError, process::launch::User};

/// The folder of root's clusters, if user `postgres` cannot reach the lab's own folder.
const FALLBACK_FOLDER: &str = "/var/tmp";

/// The folder of one cluster and the user that owns it.
#[derive(Debug, Clone)]
pub(crate) struct DataDir {
    /// PostgreSQL's data directory.
    pub(crate) cluster: PathBuf,
    /// The user of its programs; `None` is the current user.
    pub(crate) user: Option<User>,
    /// The marker of a complete cluster. It contains the SQL that the cluster was made from.
    pub(crate) complete: PathBuf,
}

impl DataDir {
    /// The data directory for `folder`, which is created if it does not exist. The same folder always has the same one.
    pub(crate) fn of(folder: &Path) -> Result<Self, LabError> {
        let refused = |error| LabError::io(folder.display())(error);
        let ours = Folder::claim(folder).map_err(refused)?;
        let folder = ours.path().to_owned();
        let complete = folder.join("complete");
        let mut data_dir = Self {
            cluster: folder.join("cluster"),
            user: None,
            complete,
        };
        if rustix::process::geteuid().is_root() {
            data_dir.user = Some(User::named("postgres").ok_or_else(|| LabError::Missing {
                program: "user postgres, as whom root's PostgreSQL runs,".into(),
                remedy: "install it with apt-get install postgresql".into(),
            })?);
            if !is_reachable_by_all(&folder) {
                let mut hasher = DefaultHasher::new();
                folder.hash(&mut hasher);
                let name = format!("service-metrics-lab-{:016x}", hasher.finish());
                data_dir.cluster = Path::new(FALLBACK_FOLDER).join(name);
            }
        }
        Ok(data_dir)
    }

    /// Whether the cluster is complete.
    pub(crate) fn is_complete(&self) -> bool {
        self.complete.exists() && self.cluster.join("PG_VERSION").exists()
    }

    /// Replaces the directory by an empty one that only the cluster's user may enter.
    pub(crate) fn clear(&self) -> Result<(), LabError> {
        let refused = |error| LabError::io(self.cluster.display())(error);
        self.check_owner()?;
        for removed in [
            fs::remove_file(&self.complete),
            fs::remove_file(self.password_seed()),
            fs::remove_dir_all(&self.cluster),
        ] {
            match removed {
                Err(error) if error.kind() != io::ErrorKind::NotFound => {
                    return Err(refused(error));
                }
                _ => {}
            }
        }
        fs::DirBuilder::new()
            .mode(0o700)
            .create(&self.cluster)
            .map_err(refused)?;
        self.hand_over(&self.cluster)
    }

    /// Makes a password for the owner, in a file that only the cluster's user may read. The file is beside the cluster, since
    /// `initdb` needs an empty directory. [`Self::keep_password`] moves it there.
    pub(crate) fn new_password(&self) -> Result<PathBuf, LabError> {
        let seed = self.password_seed();
        // `create_new`: in FALLBACK_FOLDER another user could have made the file, in order to read it.
        let written = fs::File::options()
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(&seed)
            .and_then(|mut file| file.write_all(Uuid::new_v4().simple().to_string().as_bytes()));
        written.map_err(LabError::io(seed.display()))?;
        self.hand_over(&seed)?;
        Ok(seed)
    }

    /// Moves the password into the cluster, which no other user may enter.
    pub(crate) fn keep_password(&self) -> Result<(), LabError> {
        let kept = self.password_file();
        fs::rename(self.password_seed(), &kept).map_err(LabError::io(kept.display()))
    }

    /// The owner's password.
    pub(crate) fn password(&self) -> Result<String, LabError> {
        let file = self.password_file();
        match files::read_to_string(&file) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                Err(LabError::Unguarded(self.cluster.clone()))
            }
            read => read.map_err(LabError::io(file.display())),
        }
    }

    fn password_seed(&self) -> PathBuf {
        self.cluster.with_extension("password")
    }

    fn password_file(&self) -> PathBuf {
        self.cluster.join("owner-password")
    }

    /// Gives a file to the cluster's user.
    fn hand_over(&self, file: &Path) -> Result<(), LabError> {
        match self.user {
            Some(User { uid, gid }) => {
                lchown(file, Some(uid), Some(gid)).map_err(LabError::io(file.display()))
            }
            None => Ok(()),
        }
    }

    /// Refuses a directory of another user. All users may make directories in [`FALLBACK_FOLDER`].
    pub(crate) fn check_owner(&self) -> Result<(), LabError> {
        let ours = self
            .user
            .map_or_else(|| rustix::process::geteuid().as_raw(), |user| user.uid);
        match fs::symlink_metadata(&self.cluster) {
            Ok(meta) if meta.is_dir() && (meta.uid() == ours || meta.uid() == 0) => Ok(()),
            Ok(_) => Err(LabError::io(self.cluster.display())(io::Error::other(
                "belongs to another user: remove it",
            ))),
            Err(_) => Ok(()),
        }
    }
}

/// Whether all users may enter `folder` and its parents.
fn is_reachable_by_all(folder: &Path) -> bool {
    folder
        .ancestors()
        .all(|folder| fs::metadata(folder).is_ok_and(|meta| meta.permissions().mode() & 0o001 != 0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_private_folder_is_not_reached_by_everybody() {
        let private = tempfile::tempdir().unwrap();
        fs::set_permissions(private.path(), fs::Permissions::from_mode(0o700)).unwrap();
        assert!(is_reachable_by_all(Path::new("/")));
        assert!(!is_reachable_by_all(
            &fs::canonicalize(private.path()).unwrap()
        ));
    }

    #[test]
    fn a_cluster_is_complete_only_with_its_marker() {
        let folder = tempfile::tempdir().unwrap();
        let data_dir = DataDir {
            cluster: folder.path().join("cluster"),
            user: None,
            complete: folder.path().join("complete"),
        };
        data_dir.clear().unwrap();
        fs::write(data_dir.cluster.join("PG_VERSION"), "15").unwrap();
        assert!(!data_dir.is_complete());
        fs::write(&data_dir.complete, "").unwrap();
        assert!(data_dir.is_complete());
        data_dir.clear().unwrap();
        assert!(
            !data_dir.is_complete() && data_dir.cluster.exists() && !data_dir.complete.exists()
        );
    }
}
