//! Prometheus and Alertmanager answered as values, for code that computes with them. (The clients beside this folder pass
//! bytes through unread.)

pub mod alert;
pub mod alertmanager;
pub mod prometheus;
