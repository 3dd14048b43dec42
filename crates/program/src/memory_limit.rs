//! The memory limit of the process: the lowest of the limits of its control groups.

use std::{
    fs,
    path::{Path, PathBuf},
};

/// What the kernel shows of a process: its groups, its mounts, and the root below which the limits are.
struct Kernel<'r> {
    groups: &'r str,
    mounts: &'r str,
    root: &'r Path,
}

/// A mounted file system of control groups.
struct Hierarchy<'k> {
    /// The group that stands at the mount point.
    top: &'k str,
    mount_point: &'k str,
    /// The name of the file that holds a group's limit.
    limit: &'static str,
    /// This process' group.
    group: &'k str,
}

/// The limit in bytes; `None` if no group has one, or there are no groups.
pub fn of_this_process() -> Option<u64> {
    let read = |path| fs::read_to_string(path).unwrap_or_default();
    let (groups, mounts) = (read("/proc/self/cgroup"), read("/proc/self/mountinfo"));
    let kernel = Kernel {
        groups: &groups,
        mounts: &mounts,
        root: Path::new("/"),
    };
    kernel.limit()
}

impl<'r> Kernel<'r> {
    fn limit(&self) -> Option<u64> {
        let hierarchies = self.mounts.lines().filter_map(|line| self.hierarchy(line));
        hierarchies
            .filter_map(|hierarchy| self.least(&hierarchy))
            .min()
    }

    /// Parses a line of `mountinfo` (proc_pid_mountinfo(5)); `None` if its mount does not limit memory.
    fn hierarchy(&self, line: &'r str) -> Option<Hierarchy<'r>> {
        let (mount, kind) = line.split_once(" - ")?;
        let mut fields = mount.split(' ').skip(3);
        let (top, mount_point) = (fields.next()?, fields.next()?);
        let (controllers, limit) = match kind.split(' ').next()? {
            "cgroup2" => ("", "memory.max"),
            "cgroup" => ("memory", "memory.limit_in_bytes"),
            _ => return None,
        };
        // `0::/system.slice/a.service`, `4:memory:/docker/a` (cgroups(7)).
        let group = self.groups.lines().find_map(|line| {
            let mut fields = line.splitn(3, ':').skip(1);
            let (names, group) = (fields.next()?, fields.next()?);
            names
                .split(',')
                .any(|name| name == controllers)
                .then_some(group)
        })?;
        // Every hierarchy of version 1 is a mount of its own; only the one of memory has the file.
        Some(Hierarchy {
            top,
            mount_point,
            limit,
            group,
        })
    }

    /// The lowest limit of the group and of its parents, as far as they are mounted.
    fn least(&self, hierarchy: &Hierarchy<'_>) -> Option<u64> {
        let mount_point = hierarchy.mount_point.trim_start_matches('/');
        let mount_point = self.root.join(mount_point);
        let top = hierarchy.top.trim_end_matches('/');
        let below = hierarchy.group.strip_prefix(top).unwrap_or_default();
        let below = PathBuf::from(below.trim_start_matches('/'));
        let limits = below.ancestors().filter_map(|group| {
            let text = fs::read_to_string(mount_point.join(group).join(hierarchy.limit)).ok()?;
            // `max` is no limit; version 1 has a number near 2^63 for it.
            text.trim().parse().ok().filter(|bytes| *bytes < 1 << 60)
        });
        limits.min()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const V2: &str = "24 1 0:22 / /proc rw - proc proc rw\n30 24 0:26 / /sys/fs/cgroup rw,nosuid shared:4 - cgroup2 cgroup2 rw\n";
    const V1: &str = "31 30 0:27 / /sys/fs/cgroup/cpu rw - cgroup cgroup rw,cpu\n\
        32 30 0:28 /docker/a /sys/fs/cgroup/memory ro - cgroup cgroup rw,memory\n";

    /// The limit in a tree of these files.
    fn limit(groups: &str, mounts: &str, files: &[(&str, &str)]) -> Option<u64> {
        let root = tempfile::tempdir().unwrap();
        for (path, text) in files {
            let path = root.path().join("sys/fs/cgroup").join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        let kernel = Kernel {
            groups,
            mounts,
            root: root.path(),
        };
        kernel.limit()
    }

    #[test]
    fn the_least_limit_of_nested_groups_counts() {
        let groups = "0::/pods/a/gateway\n";
        for (outer, inner, expected) in [
            ("max\n", "max\n", None),
            ("max\n", "1048576\n", Some(1_048_576)),
            ("524288\n", "1048576\n", Some(524_288)),
            ("524288\n", "max\n", Some(524_288)),
        ] {
            let files = [
                ("pods/memory.max", outer),
                ("pods/a/gateway/memory.max", inner),
            ];
            assert_eq!(limit(groups, V2, &files), expected);
        }
    }

    #[test]
    fn a_container_sees_its_own_group_at_the_top() {
        assert_eq!(
            limit("0::/\n", V2, &[("memory.max", "1048576\n")]),
            Some(1 << 20)
        );
    }

    #[test]
    fn version_1_has_a_hierarchy_for_memory() {
        let groups = "5:cpu,cpuacct:/docker/a\n4:memory:/docker/a/b\n0::/\n";
        let none = ("memory/memory.limit_in_bytes", "9223372036854771712\n");
        let some = ("memory/b/memory.limit_in_bytes", "1048576\n");
        assert_eq!(limit(groups, V1, &[none]), None);
        assert_eq!(limit(groups, V1, &[none, some]), Some(1 << 20));
    }

    #[test]
    fn without_groups_there_is_no_limit() {
        assert_eq!(limit("", "", &[]), None);
        assert_eq!(limit("0::/\n", "", &[("memory.max", "1\n")]), None);
        assert_eq!(limit("\u{0}:", "- cgroup2 - \n - cgroup", &[]), None);
    }
}
