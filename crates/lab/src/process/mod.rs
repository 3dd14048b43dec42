//! Child processes that do not outlive the lab, their logs and their ports.
//!
//! | file        | holds                                                          |
//! |-------------|----------------------------------------------------------------|
//! | `launch`    | what is started, as which user, and with which parent          |
//! | `guard`     | a process that ends when its value is dropped                  |
//! | `child`     | a guarded process whose output goes to a log file              |
//! | `log_file`  | the log file, and its last lines                               |
//! | `tree`      | the descendants of a process                                   |
//! | `subreaper` | all that the command of a lab has started                      |
//! | `command`   | the command of a lab                                           |
//! | `port`      | which ports are free, and who listens                          |
//! | `http`      | `GET` on loopback                                              |

pub(crate) mod child;
pub(crate) mod command;
pub(crate) mod guard;
pub(crate) mod http;
pub(crate) mod launch;
mod log_file;
pub(crate) mod port;
mod subreaper;
mod tree;
