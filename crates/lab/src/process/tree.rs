//! The descendants of a process, from `/proc`. PostgreSQL's backends leave their parent's process group, so that a signal
//! to the group does not reach them.

use std::{fs, path::Path};

use rustix::process::{Pid, Signal, kill_process};

/// Sends `signal` to each of these processes.
pub(crate) fn signal_each(processes: &[Pid], signal: Signal) {
    for pid in processes {
        // Fails for a process that has ended meanwhile.
        let _ = kill_process(*pid, signal);
    }
}

/// Whether a process runs. A zombie does not.
pub(crate) fn runs(pid: Pid) -> bool {
    stat(pid.as_raw_nonzero().get()).is_some_and(|(state, _)| !matches!(state, 'Z' | 'X'))
}

/// Whether every thread of a process has stopped or ended. A SIGSTOP takes effect some time after it is sent.
pub(crate) fn is_stopped(pid: Pid) -> bool {
    let process = pid.as_raw_nonzero();
    let Ok(threads) = fs::read_dir(format!("/proc/{process}/task")) else {
        return true;
    };
    let mut threads = threads.flatten();
    threads.all(|thread| {
        let stat = read_stat(&thread.path().join("stat"));
        stat.is_none_or(|(state, _)| matches!(state, 'T' | 't' | 'Z' | 'X'))
    })
}

/// The descendants of `root`.
pub(crate) fn descendants(root: Pid) -> Vec<Pid> {
    descendants_without(root, &[])
}

/// The descendants of `root` without the processes in `others` and their descendants.
pub(crate) fn descendants_without(root: Pid, others: &[Pid]) -> Vec<Pid> {
    let all: Vec<(i32, i32)> = fs::read_dir("/proc")
        .into_iter()
        .flatten()
        .flatten()
        .filter_map(|entry| entry.file_name().to_str()?.parse().ok())
        .filter(|pid| Pid::from_raw(*pid).is_some_and(|pid| !others.contains(&pid)))
        .filter_map(|pid| Some((pid, stat(pid)?.1)))
        .collect();
    let mut tree = vec![root.as_raw_nonzero().get()];
    let mut next = 0;
    while let Some(&parent) = tree.get(next) {
        tree.extend(
            all.iter()
                .filter(|(_, of)| *of == parent)
                .map(|(pid, _)| *pid),
        );
        next += 1;
    }
    tree.into_iter().skip(1).filter_map(Pid::from_raw).collect()
}

/// State and parent of a process (proc(5)). The command's name is in parentheses and may contain parentheses.
fn stat(pid: i32) -> Option<(char, i32)> {
    read_stat(Path::new(&format!("/proc/{pid}/stat")))
}

fn read_stat(file: &Path) -> Option<(char, i32)> {
    let stat = fs::read_to_string(file).ok()?;
    let mut fields = stat[stat.rfind(')')? + 1..].split_whitespace();
    Some((fields.next()?.chars().next()?, fields.next()?.parse().ok()?))
}
