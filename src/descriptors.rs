//! Every socket is a descriptor, and the usual soft limit allows 1,024 of them.

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

/// What the rest of the process needs: listeners, Prometheus, PostgreSQL, probes, and connections that hear why they are
/// refused.
const RESERVE: usize = 128;

/// How many descriptors there are for each kind of client.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shares {
    /// HTTP connections, at most.
    pub connections: usize,
    /// WebSocket sessions, at most.
    pub sessions: usize,
}

/// Raises the soft limit to the hard limit, which needs no privilege, and says how many of the `connections` (0: as many as
/// there are descriptors for) and `sessions` that are wanted it holds: one more would take the descriptor that a probe or
/// a query needs.
pub fn share(connections: usize, sessions: usize) -> Shares {
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
    of(granted.unwrap_or(usize::MAX), connections, sessions)
}

/// Tells that `held` HTTP connections are fewer than are wanted.
pub fn warn_if_fewer(held: usize, wanted: usize) {
    if held < wanted {
        log::warn!(
            "{held} HTTP connections at most: {wanted} would need more descriptors than `ulimit -Hn` allows"
        );
    }
}

/// Where there are too few, a third is for connections: every session has been one, and a page needs both.
fn of(granted: usize, connections: usize, sessions: usize) -> Shares {
    let room = granted.saturating_sub(RESERVE);
    let least = if sessions == 0 { room } else { room / 3 };
    let left = room.saturating_sub(sessions).max(least).max(1);
    let connections = if connections == 0 {
        left
    } else {
        connections.min(left)
    };
    Shares {
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
        let wanted = Shares {
            connections,
            sessions,
        };
        assert_eq!(of(usize::MAX, connections, sessions), wanted);
        assert_eq!(of(22_176, connections, sessions), wanted);
    }

    #[test]
    fn where_there_is_not_both_have_a_share_and_the_rest_of_the_process_too() {
        for granted in [200, 700, 1_024, 4_096] {
            let shares = of(granted, 2_048, 20_000);
            let room = granted - RESERVE;
            assert!(shares.connections >= room / 3, "{granted}: {shares:?}");
            assert!(shares.sessions >= room / 2, "{granted}: {shares:?}");
            assert!(
                shares.connections + shares.sessions <= room,
                "{granted}: {shares:?}"
            );
        }
    }

    #[test]
    fn no_limit_is_what_the_descriptors_allow() {
        let shares = of(8_192, 0, 4_000);
        assert_eq!((shares.connections, shares.sessions), (4_064, 4_000));
        assert_eq!(of(700, 0, 0).connections, 572);
    }
}
