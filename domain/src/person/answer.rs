//! What changes of the registry answer.

use super::{PersonRow, PersonWarning, SamePerson};
use crate::AuditId;
use serde::{Deserialize, Serialize};

/// What a change left behind.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PersonSaved {
    /// The person as it stands now.
    pub row: PersonRow,
    /// What does not fit together; nothing was refused.
    pub warnings: Vec<PersonWarning>,
    /// Other records with the same codice fiscale.
    pub same: Vec<SamePerson>,
}

/// The answer to «Nuova anagrafica».
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[allow(
    clippy::large_enum_variant,
    reason = "one of it exists at a time, on its way to the screen"
)]
pub enum PersonCreation {
    /// Created, with this «Codice».
    Created(PersonSaved),
    /// Nothing was created: these records of the same kind have the codice fiscale
    /// already. Asking again with `force` creates it all the same.
    SameFiscalCode(Vec<SamePerson>),
}

/// The answer to «Elimina».
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PersonDeleted {
    /// The entry of the trail: it brings the person back.
    pub undo: AuditId,
    /// Surname and given name.
    pub name: String,
}

/// Why a change of the registry does not fit what is stored now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "snake_case")]
pub enum RegistryConflict {
    /// Somebody else saved meanwhile; what stands now is given.
    #[error("changed meanwhile")]
    Changed(Box<PersonRow>),
    /// Linked to a user: not deleted, and its kind does not turn.
    #[error("linked")]
    Linked,
    /// Has folders: not deleted.
    #[error("{0} folders")]
    HasFolders(u32),
    /// Cannot be brought back: its «Codice» was given to another, or it is there.
    #[error("cannot be brought back")]
    NotRestorable,
}
