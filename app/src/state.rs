//! State that outlives a page: named newtypes handed down by context.
//!
//! Nothing here belongs to a route: a signal of a route in global context
//! would be disposed while others still read it.

pub mod announcer;
pub mod appearance;
pub mod connection;
pub mod creation;
pub mod fragment;
pub mod places;
mod request;
pub mod selection;
pub mod session;
pub mod toasts;

pub use announcer::Announcer;
pub use appearance::{Appearance, Density, Theme};
pub use connection::{Connection, use_connection};
pub use creation::Creation;
pub use places::ListAddress;
pub use request::{
    ON_SERVER, SESSION, page_appearance, page_not_found, page_session, session_for_document,
};
pub use selection::Selected;
pub use session::{Session, use_session};
pub use toasts::{Toast, ToastAction, Toasts};

/// Makes the state of the whole app and puts it into the context: [`Announcer`],
/// [`Toasts`] and [`Selected`]. Call once, in the root component.
pub fn provide() {
    Toasts::provide(Announcer::provide());
    Selected::provide();
    ListAddress::provide();
}
