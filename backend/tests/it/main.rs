//! Services on a real Postgres: one module a capability.

mod access;
mod alignment;
mod audit;
mod audit_chain;
mod authorisations;
mod bulk_groups;
mod creation;
mod groups;
mod import;
mod kill;
mod links;
mod organisations;
mod profiles;
mod ready_views;
mod redemption;
mod registrations;
mod registry;
mod review;
mod sending;
mod sessions;
mod smtp;
mod smtp_security;
mod support;
mod units;
mod user_edit;
mod users_list;
