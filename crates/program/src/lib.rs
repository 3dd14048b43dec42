//! What all programs share.
//!
//! | module           | holds                                                                     |
//! |------------------|---------------------------------------------------------------------------|
//! | [`settings`]     | settings in layers, and their validation                                  |
//! | [`logging`]      | the log on stderr                                                         |
//! | [`output`]       | stdout and stderr through queues, so that no program waits for a reader   |
//! | [`shutdown`]     | stop signals and panics                                                   |
//! | [`exit`]         | exit codes, and lines on stdout and stderr                                |
//! | [`files`]        | atomic replacement of files, in folders that others may have prepared     |
//! | [`fd_limit`], [`memory_limit`], [`capacity`] | how many clients this machine holds           |
//! | [`text`], [`timestamp`] | plurals, suggestions, RFC 3339                                     |

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
