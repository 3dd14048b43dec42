//! What must hold against crowds, the hostile and the dead: the gateway is a process of its own, watched from outside.
//!
//! What takes long is in modules named `soak`, which `make soak` runs.

mod connections;
mod crowd;
mod dice;
mod giants;
mod readers;
mod restarts;
mod slow;
mod soak;
mod vanishing;
mod watched;
