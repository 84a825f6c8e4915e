//! Services on a real Postgres: one module a capability.

mod import;
mod organisations;
mod kill;
mod sending;
mod sessions;
mod smtp;
mod support;
mod users_list;
mod groups;
mod user_edit;
