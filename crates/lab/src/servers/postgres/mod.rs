//! A private PostgreSQL with the platform's database.
//!
//! | file       | holds                                                  |
//! |------------|--------------------------------------------------------|
//! | `database` | the running server with the database                   |
//! | `cluster`  | how a cluster is made: `initdb`, the SQL files         |
//! | `data_dir` | where its files are, and which user owns them          |

mod cluster;
mod data_dir;
mod database;

pub use database::Postgres;
