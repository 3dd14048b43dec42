//! HTTP for the gateway and the simulator, and an HTTP client. It contains no route and no feature.
//!
//! | module                                   | holds                                                        |
//! |------------------------------------------|--------------------------------------------------------------|
//! | [`connection`]                           | connections with limits and deadlines                        |
//! | [`middleware`]                           | what both servers put around their routes                    |
//! | [`host`], [`origin`], [`authority`]      | the hosts and web pages that are allowed                     |
//! | [`client_address`], [`client_quota`]     | who a client is, and how much it may hold                    |
//! | [`log_throttle`]                         | log lines that clients can cause                             |
//! | [`request_body`], [`percent`] | reading requests                                           |
//! | [`api_error`], [`envelope`]              | the forms of answers                                         |
//! | [`outbound`]                             | the client: look-up of names, certificates, bodies           |

pub mod api_error;
pub mod authority;
pub mod client_address;
pub mod client_quota;
pub mod connection;
pub mod envelope;
pub mod host;
pub mod log_throttle;
pub mod middleware;
pub mod origin;
pub mod outbound;
pub mod percent;
pub mod query;
pub mod request_body;
pub mod route;
