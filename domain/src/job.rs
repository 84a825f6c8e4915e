//! Operations that take longer than a click, and the mails they send.

use crate::{JobId, OutboxId, UserId, locale::Locale};
use jiff::Timestamp;
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
    /// What an operation does.
    JobKind {
        /// «Invio credenziali ad utenti selezionati» (A9).
        SendCredentials = "send_credentials",
        /// A confirmed import.
        Import = "import",
    }
}

codes! {
    /// Where an operation stands.
    JobState {
        /// Waits for the end of the hold; can still be cancelled whole.
        Held = "held",
        /// Waits for a worker.
        Queued = "queued",
        /// Under way.
        Running = "running",
        /// Ended; single parts may have failed.
        Done = "done",
        /// Ended by a person before everything was done.
        Cancelled = "cancelled",
        /// Ended without effect.
        Failed = "failed",
    }
}

impl JobState {
    /// Nothing more will happen by itself.
    pub const fn ended(self) -> bool {
        matches!(self, Self::Done | Self::Cancelled | Self::Failed)
    }
}

codes! {
    /// Which mail.
    MailKind {
        /// Mail 1: codice utente and PIN.
        UserCode = "user_code",
        /// Mail 2: temporary password.
        TemporaryPassword = "temporary_password",
        /// «Password dimenticata?»: a link that sets a password once.
        PasswordLink = "password_link",
        /// The code with which an invited person registers (P7, P10).
        RegistrationCode = "registration_code",
        /// When the code was sent and when it ends; carries no secret (P9).
        RegistrationReminder = "registration_reminder",
        /// To the delegate: a code ended unused.
        RegistrationExpired = "registration_expired",
        /// To the delegate: what was stated differs from what was prepared (P12).
        DiscrepancyOpened = "discrepancy_opened",
    }
}

impl MailKind {
    /// Part of «Invio credenziali»: mail 1 or mail 2.
    pub const fn is_credentials(self) -> bool {
        matches!(self, Self::UserCode | Self::TemporaryPassword)
    }
}

codes! {
    /// Where a mail stands. Never «letta»: Delega does not track readers.
    MailState {
        /// «in attesa»
        Waiting = "waiting",
        /// «in consegna»
        Sending = "sending",
        /// «rinviata (nuovo tentativo alle …)»
        Deferred = "deferred",
        /// «accettata dal server»
        Accepted = "accepted",
        /// «respinta (motivo in parole)»
        Rejected = "rejected",
        /// «esito incerto»: the connection broke after the data; never resent by itself.
        Uncertain = "uncertain",
        /// «annullata»
        Cancelled = "cancelled",
        /// A newer mail took its place.
        Superseded = "superseded",
    }
}

impl MailState {
    /// Nothing more will happen by itself.
    pub const fn ended(self) -> bool {
        !matches!(self, Self::Waiting | Self::Sending | Self::Deferred)
    }

    /// A person may ask for a new attempt (with a new secret).
    pub const fn can_retry(self) -> bool {
        matches!(self, Self::Rejected | Self::Uncertain | Self::Cancelled)
    }
}

codes! {
    /// Why somebody selected gets no mail.
    Exclusion {
        /// «casella mail non definita»
        NoMail = "no_mail",
        /// The mailbox refused mail for good.
        Bounced = "bounced",
        /// «utente non attivo»
        Inactive = "inactive",
        /// Archived.
        Archived = "archived",
        /// Holds more rights than the person who sends.
        Stronger = "stronger",
        /// Outside the units of the person who sends.
        OutOfScope = "out_of_scope",
        /// The groups enter with SPID or CIE: a password would open nothing (X49).
        PasswordOff = "password_off",
        /// The person chooses the password with a registration code (canton).
        ByCode = "by_code",
    }
}

codes! {
    /// Why a mail stands where it stands, where it was not the server's doing.
    MailReason {
        /// The user's address changed after the send was started.
        AddressChanged = "address_changed",
        /// The user was deactivated or archived before the mail left.
        Inactive = "inactive",
        /// A person called the mail back.
        ByPerson = "by_person",
        /// Put off for 48 hours without success.
        GaveUp = "gave_up",
        /// The mail server cannot be reached at present.
        Unreachable = "unreachable",
        /// A newer mail of the same kind took its place.
        Newer = "newer",
        /// The registration it was about had ended meanwhile.
        Ended = "ended",
        /// The groups enter with SPID or CIE since: a password would open nothing (X49).
        PasswordOff = "password_off",
    }
}

/// Head of an operation's page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct JobView {
    /// The operation.
    pub id: JobId,
    /// «2026-0142»
    pub number: String,
    /// What it does.
    pub kind: JobKind,
    /// Where it stands.
    pub state: JobState,
    /// Who started it.
    pub created_by: String,
    /// When.
    pub created_at: Timestamp,
    /// Not before this moment (the hold).
    pub run_after: Timestamp,
    /// When it ended.
    pub finished_at: Option<Timestamp>,
    /// Recipients or rows in all.
    pub total: u32,
    /// Of which ended (well or not).
    pub done: u32,
    /// Of which not well.
    pub failed: u32,
    /// Mails by state; empty for an import.
    pub mails: Vec<(MailState, u32)>,
    /// Facts of the kind, such as the import's counts.
    pub result: Figures,
}

/// Numbers by name, such as `new` → 1178: all that results of jobs hold.
pub type Figures = std::collections::BTreeMap<String, i64>;

/// One mail of a recipient.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MailView {
    /// The mail.
    pub id: OutboxId,
    /// Mail 1 or mail 2.
    pub kind: MailKind,
    /// Where it stands.
    pub state: MailState,
    /// The address it goes to.
    pub address: String,
    /// Language of the mail.
    pub locale: Locale,
    /// The server's words, where it said something.
    pub reply: Option<String>,
    /// Why, where it was not the server's doing.
    pub reason: Option<MailReason>,
    /// Next attempt of a deferred mail, end of an ended one.
    pub at: Option<Timestamp>,
    /// How often it was tried.
    pub attempts: u32,
}

/// A recipient of an operation with all mails.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recipient {
    /// The user.
    pub user: UserId,
    /// Surname and name.
    pub name: String,
    /// Codice utente.
    pub username: String,
    /// Left out, and why.
    pub excluded: Option<Exclusion>,
    /// Mail 1 and mail 2, the newest of each.
    pub mails: Vec<MailView>,
}
