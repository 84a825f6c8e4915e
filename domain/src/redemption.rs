//! What the pages of `/registrazione` show to somebody who is not signed in.

use crate::discrepancy::Identity;
use serde::{Deserialize, Serialize};

/// Address and code were right: what the next pages show.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TicketView {
    /// Who invites.
    pub organisation: String,
    /// Whom to ask; may be empty.
    pub contact: String,
    /// Codice utente.
    pub username: String,
    /// What was stated, or before that what was prepared.
    pub identity: Identity,
    /// The person has confirmed it.
    pub confirmed: bool,
    /// The right code, too late.
    pub expired: bool,
    /// The account has an own password already: it is asked for instead of a new one.
    pub has_password: bool,
}

/// The registration is completed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Redeemed {
    /// «Ente», for the sign-in page.
    pub organisation_code: String,
    /// Its name.
    pub organisation: String,
    /// «Nome utente», for the sign-in page.
    pub username: String,
}

/// What follows address and code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NextStep {
    /// «Controlla i tuoi dati».
    Check,
    /// The code has ended: ask for a new one.
    Expired,
}
