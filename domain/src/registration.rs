//! Registrations (onboarding): an invited person, a code, one calendar month (decision 6).

mod code;
mod commands;
mod row;
mod validity;

pub use code::{ALPHABET, CodeShape, GROUP, GROUPS, normalise};
pub use commands::{
    BULK_MAX, BulkLine, Command, CommandFacts, RESTORE_DAYS, UserCommands, commands, is_restorable,
    new_code_hindrance, reminder_hindrance,
};
pub use row::{
    Hindrance, Registration, RegistrationCounts, RegistrationRow, ShownCode, Stage, WorklistQuery,
};
pub use validity::{ends, reminder_wait};

use serde::{Deserialize, Serialize};

macro_rules! codes {
    ($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident = $code:literal),* $(,)? }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum $name { $($(#[$vdoc])* $variant),* }

        impl $name {
            /// Every value.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// Value in the database.
            pub const fn code(self) -> &'static str {
                match self { $(Self::$variant => $code),* }
            }

            /// Reads a value of the database.
            pub fn from_code(code: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|v| v.code() == code)
            }
        }
    };
}

codes! {
    /// Where a registration stands (domain.md §5).
    RegistrationState {
        /// «Da avviare»: prepared, no code in force yet.
        ToStart = "to_start",
        /// «In corso»: the code lives.
        Running = "running",
        /// «Completata»: redeemed.
        Completed = "completed",
        /// «Scaduta»: a month went by.
        Expired = "expired",
        /// «Revocata»: see [`RevokedReason`].
        Revoked = "revoked",
    }
}

codes! {
    /// Why a code was voided before its end.
    RevokedReason {
        /// A new code took its place.
        Newer = "newer",
        /// The mail address was changed.
        AddressChanged = "address_changed",
        /// The user or the profile was deactivated.
        Inactive = "inactive",
        /// The user or the profile was archived.
        Archived = "archived",
        /// A person called it back.
        ByPerson = "by_person",
    }
}

codes! {
    /// How a code reached its person.
    CodeChannel {
        /// Mailed: «Invia il codice di registrazione via e-mail».
        Mail = "mail",
        /// Handed over: «Mostra il codice per consegna di persona».
        Hand = "hand",
    }
}

/// Why a typed code is refused (`/registrazione`). Unknown address, wrong code and a code
/// of somebody else are one answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "snake_case")]
pub enum CodeRefusal {
    /// Nothing fits.
    #[error("not recognised")]
    NotRecognised,
    /// Tried wrongly too often; the code may be tried again after this many seconds.
    #[error("locked for {seconds} s")]
    Locked {
        /// Seconds to wait.
        seconds: u32,
    },
    /// The right code with the right address, but its month is over. Told only then.
    #[error("expired")]
    Expired,
}
