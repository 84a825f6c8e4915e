//! The interface of Delega and its server functions.
//!
//! Features: `ssr` (in the server) and `hydrate` (in the browser). Native code stands
//! behind `ssr`, only in [`ssr`] and in the bodies of server functions.

pub mod api;
mod app;
pub mod i18n;
pub mod pages;
#[cfg(feature = "ssr")]
pub mod ssr;
pub mod state;
pub mod ui;
pub mod widgets;

pub use app::{App, shell};
