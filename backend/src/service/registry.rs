//! «Anagrafiche»: the list of persons and its export, their pages, data, enrolments and
//! folders (A21, A22, A27).

mod edit;
mod enrolments;
mod export;
mod folders;
mod list;
mod page;

pub use export::RegistryWords;
pub use folders::{Download, Uploaded};
pub use list::RegistryFrame;
pub(super) use list::reading;

use crate::Core;

/// Persons of the registry.
#[derive(Clone)]
pub struct Registry(pub(crate) Core);
