//! How many connections and sessions this process can hold, by descriptors and by memory. The memory of a session is
//! reckoned for a hostile client.

use crate::{fd_limit, memory_limit};

/// Sessions may take one part in so many of the memory limit. The rest is for frames, answers and queries.
const SESSION_MEMORY_DIVISOR: u64 = 2;
/// Memory of a session besides its buffers: tasks, actor, queued answers, the state of the decompression.
const STATE_BYTES: u64 = 32 * 1024;

/// The most memory that a session can take, in bytes, including the kernel's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SessionCost(u64);

impl SessionCost {
    /// The cost of a session with this send buffer, which Linux doubles, and two messages of the largest size: one that is
    /// being received, and one that is being answered.
    pub fn new(send_buffer_bytes: usize, max_message_bytes: usize) -> Self {
        let (buffer, message) = (send_buffer_bytes as u64, max_message_bytes as u64);
        Self(2 * buffer + 2 * message + STATE_BYTES)
    }
}

/// What the settings ask for.
#[derive(Debug)]
pub struct Requested<'s> {
    /// Worker threads.
    pub workers: usize,
    /// HTTP connections; 0: as many as the descriptors allow.
    pub connections: usize,
    /// Sessions.
    pub sessions: usize,
    /// The file or variable that sets the number of sessions; `None` for the default.
    pub sessions_set_in: Option<&'s str>,
}

/// What this machine holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Capacity {
    /// HTTP connections.
    pub connections: usize,
    /// Sessions, at least one.
    pub sessions: usize,
    connections_wanted: usize,
    sessions_wanted: usize,
    /// Why there are fewer sessions than requested.
    limited_by: Option<String>,
}

impl Capacity {
    /// Warns of settings that ask for more than this machine holds.
    pub fn warn_if_fewer(&self) {
        fd_limit::warn_if_fewer(self.connections, self.connections_wanted);
        if let Some(limit) = &self.limited_by {
            let (sessions, wanted) = (self.sessions, self.sessions_wanted);
            log::warn!("{sessions} sessions at most rather than {wanted}: {limit}");
        }
    }
}

/// The capacity for what is requested. A default number of sessions is lowered to what descriptors and memory allow; a
/// number that a file or a variable sets is not. Raises the soft limit of descriptors.
///
/// # Errors
/// A message that says why the set number of sessions does not fit.
pub fn available(wanted: &Requested<'_>, cost: SessionCost) -> Result<Capacity, String> {
    let held = fd_limit::cap_clients(wanted.connections, wanted.sessions, wanted.workers);
    let room = Capacity {
        connections: held.connections,
        sessions: held.sessions,
        connections_wanted: wanted.connections,
        sessions_wanted: wanted.sessions,
        limited_by: (held.sessions < wanted.sessions)
            .then(|| "each needs a descriptor, and `ulimit -Hn` allows no more".to_owned()),
    };
    let room = within_memory(room, cost, memory_limit::of_this_process());
    match (&room.limited_by, wanted.sessions_set_in) {
        (Some(limit), Some(source)) => Err(format!(
            "must be at most {} here, found {} ({source}): {limit}",
            room.sessions, wanted.sessions
        )),
        _ => Ok(room),
    }
}

fn within_memory(room: Capacity, SessionCost(cost): SessionCost, limit: Option<u64>) -> Capacity {
    let Some(limit) = limit else {
        return room;
    };
    let held = (limit / SESSION_MEMORY_DIVISOR / cost).max(1);
    let held = usize::try_from(held).unwrap_or(usize::MAX);
    if held >= room.sessions {
        return room;
    }
    Capacity {
        sessions: held,
        limited_by: Some(format!(
            "each can cost {} KiB (twice websocket.send_buffer_bytes, twice websocket.max_message_bytes, and {} KiB), and \
             half of the memory limit of this control group, {} MiB, allows no more",
            cost / 1024,
            STATE_BYTES / 1024,
            limit >> 20
        )),
        ..room
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sessions_take_half_of_the_memory_limit_at_worst() {
        let cost = SessionCost::new(32 * 1024, 64 * 1024);
        assert_eq!(cost, SessionCost(224 * 1024));
        let wanted = || Capacity {
            connections: 2_048,
            sessions: 20_000,
            connections_wanted: 2_048,
            sessions_wanted: 20_000,
            limited_by: None,
        };
        let room = within_memory(wanted(), cost, Some(512 << 20));
        assert_eq!(room.sessions, 1_170);
        let message = room.limited_by.unwrap();
        assert!(
            message.contains("224 KiB") && message.contains("512 MiB"),
            "{message}"
        );
        assert_eq!(within_memory(wanted(), cost, Some(64 << 30)), wanted());
        assert_eq!(within_memory(wanted(), cost, None), wanted());
        assert_eq!(within_memory(wanted(), cost, Some(4096)).sessions, 1);
    }
}
