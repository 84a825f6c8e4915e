//! The row menu (X8): which commands there are for a user, and what hinders each.

use super::{Hindrance, Registration, RegistrationState, reminder_wait};
use crate::{ProfileId, UserId, user::UserState};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

/// An archived account can be brought back for this many days.
pub const RESTORE_DAYS: i64 = 30;
/// Users that a bulk act takes at once.
pub const BULK_MAX: u64 = 500;

/// A command of the row menu; absent ones are not for this reader at all.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Command {
    /// «Autorizzazioni e registrazione…»
    Authorise,
    /// «Invia un promemoria per la registrazione»
    Remind,
    /// «Inviare il nuovo codice di registrazione via e-mail.»
    NewCode,
    /// «Disattiva l'utente»
    Deactivate,
    /// «Riattiva l'utente»
    Reactivate,
    /// «Cancella/archivia l'utente»
    Archive,
    /// «Ripristina l'utente»
    Restore,
}

impl Command {
    /// All, in the order of the menu.
    pub const ALL: [Self; 7] = [
        Self::Authorise,
        Self::Remind,
        Self::NewCode,
        Self::Reactivate,
        Self::Restore,
        Self::Deactivate,
        Self::Archive,
    ];

    /// Those that can be used on a selection.
    pub const BULK: [Self; 4] = [Self::Remind, Self::NewCode, Self::Deactivate, Self::Archive];

    /// Value in the address bar.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Authorise => "autorizza",
            Self::Remind => "promemoria",
            Self::NewCode => "nuovo-codice",
            Self::Deactivate => "disattiva",
            Self::Reactivate => "riattiva",
            Self::Archive => "archivia",
            Self::Restore => "ripristina",
        }
    }

    /// Reads a value of the address bar.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|c| c.code() == code)
    }

    /// A motivation is asked for (decision 8).
    pub const fn asks_why(self) -> bool {
        matches!(self, Self::Deactivate | Self::Archive)
    }
}

/// What deciding about a user's commands needs.
#[derive(Clone, Debug)]
pub struct CommandFacts {
    /// Whether it may sign in.
    pub state: UserState,
    /// Has a mail address.
    pub has_mail: bool,
    /// The mailbox refused mail for good.
    pub bounced: bool,
    /// Holds more than the reader.
    pub stronger: bool,
    /// It is the reader.
    pub own: bool,
    /// The reader manages users there.
    pub manages: bool,
    /// The reader manages authorisations there too.
    pub authorises: bool,
    /// The reader administers.
    pub administers: bool,
    /// When it was archived.
    pub archived_at: Option<Timestamp>,
    /// The current registration of the profile meant, or of the newest profile in use.
    pub registration: Option<Registration>,
    /// That profile is in use.
    pub profile_active: bool,
}

/// The commands of one user.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UserCommands {
    /// The user.
    pub user: UserId,
    /// The profile that was asked about; `None`: whichever stands first.
    pub asked: Option<ProfileId>,
    /// Surname and given name.
    pub name: String,
    /// Codice utente.
    pub username: String,
    /// The current registration: the acts are about its profile.
    pub registration: Option<Registration>,
    /// Commands for this reader, in the order of the menu, each with what hinders it.
    pub commands: Vec<(Command, Option<Hindrance>)>,
}

impl UserCommands {
    /// Whether the command is for this reader, and what hinders it.
    pub fn of(&self, command: Command) -> Option<Option<Hindrance>> {
        self.commands
            .iter()
            .find(|(c, _)| *c == command)
            .map(|(_, h)| *h)
    }
}

/// What became of one user in an act on a selection.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BulkLine {
    /// The user.
    pub user: UserId,
    /// Surname and given name.
    pub name: String,
    /// Codice utente.
    pub username: String,
    /// Why nothing was done; `None`: done (or, on the check page, can be done).
    pub hindrance: Option<Hindrance>,
}

/// Whether an account that was archived at this moment can still be brought back.
pub fn is_restorable(archived_at: Timestamp, now: Timestamp) -> bool {
    now.duration_since(archived_at) <= SignedDuration::from_hours(24 * RESTORE_DAYS)
}

/// The commands that a reader has for a user, with what hinders each now.
pub fn commands(f: &CommandFacts, now: Timestamp) -> Vec<(Command, Option<Hindrance>)> {
    Command::ALL
        .into_iter()
        .filter(|c| is_for(*c, f))
        .map(|c| (c, hindrance(c, f, now)))
        .collect()
}

fn is_for(command: Command, f: &CommandFacts) -> bool {
    match command {
        Command::Authorise | Command::Remind | Command::NewCode => f.manages && f.authorises,
        Command::Deactivate => f.manages && f.state != UserState::Inactive,
        Command::Archive => f.manages,
        Command::Reactivate => f.manages && f.state == UserState::Inactive,
        Command::Restore => f.administers && f.state == UserState::Archived,
    }
}

fn hindrance(command: Command, f: &CommandFacts, now: Timestamp) -> Option<Hindrance> {
    if f.stronger {
        return Some(Hindrance::Stronger);
    }
    if f.own && command != Command::Reactivate {
        return Some(Hindrance::OwnAccount);
    }
    match command {
        Command::Restore => {
            let early = f.archived_at.is_some_and(|at| is_restorable(at, now));
            (!early).then_some(Hindrance::TooLate)
        }
        _ if f.state == UserState::Archived => Some(Hindrance::Archived),
        Command::Deactivate | Command::Archive | Command::Reactivate | Command::Authorise => None,
        _ if f.state == UserState::Inactive => Some(Hindrance::Inactive),
        Command::Remind | Command::NewCode => registration_hindrance(command, f, now),
    }
}

fn registration_hindrance(command: Command, f: &CommandFacts, now: Timestamp) -> Option<Hindrance> {
    let Some(r) = &f.registration else {
        return Some(Hindrance::NotStarted);
    };
    if !f.profile_active {
        return Some(Hindrance::ProfileInactive);
    }
    let own = match command {
        Command::Remind => reminder_hindrance(r, now),
        _ => new_code_hindrance(r),
    };
    own.or_else(|| (!f.has_mail).then_some(Hindrance::NoMail))
        .or_else(|| f.bounced.then_some(Hindrance::Bounced))
}

/// Why a reminder makes no sense for a registration that stands so.
pub fn reminder_hindrance(r: &Registration, now: Timestamp) -> Option<Hindrance> {
    match r.state {
        RegistrationState::ToStart if r.on_its_way => Some(Hindrance::OnItsWay),
        RegistrationState::ToStart => Some(Hindrance::NoCodeYet),
        RegistrationState::Completed => Some(Hindrance::Completed),
        RegistrationState::Expired => Some(Hindrance::Expired(r.expires_at)),
        RegistrationState::Revoked => Some(Hindrance::Revoked),
        RegistrationState::Running if r.expires_at.is_some_and(|end| end <= now) => {
            Some(Hindrance::Expired(r.expires_at))
        }
        RegistrationState::Running => {
            reminder_wait(r.last_reminded_at, now).map(Hindrance::TooSoon)
        }
    }
}

/// Why no new code can be sent.
pub fn new_code_hindrance(r: &Registration) -> Option<Hindrance> {
    (r.state == RegistrationState::Completed).then_some(Hindrance::Completed)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::RegistrationId;

    const NOW: &str = "2026-11-22T10:00:00Z";

    fn running() -> Registration {
        Registration {
            id: RegistrationId(1),
            user: UserId(1),
            profile: ProfileId(1),
            state: RegistrationState::Running,
            channel: None,
            created_at: NOW.parse().unwrap(),
            created_by: String::new(),
            sent_at: None,
            expires_at: "2026-12-22T10:00:00Z".parse().ok(),
            reminded: 0,
            last_reminded_at: None,
            redeemed_at: None,
            revoked: None,
            on_its_way: false,
            mail_failed: false,
        }
    }

    fn facts() -> CommandFacts {
        CommandFacts {
            state: UserState::Active,
            has_mail: true,
            bounced: false,
            stronger: false,
            own: false,
            manages: true,
            authorises: true,
            administers: false,
            archived_at: None,
            registration: Some(running()),
            profile_active: true,
        }
    }

    fn of(f: &CommandFacts, command: Command) -> Option<Option<Hindrance>> {
        let all = commands(f, NOW.parse().unwrap());
        all.into_iter().find(|(c, _)| *c == command).map(|(_, h)| h)
    }

    #[test]
    fn commands_that_a_reader_may_never_use_are_absent() {
        let office = CommandFacts {
            authorises: false,
            ..facts()
        };
        assert_eq!(of(&office, Command::Remind), None);
        assert_eq!(of(&office, Command::Deactivate), Some(None));
        let reader = CommandFacts {
            manages: false,
            ..office
        };
        assert!(commands(&reader, NOW.parse().unwrap()).is_empty());
    }

    #[test]
    fn each_command_says_what_hinders_it() {
        assert_eq!(of(&facts(), Command::Remind), Some(None));
        let ended = Registration {
            state: RegistrationState::Expired,
            ..running()
        };
        let f = CommandFacts {
            registration: Some(ended.clone()),
            ..facts()
        };
        assert_eq!(
            of(&f, Command::Remind),
            Some(Some(Hindrance::Expired(ended.expires_at)))
        );
        assert_eq!(of(&f, Command::NewCode), Some(None));
        let none = CommandFacts {
            registration: None,
            ..facts()
        };
        assert_eq!(
            of(&none, Command::NewCode),
            Some(Some(Hindrance::NotStarted))
        );
        let own = CommandFacts {
            own: true,
            ..facts()
        };
        assert_eq!(
            of(&own, Command::Deactivate),
            Some(Some(Hindrance::OwnAccount))
        );
        let asleep = CommandFacts {
            profile_active: false,
            ..facts()
        };
        assert_eq!(
            of(&asleep, Command::NewCode),
            Some(Some(Hindrance::ProfileInactive))
        );
        let mute = CommandFacts {
            has_mail: false,
            ..facts()
        };
        assert_eq!(of(&mute, Command::NewCode), Some(Some(Hindrance::NoMail)));
    }

    #[test]
    fn an_archived_account_comes_back_for_thirty_days() {
        let archived = |at: &str| CommandFacts {
            state: UserState::Archived,
            administers: true,
            archived_at: at.parse().ok(),
            ..facts()
        };
        assert_eq!(
            of(&archived("2026-10-23T10:00:00Z"), Command::Restore),
            Some(None)
        );
        assert_eq!(
            of(&archived("2026-10-23T09:59:59Z"), Command::Restore),
            Some(Some(Hindrance::TooLate))
        );
    }
}
