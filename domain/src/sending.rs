//! «Invio credenziali»: what the check page, an operation's recipients and the outbox show.

use crate::{
    JobId, OutboxId, UserId,
    job::{Exclusion, MailKind, MailState, MailView},
    locale::Locale,
    page::PageRequest,
};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// Made once for each intention to send: the same key twice is the same operation.
pub use uuid::Uuid as Key;

/// Above this many recipients a person types the number before sending.
pub const TYPED_ABOVE: u64 = 100;

/// What would happen if the selected users were sent their credentials now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SendCheck {
    /// Selected users that exist and are visible.
    pub selected: u64,
    /// How many were found when «tutti gli N» was clicked, where that differs from now.
    pub found_then: Option<u64>,
    /// Users who will receive both mails.
    pub recipients: u64,
    /// Who is left out, by reason, with the first rows of each.
    pub excluded: Vec<ExcludedGroup>,
    /// Addresses that several recipients share: the first ones.
    pub shared: Vec<SharedAddress>,
    /// How many addresses are shared in all.
    pub shared_total: u64,
    /// Recipients by language of their mails.
    pub languages: Vec<(Locale, u64)>,
    /// Seconds in which the send can still be called back whole.
    pub hold_seconds: u64,
    /// Days the temporary password will be valid.
    pub password_days: u8,
}

impl SendCheck {
    /// The number must be typed before sending.
    pub fn must_type(&self) -> bool {
        self.recipients > TYPED_ABOVE
    }
}

/// Users left out for one reason.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExcludedGroup {
    /// Why.
    pub reason: Exclusion,
    /// How many.
    pub count: u64,
    /// The first rows; the others by page.
    pub first: Vec<ExcludedUser>,
}

/// Somebody left out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExcludedUser {
    /// The user.
    pub id: UserId,
    /// Surname and name.
    pub name: String,
    /// Codice utente.
    pub username: String,
    /// The address, where there is one.
    pub email: Option<String>,
    /// For the repair in place: the version the edit rests on.
    pub version: i32,
}

/// «Indirizzo usato da 2 utenti».
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SharedAddress {
    /// The address.
    pub address: String,
    /// How many recipients use it.
    pub users: u64,
    /// Their names, at most four.
    pub names: Vec<String>,
}

/// A mail as it will look, with sample data and masked secrets.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MailPreview {
    /// Subject.
    pub subject: String,
    /// Plain text, at most 72 columns.
    pub text: String,
    /// HTML, one column.
    pub html: String,
}

/// Which recipients of an operation.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RecipientFilter {
    /// Everyone who takes part, failures first.
    #[default]
    All,
    /// A mail was rejected, is uncertain or was held back.
    Failed,
    /// A mail is still on its way.
    Open,
    /// Both mails were accepted.
    Accepted,
    /// Left out from the beginning.
    Excluded,
}

impl RecipientFilter {
    /// All filters in the order shown.
    pub const ALL: [Self; 5] = [
        Self::All,
        Self::Failed,
        Self::Open,
        Self::Accepted,
        Self::Excluded,
    ];

    /// Value in a URL and in statements.
    pub const fn code(self) -> &'static str {
        match self {
            Self::All => "tutti",
            Self::Failed => "errori",
            Self::Open => "in-corso",
            Self::Accepted => "consegnate",
            Self::Excluded => "esclusi",
        }
    }

    /// Reads a URL value.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|f| f.code() == code)
    }
}

/// Which mails of the outbox (`/posta`).
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct OutboxQuery {
    /// Only in this state.
    pub state: Option<MailState>,
    /// Only mail 1 or mail 2.
    pub kind: Option<MailKind>,
    /// «Destinatario»: part of the address, the name or the user name.
    pub text: String,
    /// Which part.
    pub page: PageRequest,
}

/// A row of the outbox.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OutboxRow {
    /// The mail.
    pub mail: MailView,
    /// When it was ordered.
    pub created_at: Timestamp,
    /// The operation it belongs to, with its number.
    pub job: Option<(JobId, String)>,
    /// Who receives it.
    pub user: Option<UserId>,
    /// Surname and name.
    pub name: String,
    /// Codice utente.
    pub username: String,
    /// A newer mail of the same kind exists for this user: a retry would be pointless.
    pub outdated: bool,
}

/// What to try again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Retry {
    /// Every rejected mail of an operation. Uncertain ones are retried one by one only:
    /// they may have arrived.
    Rejected(JobId),
    /// This mail.
    One(OutboxId),
}

/// What a retry did.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Retried {
    /// New mails on their way, each with a new secret.
    pub started: u64,
    /// Not retried: no address, the address refused mail for good, or the user is not active.
    pub held_back: u64,
}

/// What a cancellation did.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CalledBack {
    /// Mails that will not leave.
    pub mails: u64,
}
