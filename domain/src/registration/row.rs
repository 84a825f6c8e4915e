//! What lists, menus and the code page hold about registrations.

use super::{CodeChannel, RegistrationState, RevokedReason};
use crate::{ProfileId, RegistrationId, UserId, page::PageRequest, user::UserState};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// A registration as stored, without anything of its code.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Registration {
    /// Its number.
    pub id: RegistrationId,
    /// Whose.
    pub user: UserId,
    /// For which profile.
    pub profile: ProfileId,
    /// Where it stands.
    pub state: RegistrationState,
    /// How the code went out, once it did.
    pub channel: Option<CodeChannel>,
    /// When it was prepared, and by whom.
    pub created_at: Timestamp,
    /// Name of that person at the time.
    pub created_by: String,
    /// When its code came into force.
    pub sent_at: Option<Timestamp>,
    /// When its code ends (also told after it has ended).
    pub expires_at: Option<Timestamp>,
    /// Reminders accepted by the mail server.
    pub reminded: u32,
    /// The last of them.
    pub last_reminded_at: Option<Timestamp>,
    /// When it was redeemed.
    pub redeemed_at: Option<Timestamp>,
    /// Why it was voided.
    pub revoked: Option<RevokedReason>,
    /// A mail with its code is on its way now.
    pub on_its_way: bool,
    /// The last mail with its code failed.
    pub mail_failed: bool,
}

/// The groups of the worklist `/abilitazioni` (ux 2.8).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// «Da inviare».
    #[default]
    ToSend,
    /// «In attesa».
    Waiting,
    /// «Scade entro 7 giorni».
    Ending,
    /// «Scaduto».
    Expired,
    /// «Nuovo codice chiesto»: the person came too late and waits for a code. It stands
    /// under [`Stage::Expired`] too.
    Requested,
    /// «Registrato».
    Registered,
}

impl Stage {
    /// All, in the order of the tabs.
    pub const ALL: [Self; 6] = [
        Self::ToSend,
        Self::Waiting,
        Self::Ending,
        Self::Expired,
        Self::Requested,
        Self::Registered,
    ];

    /// Value in the address bar.
    pub const fn code(self) -> &'static str {
        match self {
            Self::ToSend => "da-inviare",
            Self::Waiting => "in-attesa",
            Self::Ending => "in-scadenza",
            Self::Expired => "scaduto",
            Self::Requested => "richiesto",
            Self::Registered => "registrato",
        }
    }

    /// Reads a value of the address bar.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|s| s.code() == code)
    }
}

/// What the worklist is asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct WorklistQuery {
    /// Which tab.
    pub stage: Stage,
    /// Part of a name, address or user name.
    pub text: String,
    /// Which page.
    pub page: PageRequest,
}

/// How many stand under each tab, in the order of [`Stage::ALL`].
pub type RegistrationCounts = [u64; 6];

/// A line of the worklist.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RegistrationRow {
    /// The newest registration of the profile.
    pub registration: Registration,
    /// Surname and given name.
    pub name: String,
    /// Codice utente.
    pub username: String,
    /// Mail address now.
    pub email: Option<String>,
    /// Whether the account may sign in.
    pub user_state: UserState,
    /// Name of the profile; may be empty.
    pub profile_name: String,
    /// Roles of the profile.
    pub roles: Vec<String>,
    /// When the person asked for a new code, where that request waits.
    pub requested_at: Option<Timestamp>,
}

/// Why a command of the row menu cannot be used now (X8; each is a sentence on the screen).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "snake_case")]
pub enum Hindrance {
    /// No registration was started.
    #[error("not started")]
    NotStarted,
    /// No code is in force yet.
    #[error("no code yet")]
    NoCodeYet,
    /// The code ended at this moment.
    #[error("expired")]
    Expired(Option<Timestamp>),
    /// The code was voided.
    #[error("revoked")]
    Revoked,
    /// The person has registered.
    #[error("completed")]
    Completed,
    /// Reminded less than 24 hours ago: again from this moment on.
    #[error("too soon")]
    TooSoon(Timestamp),
    /// A mail is on its way.
    #[error("on its way")]
    OnItsWay,
    /// «casella mail non definita».
    #[error("no mail address")]
    NoMail,
    /// The mailbox refused mail for good.
    #[error("bounced")]
    Bounced,
    /// The user is not active.
    #[error("inactive")]
    Inactive,
    /// The user is archived.
    #[error("archived")]
    Archived,
    /// The account holds more than the person who acts.
    #[error("stronger")]
    Stronger,
    /// One's own account.
    #[error("own account")]
    OwnAccount,
    /// Archived more than thirty days ago.
    #[error("too late")]
    TooLate,
    /// The profile is not active.
    #[error("profile inactive")]
    ProfileInactive,
}

/// A code for hand-over, shown once (X16). It prints as dots.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShownCode {
    /// The code in groups.
    pub code: String,
    /// The public address where it is redeemed; carries no code.
    pub link: String,
    /// End of the code.
    pub expires_at: Timestamp,
    /// Given name and surname.
    pub name: String,
}

impl std::fmt::Debug for ShownCode {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("ShownCode(••••)")
    }
}
