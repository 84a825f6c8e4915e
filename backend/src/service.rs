//! Use cases: authorise, transaction, write, audit, enqueue, commit.

mod account;
mod alignment;
pub(crate) mod audit;
mod authorisations;
mod desk;
mod discrepancies;
pub(crate) mod forgotten;
mod groups;
mod import;
mod letters;
mod operations;
mod organisations;
mod redemptions;
mod registrations;
mod registry;
mod review;
mod sending;
mod sessions;
mod terms;
mod units;
pub(crate) mod users;
mod views;

pub use alignment::{Alignment, Wish};
pub use audit::{
    Audit, AuditWords, Broken as BrokenEntry, Fault as ChainFault, Verified as VerifiedTrail,
};
pub use authorisations::Authorisations;
pub use desk::Desk;
pub use discrepancies::Discrepancies;
pub use forgotten::{Asked, Forgotten, Reset};
pub use groups::Groups;
pub use import::Imports;
pub use letters::Letters;
pub use operations::Operations;
pub use organisations::Organisations;
pub use redemptions::{Begun, Redemptions};
pub(crate) use registrations::registration_url;
pub use registrations::{Registrations, Verified};
pub use registry::{Download, Registry, RegistryFrame, RegistryWords, Uploaded};
pub use review::Reviews;
pub use sending::Sending;
pub(crate) use sending::sign_in_url;
pub use sessions::{Sessions, SignIn, SignedIn};
pub use terms::Terms;
pub use units::Units;
pub(crate) use users::record_grants;
pub use users::{ExportFormat, ExportWords, Users};
pub use views::Views;
