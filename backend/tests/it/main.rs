//! Services on a real Postgres: one module a capability.

mod organisations;
mod sessions;
mod support;
