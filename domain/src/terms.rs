//! The terms of use that whoever manages others for a canton accepts first (X1).

use crate::{access::Held, organisation::OrganisationKind};

/// The version in force. Raise it whenever a sentence of `terms` in the locales changes its
/// meaning: everybody is asked again.
pub const VERSION: i32 = 1;

/// Whether this person must accept the terms: a canton's, and only who may do something
/// about others.
pub fn concern(kind: OrganisationKind, held: &[Held]) -> bool {
    kind == OrganisationKind::Canton && !held.is_empty()
}
