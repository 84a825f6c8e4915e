//! What the page of a user, its groups dialog and «+ Nuovo utente» exchange with the service.

use super::{GroupName, UserDetail, UserRow};
use crate::{
    AuditId, JobId, PersonId, UserId,
    job::MailView,
    person::{PersonKind, SamePerson},
};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// What a change left behind, so that the page can tell it and offer the next step.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Saved {
    /// The row as it stands now.
    pub row: UserRow,
    /// Mails that waited (for the old address, or for an account now inactive) and were
    /// cancelled: the job's page can start them again.
    pub cancelled_mails: u32,
    /// A temporary password stopped working (deactivation, decision 9).
    pub voided_password: bool,
    /// Others with the same mail address or codice fiscale. Nothing was refused.
    pub shared: Shared,
}

/// Other users who have the same codice fiscale or mail address, as far as the reader may
/// see them; at most [`SHARED_MAX`] of each.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shared {
    /// The same codice fiscale: probably the same person.
    pub fiscal_code: Vec<Namesake>,
    /// The same mailbox: two parents, for instance.
    pub email: Vec<Namesake>,
}

/// At most this many users are named as sharing something.
pub const SHARED_MAX: i64 = 3;

/// Another user, named in a hint.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Namesake {
    /// The user.
    pub id: UserId,
    /// Surname and given name.
    pub name: String,
    /// Codice utente.
    pub username: String,
}

/// The answer to «+ Nuovo utente».
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[allow(
    clippy::large_enum_variant,
    reason = "one of it exists at a time, on its way to the screen"
)]
pub enum Creation {
    /// Created, with this codice utente.
    Created {
        /// The new user.
        saved: Saved,
        /// The registry was looked through and has no record of these data (A11): until one
        /// is linked the user reads «anagrafica non allineata».
        no_record: bool,
    },
    /// Nothing was created: these have the codice fiscale already. Asking again with
    /// `force` creates the user all the same.
    SameFiscalCode(Vec<Namesake>),
    /// Nothing was created: the registry has these records without a user, with the same
    /// codice fiscale or name. Asking again says whether to link one ([`NewcomerRecord`]).
    HasRecord(Vec<SamePerson>),
}

/// What «+ Nuovo utente» does about the registry (A11: no user without a record).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NewcomerRecord {
    /// Nothing is said yet: records of the same person are offered before anything is created.
    #[default]
    Ask,
    /// The user is created without a link.
    Without,
    /// The user is created and linked to this record in one go.
    Link(PersonId),
}

/// Why a group cannot be ticked or unticked by this person.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum GroupLock {
    /// It carries rights that the person does not hold.
    Stronger,
    /// It is held in units outside the person's own.
    Elsewhere,
}

/// A line of the «Gruppi» dialog.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct GroupChoice {
    /// The group.
    pub group: GroupName,
    /// The user is in it.
    pub member: bool,
    /// It cannot be changed, and why.
    pub locked: Option<GroupLock>,
}

/// What the «Gruppi» dialog shows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct GroupsView {
    /// Version of the user that was read: sent back with the change.
    pub version: i32,
    /// Every group of the organisation, in its order.
    pub groups: Vec<GroupChoice>,
    /// Kinds of the registry records linked to the user.
    pub kinds: Vec<PersonKind>,
}

/// Whether a group is worth a second look for a user linked to records of these kinds:
/// it is usual for another kind of person and for none of theirs (a pupil among the
/// guardians). Users without records and groups of no kind are never unlikely.
pub fn is_unlikely(kinds: &[PersonKind], code: &str) -> bool {
    let usual = |kind: &PersonKind| kind.usual_groups().contains(&code);
    !kinds.is_empty() && !kinds.iter().any(usual) && PersonKind::ALL.iter().any(usual)
}

/// Everything `/utenti/:id` shows, in one answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UserPage {
    /// Data, state, groups, records.
    pub detail: UserDetail,
    /// «Messaggi inviati», newest first; `None` where the reader may not see mails.
    pub mails: Option<Vec<SentMail>>,
    /// «Cronologia», newest first; `None` where the reader may not see it.
    pub history: Option<Vec<HistoryEntry>>,
    /// «Perché non riesce ad accedere?»; `None` where the reader may not see it.
    pub diagnosis: Option<crate::diagnosis::Diagnosis>,
}

/// A mail to the user.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SentMail {
    /// The mail.
    pub mail: MailView,
    /// When it was asked for.
    pub created_at: Timestamp,
    /// The operation it belongs to.
    pub job: Option<JobId>,
}

/// At most this many entries of the history and mails are brought at once.
pub const HISTORY_BLOCK: i64 = 50;

/// A line of «Cronologia».
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HistoryEntry {
    /// The entry.
    pub id: AuditId,
    /// When.
    pub at: Timestamp,
    /// Who, by the name of that time.
    pub actor: String,
    /// `noun.verb` as recorded, such as `user.groups_changed`.
    pub action: String,
    /// Fields with what stood before and after; groups by their names in the reader's
    /// language. Empty where the act has no fields.
    pub changes: Vec<HistoryChange>,
    /// Motivation, where one was given.
    pub reason: Option<String>,
    /// The operation it belongs to.
    pub job: Option<JobId>,
}

/// One changed field of a history entry.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HistoryChange {
    /// Name of the field as in forms: `surname`, `given_name`, `fiscal_code`, `email`,
    /// `locale`, `state`, `groups`; or another, recorded by another part.
    pub field: String,
    /// Before; empty where there was nothing.
    pub before: String,
    /// After; empty where there is nothing.
    pub after: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_guardian_among_the_pupils_is_unlikely_and_a_teacher_who_is_a_parent_is_not() {
        assert!(is_unlikely(&[PersonKind::Guardian], "alunni"));
        assert!(!is_unlikely(
            &[PersonKind::Guardian, PersonKind::Employee],
            "docenti"
        ));
        assert!(!is_unlikely(&[PersonKind::Guardian], "tutori"));
        assert!(!is_unlikely(&[], "alunni"));
        assert!(!is_unlikely(&[PersonKind::Guardian], "kt-read"));
    }
}
