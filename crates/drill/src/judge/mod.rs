//! What is right: the time that theory allows, what an alert must say, and why a stage was not reached. Pure.

mod arrival;
#[cfg(test)]
mod arrival_tests;
pub(super) mod checks;
pub(super) mod expression;
mod numbers;
pub(super) mod reason;
#[cfg(test)]
mod reason_tests;
pub(super) mod routes;
pub(super) mod rule;
pub(super) mod sent;
pub(super) mod theory;
mod unasked;
