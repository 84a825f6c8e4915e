//! Users: what a list row, a page and a form hold.

mod bulk;
mod contact;
mod draft;
mod filter;
mod invitee;
mod page;
mod reason;
mod selection;
mod view;

pub use bulk::{BulkChange, BulkCheck, BulkDone, BulkGroup, BulkSkip, BulkSkipped, SKIPPED_NAMES};
pub use contact::{Contact, ContactDraft, ContactView};
pub use draft::{EmailDraft, FieldError, FieldErrors, NAME_MAX, NewUser, UserDraft, UserEdit};
pub use filter::{ListQuery, SortColumn, UserFilter, UserSort};
pub use invitee::{
    COUNTRIES, HomeUnit, Invitation, Invitee, InviteeDraft, KnownBy, KnownPerson, NOTE_MAX,
};
pub use page::{
    Creation, GroupChoice, GroupLock, GroupsView, HISTORY_BLOCK, HistoryChange, HistoryEntry,
    Namesake, NewcomerRecord, SHARED_MAX, Saved, SentMail, Shared, UserPage, is_unlikely,
};
pub use reason::{REASON_MAX, REASON_MIN, check_reason};
pub use selection::Selection;
pub use view::{
    ReadyView, SavedView, VIEW_NAME_MAX, VIEWS_MOST, ViewCounts, ViewDraft, check_view_filter,
    check_view_name,
};

use crate::{
    GroupId, PersonId, UnitId, UserId, alignment::LinkMethod, locale::Locale,
    registration::RegistrationState,
};
use jiff::{Timestamp, civil::Date};
use serde::{Deserialize, Serialize};
use std::str::FromStr;

/// Whether the account may sign in (decision 9).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum UserState {
    /// «Attivo».
    Active,
    /// «Inattivo»: comes back with its grants when activated.
    Inactive,
    /// Final; the user name stays reserved.
    Archived,
}

impl UserState {
    /// All states.
    pub const ALL: [Self; 3] = [Self::Active, Self::Inactive, Self::Archived];

    /// Value in the database.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Inactive => "inactive",
            Self::Archived => "archived",
        }
    }
}

/// The text names no state.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("unknown user state")]
pub struct UnknownState;

impl FromStr for UserState {
    type Err = UnknownState;
    fn from_str(s: &str) -> Result<Self, Self::Err> {
        Self::ALL
            .into_iter()
            .find(|v| v.code() == s)
            .ok_or(UnknownState)
    }
}

/// A group as shown in cells, filters and dialogs, named in the reader's language.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct GroupName {
    /// Its number.
    pub id: GroupId,
    /// Its address in URLs and files, such as `personale-ata`.
    pub code: String,
    /// Its name in the reader's language.
    pub name: String,
}

/// Why a password cannot be used any longer, or until when it can.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PasswordEnd {
    /// Last day on which it works, in the organisation's time zone.
    pub day: Date,
    /// It has ended (by the server's clock when the row was read).
    pub over: bool,
}

/// A row of «Utenti di Scuola Digitale» (A6).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UserRow {
    /// The user.
    pub id: UserId,
    /// All groups of the user, in the organisation's order.
    pub groups: Vec<GroupName>,
    /// «Cognome».
    pub surname: String,
    /// «Nome».
    pub given_name: String,
    /// «Nome utente» / codice utente.
    pub username: String,
    /// «Mail utente»; `None` reads «Casella mail non definita».
    pub email: Option<String>,
    /// The mailbox refused mail for good.
    pub email_bounced: bool,
    /// «Attivo».
    pub state: UserState,
    /// «Scadenza password».
    pub password_end: Option<PasswordEnd>,
    /// Counts edits; sent back with a change to notice somebody else's.
    pub version: i32,
    /// What the list of a canton shows beside; empty elsewhere.
    #[serde(default)]
    pub invited: Invited,
}

/// The columns of a canton's list that a school has not (X6).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Invited {
    /// «IDext».
    pub external_id: Option<i64>,
    /// «Numero di telefono», E.164.
    pub phone: Option<String>,
    /// «Stato della registrazione»; `None` reads «da avviare».
    pub registration: Option<RegistrationMark>,
}

/// Where the registration of a row stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RegistrationMark {
    /// The state.
    pub state: RegistrationState,
    /// When the code was sent, in the organisation's time zone.
    pub sent_on: Option<Date>,
    /// Last day of the code.
    pub ends_on: Option<Date>,
    /// Reminders sent.
    pub reminders: u32,
}

impl UserRow {
    /// «COGNOME NOME», the name used in every control of the row.
    pub fn full_name(&self) -> String {
        full_name(&self.surname, &self.given_name)
    }
}

/// Surname, then given name, as the office reads them.
pub fn full_name(surname: &str, given_name: &str) -> String {
    if given_name.is_empty() {
        surname.to_owned()
    } else {
        format!("{surname} {given_name}")
    }
}

/// A grant on a user's page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct GrantView {
    /// The group or role.
    pub group: GroupName,
    /// The unit it is limited to, with its name.
    pub unit: Option<(UnitId, String)>,
    /// First day, if limited.
    pub valid_from: Option<Date>,
    /// Last day, if limited.
    pub valid_until: Option<Date>,
}

/// Everything `/utenti/:id` shows of the user.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UserDetail {
    /// What the list shows.
    pub row: UserRow,
    /// «Codice fiscale» as stored (normalised).
    pub fiscal_code: Option<String>,
    /// Language of mails and letters.
    pub locale: Locale,
    /// Grants with units and dates.
    pub grants: Vec<GrantView>,
    /// Linked registry records: kind code, code, name.
    pub persons: Vec<LinkedPerson>,
    /// Last successful sign-in.
    pub last_sign_in: Option<Timestamp>,
    /// Whether the reader may change this user.
    pub may_edit: bool,
    /// Whether that goes for what is known of them, too: a canton's user who is not active is
    /// only read (X7).
    pub may_edit_data: bool,
    /// Whether the reader may send credentials to this user.
    pub may_send: bool,
}

/// A registry record linked to a user.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LinkedPerson {
    /// The record.
    pub id: PersonId,
    /// How the link came about.
    pub method: LinkMethod,
    /// `pupil`, `employee`, `guardian`, `external`.
    pub kind: String,
    /// «Codice».
    pub code: i64,
    /// Surname and name.
    pub name: String,
}
