//! The composition root of Delega: commands, settings, router, layers, the embedded
//! database, telemetry and shutdown. No rules and no SQL live here.

pub mod command;
mod demo;
mod doctor;
mod housekeeping;
mod layers;
mod postgres;
mod report;
mod router;
mod routes;
pub mod settings;
mod start;
mod state;
mod telemetry;
mod visitor;

pub use router::router;
pub use settings::Settings;
pub use state::{AppState, Site};
