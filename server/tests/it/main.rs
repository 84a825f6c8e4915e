//! The service from outside: routes, layers and every server function, on a real Postgres.

#![allow(missing_docs, reason = "tests")]

mod command;
mod coverage;
mod forgotten;
mod harness;
mod http;
mod invited;
mod settings;
#[path = "../../../backend/tests/it/support.rs"]
mod support;
mod tidy;
