//! The vocabulary and the rules of Delega.
//!
//! Pure: no IO, no clock, no randomness, no async. It compiles natively and to wasm, so
//! the browser and the service speak of the same things and check the same way.

pub mod access;
pub mod account;
pub mod alignment;
pub mod audit;
pub mod authorisation;
pub mod desk;
pub mod diagnosis;
pub mod discrepancy;
pub mod email;
pub mod group;
pub mod id;
pub mod import;
pub mod job;
pub mod letter;
pub mod locale;
pub mod organisation;
pub mod page;
pub mod person;
pub mod problem;
pub mod redemption;
pub mod registration;
pub mod review;
pub mod sending;
pub mod session;
pub mod terms;
pub mod unit;
pub mod user;

pub use id::{
    AuditId, DiscrepancyId, FolderFileId, FolderId, GroupId, ImportId, JobId, OrganisationId,
    OutboxId, PersonId, ProfileId, RegistrationId, UnitId, UserId, ViewId,
};
pub use locale::Locale;
