//! Identifiers: one type a thing, so that a user's number is never taken for a group's.

use serde::{Deserialize, Serialize};
use std::{fmt, num::ParseIntError, str::FromStr};

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident),* $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub i64);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl FromStr for $name {
            type Err = ParseIntError;
            fn from_str(s: &str) -> Result<Self, Self::Err> {
                s.parse().map(Self)
            }
        }
    )*};
}

ids! {
    /// A school or a canton: the owner of all other data.
    OrganisationId,
    /// A node of an organisation's tree: institute, school site, canton, enterprise, site.
    UnitId,
    /// A group or role; both are one concept (decision 2).
    GroupId,
    /// An account that can sign in.
    UserId,
    /// A registry record (anagrafica).
    PersonId,
    /// A long-running operation with a page of its own.
    JobId,
    /// One mail to one recipient.
    OutboxId,
    /// A previewed or applied file.
    ImportId,
    /// A folder («fascicolo») of a person.
    FolderId,
    /// A file of a folder.
    FolderFileId,
    /// An audit entry.
    AuditId,
    /// A saved view of the list of users.
    ViewId,
    /// A role profile of a user.
    ProfileId,
    /// A registration (onboarding) of a profile.
    RegistrationId,
    /// A difference between prepared and stated data.
    DiscrepancyId,
}
