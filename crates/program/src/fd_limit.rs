//! The limit of file descriptors: each socket takes one, and the usual soft limit is 1,024.

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

/// Descriptors for the rest of the process: listeners, Prometheus, PostgreSQL, probes, and connections that are refused
/// with an answer.
const RESERVED_FDS: usize = 120;
/// Descriptors of a worker thread: its event queue, its waker, its part in signals.
const FDS_PER_WORKER: usize = 4;

/// The number of clients that the descriptors allow.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ClientCaps {
    /// HTTP connections.
    pub connections: usize,
    /// WebSocket sessions.
    pub sessions: usize,
}

/// Raises the soft limit to the hard limit, which needs no privilege, and lowers `connections` (0: as many as possible) and
/// `sessions` to what the limit allows. One more client would take the descriptor of a probe or a query. `workers` is the
/// number of threads that serve them.
pub fn cap_clients(connections: usize, sessions: usize, workers: usize) -> ClientCaps {
    let limit = getrlimit(Resource::Nofile);
    let raised = Rlimit {
        current: limit.maximum,
        ..limit
    };
    let granted = match setrlimit(Resource::Nofile, raised) {
        Ok(()) => limit.maximum,
        Err(_) => limit.current,
    };
    // None: unlimited.
    let granted = granted.and_then(|granted| usize::try_from(granted).ok());
    let room = granted.unwrap_or(usize::MAX);
    let room = room.saturating_sub(RESERVED_FDS + FDS_PER_WORKER * workers);
    caps(room, connections, sessions)
}

/// Warns if `held` HTTP connections are fewer than `wanted`.
pub fn warn_if_fewer(held: usize, wanted: usize) {
    if held < wanted {
        log::warn!(
            "{held} HTTP connections at most: {wanted} would need more descriptors than `ulimit -Hn` allows"
        );
    }
}

/// If `room` is too small, connections get a third of it: a session starts as a connection, and a page needs both.
fn caps(room: usize, connections: usize, sessions: usize) -> ClientCaps {
    let least = if sessions == 0 { room } else { room / 3 };
    let left = room.saturating_sub(sessions).max(least).max(1);
    let connections = if connections == 0 {
        left
    } else {
        connections.min(left)
    };
    ClientCaps {
        connections,
        sessions: sessions.min(room.saturating_sub(connections).max(1)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_wanted_is_held_where_there_is_room() {
        let (connections, sessions) = (2_048, 20_000);
        let wanted = ClientCaps {
            connections,
            sessions,
        };
        assert_eq!(caps(usize::MAX, connections, sessions), wanted);
        assert_eq!(caps(22_048, connections, sessions), wanted);
    }

    #[test]
    fn where_there_is_not_both_have_a_share() {
        for room in [72, 572, 896, 3_968] {
            let shares = caps(room, 2_048, 20_000);
            assert!(shares.connections >= room / 3, "{room}: {shares:?}");
            assert!(shares.sessions >= room / 2, "{room}: {shares:?}");
            assert!(
                shares.connections + shares.sessions <= room,
                "{room}: {shares:?}"
            );
        }
    }

    #[test]
    fn no_limit_is_what_the_descriptors_allow() {
        let shares = caps(8_064, 0, 4_000);
        assert_eq!((shares.connections, shares.sessions), (4_064, 4_000));
        assert_eq!(caps(572, 0, 0).connections, 572);
    }
}
