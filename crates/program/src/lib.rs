//! What every program does alike: how it takes settings, logs, stops and ends, and what it needs of the machine.

pub mod capacity;

pub mod exit;
pub mod fd_limit;
pub mod files;
pub mod logging;
pub mod memory_limit;
pub mod output;
pub mod settings;
pub mod shutdown;
pub mod text;
pub mod timestamp;
