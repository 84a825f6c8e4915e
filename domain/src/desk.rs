//! The own desk: what waits for this person, as numbers that lead to filtered lists.

use serde::{Deserialize, Serialize};

/// What waits. Each leads to a list that shows exactly what was counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TileKind {
    /// Mails the server refused: «Posta in uscita», state refused.
    FailedMails,
    /// Active users without a mailbox: the list of users, filtered.
    WithoutMail,
    /// People who asked for a new code: «Abilitazioni», «Nuovo codice chiesto».
    CodeRequests,
    /// Codes that end within seven days: «Abilitazioni», «Scade entro 7 giorni».
    CodesEnding,
    /// Discrepancies that nobody has decided: «Discrepanze».
    OpenDiscrepancies,
    /// Own letters that were neither confirmed as printed nor called back.
    OpenLetters,
    /// Accesses to confirm or to end: «Da rivedere».
    ToReview,
}

/// A number on the desk.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tile {
    /// What waits.
    pub kind: TileKind,
    /// How many; 0 is told too, as «nothing waits».
    pub count: u64,
}
