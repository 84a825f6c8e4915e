//! The rules.

use super::{Actor, Right};
use crate::UnitId;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

/// An act somebody wants to do. Every variant is named in [`decide`], so a new one
/// does not compile until it is decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Action {
    /// See the list of users, a user's page, autocomplete and totals.
    ReadUsers,
    /// Export the filtered list.
    ExportUsers,
    /// Create a user.
    CreateUser,
    /// Change a user's data, mail address or state.
    EditUser,
    /// See what was done to one user («Cronologia» of the page).
    ReadUserHistory,
    /// Change the groups of a user.
    ChangeGroups,
    /// Check, start, cancel or retry a sending of credentials.
    SendCredentials,
    /// See the outbox.
    ReadOutbox,
    /// See an operation and its progress.
    ReadJob,
    /// Preview and apply a file of persons.
    ImportPersons,
    /// Preview and apply a file of users.
    ImportUsers,
    /// Preview and apply a file of units.
    ImportUnits,
    /// Read the audit trail.
    ReadAudit,
    /// Keep one's own preferences.
    KeepPreferences,
    /// Replace one's own password.
    ChangeOwnPassword,
    /// See the registry cards, a person's page and proposals.
    ReadPersons,
    /// Create, change or delete a person of the registry, and keep its folders.
    EditPersons,
    /// Link users to persons, unlink them, refuse a proposal.
    LinkPersons,
    /// Create users from registry records.
    CreateFromPersons,
    /// Print letters with credentials or a registration code.
    PrintLetters,
    /// See why a user does not get in.
    ReadDiagnosis,
    /// See the groups, their rights and who is in them.
    ReadGroups,
    /// Create, rename, and set rights and password policy of a group.
    ManageGroups,
    /// See and change what is set for the whole organisation: reminders, where to report.
    ManageSettings,
    /// Keep own saved views.
    KeepViews,
    /// Share a saved view with the organisation.
    ShareViews,
    /// See one's own entries of the audit trail.
    ReadOwnAudit,
    /// Export the audit trail.
    ExportAudit,
    /// Put back what an entry of the audit trail changed.
    RevertEntry,
    /// See the tree of units.
    ReadUnits,
    /// Create, rename or close a unit.
    EditUnits,
    /// See a user's profiles and grants.
    ReadAuthorisations,
    /// Change a user's profiles and grants.
    GrantAuthorisations,
    /// Start a registration, send or show its code, remind.
    StartRegistration,
    /// Deactivate or reactivate a user.
    ChangeState,
    /// Archive a user.
    ArchiveUser,
    /// Bring an archived user back within thirty days.
    RestoreUser,
    /// See the discrepancies.
    ReadDiscrepancies,
    /// Decide a discrepancy.
    DecideDiscrepancy,
    /// Confirm or end an access in the review.
    ReviewAccess,
    /// See what waits on one's own desk.
    ReadDesk,
    /// Accept the terms of use.
    AcceptTerms,
    /// See one's own page; change one's own PIN, end one's own sessions.
    KeepOwnAccount,
}

impl Action {
    /// Every act, for the permission matrix.
    pub const ALL: [Self; 43] = [
        Self::ReadUsers,
        Self::ExportUsers,
        Self::CreateUser,
        Self::EditUser,
        Self::ReadUserHistory,
        Self::ChangeGroups,
        Self::SendCredentials,
        Self::ReadOutbox,
        Self::ReadJob,
        Self::ImportPersons,
        Self::ImportUsers,
        Self::ImportUnits,
        Self::ReadAudit,
        Self::KeepPreferences,
        Self::ChangeOwnPassword,
        Self::ReadPersons,
        Self::EditPersons,
        Self::LinkPersons,
        Self::CreateFromPersons,
        Self::PrintLetters,
        Self::ReadDiagnosis,
        Self::ReadGroups,
        Self::ManageGroups,
        Self::ManageSettings,
        Self::KeepViews,
        Self::ShareViews,
        Self::ReadOwnAudit,
        Self::ExportAudit,
        Self::RevertEntry,
        Self::ReadUnits,
        Self::EditUnits,
        Self::ReadAuthorisations,
        Self::GrantAuthorisations,
        Self::StartRegistration,
        Self::ChangeState,
        Self::ArchiveUser,
        Self::RestoreUser,
        Self::ReadDiscrepancies,
        Self::DecideDiscrepancy,
        Self::ReviewAccess,
        Self::ReadDesk,
        Self::AcceptTerms,
        Self::KeepOwnAccount,
    ];
}

/// The act is refused, and which right would be needed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
pub enum Denied {
    /// The right is not held.
    #[error("the right {} is missing", .0.code())]
    Missing(Right),
    /// A temporary password must be replaced before anything else.
    #[error("the temporary password must be changed first")]
    MustChangePassword,
    /// The terms of use must be accepted before others are managed.
    #[error("the terms of use must be accepted first")]
    MustAcceptTerms,
    /// One of several profiles must be chosen first.
    #[error("a profile must be chosen first")]
    MustChooseProfile,
    /// The password was given too long ago for this act.
    #[error("the password must be given again")]
    MustConfirm,
    /// A canton's roles change through the wizard alone, which asks for the motivation.
    #[error("a canton's roles are changed with a motivation, in the wizard")]
    Unmotivated,
    /// The target holds more than the person who acts.
    #[error("the target is stronger than the actor")]
    Stronger,
    /// Nobody deactivates the account they are signed in with, or takes their own rights.
    #[error("one's own account")]
    OwnAccount,
    /// The target lies outside the units of the right. Shown as «not found».
    #[error("outside the scope")]
    OutOfScope,
}

/// Whether `actor` may do `action` at all. Where it may (units) is [`super::Scope`].
///
/// # Errors
/// [`Denied`] with what is missing.
pub fn decide(actor: &Actor, action: Action) -> Result<(), Denied> {
    if actor.must_change_password && action != Action::ChangeOwnPassword {
        return Err(Denied::MustChangePassword);
    }
    if actor.must_choose_profile && !is_own(action) {
        return Err(Denied::MustChooseProfile);
    }
    if actor.must_accept_terms && !is_own(action) {
        return Err(Denied::MustAcceptTerms);
    }
    match action {
        Action::ReadUsers | Action::ExportUsers => needs(actor, Right::ReadUsers),
        Action::CreateUser | Action::EditUser | Action::ChangeGroups | Action::ImportUsers => {
            needs(actor, Right::ManageUsers)
        }
        Action::ReadUserHistory => any_of(actor, &[Right::ManageUsers, Right::ReadAudit]),
        Action::SendCredentials => needs(actor, Right::SendCredentials),
        Action::ReadOutbox => needs(actor, Right::SendCredentials),
        Action::ReadJob => any_of(
            actor,
            &[
                Right::SendCredentials,
                Right::ManageUsers,
                Right::ManageRegistry,
                Right::ManageUnits,
            ],
        ),
        Action::ImportPersons => needs(actor, Right::ManageRegistry),
        Action::ImportUnits => needs(actor, Right::ManageUnits),
        Action::ReadAudit => needs(actor, Right::ReadAudit),
        Action::ReadPersons => any_of(actor, &[Right::ManageRegistry, Right::ReadUsers]),
        Action::EditPersons => needs(actor, Right::ManageRegistry),
        Action::LinkPersons => needs(actor, Right::ManageRegistry),
        Action::CreateFromPersons => all_of(actor, &[Right::ManageUsers, Right::ManageRegistry]),
        Action::PrintLetters => needs(actor, Right::SendCredentials),
        Action::ReadDiagnosis => any_of(actor, &[Right::ManageUsers, Right::SendCredentials]),
        Action::ReadGroups => needs(actor, Right::ReadUsers),
        Action::ManageGroups | Action::ManageSettings => needs(actor, Right::Administer),
        Action::KeepViews => needs(actor, Right::ReadUsers),
        Action::ShareViews => needs(actor, Right::ManageUsers),
        Action::ExportAudit => needs(actor, Right::ReadAudit),
        // Each kind of entry asks for the right of its own act besides.
        Action::RevertEntry => any_of(actor, &[Right::ManageUsers, Right::ManageRegistry]),
        Action::ReadUnits => any_of(actor, &[Right::ReadUsers, Right::ManageUnits]),
        Action::EditUnits => needs(actor, Right::ManageUnits),
        Action::ReadAuthorisations => needs(actor, Right::ReadUsers),
        Action::GrantAuthorisations => needs(actor, Right::ManageAuthorisations),
        Action::StartRegistration => {
            all_of(actor, &[Right::ManageUsers, Right::ManageAuthorisations])
        }
        Action::ChangeState => needs(actor, Right::ManageUsers),
        Action::ArchiveUser => needs(actor, Right::ManageUsers),
        Action::RestoreUser => needs(actor, Right::Administer),
        Action::ReadDiscrepancies => needs(actor, Right::ManageUsers),
        Action::DecideDiscrepancy => {
            all_of(actor, &[Right::ManageUsers, Right::ManageAuthorisations])
        }
        Action::ReviewAccess => all_of(actor, &[Right::ManageUsers, Right::ManageAuthorisations]),
        Action::KeepPreferences
        | Action::ChangeOwnPassword
        | Action::ReadOwnAudit
        | Action::ReadDesk
        | Action::AcceptTerms
        | Action::KeepOwnAccount => Ok(()),
    }
}

/// For the gravest acts (a code on the screen, a mass send, «Dissocia tutti») the password
/// must have been given within this many minutes.
pub const CONFIRM_MINUTES: i64 = 15;

/// Whether the password was given a moment ago; the command line has none to give.
///
/// # Errors
/// [`Denied::MustConfirm`] where it was given more than [`CONFIRM_MINUTES`] before `now`.
pub fn confirmed(actor: &Actor, now: Timestamp) -> Result<(), Denied> {
    let late = |at| now.duration_since(at) > SignedDuration::from_mins(CONFIRM_MINUTES);
    if actor.authenticated_at.is_some_and(late) {
        return Err(Denied::MustConfirm);
    }
    Ok(())
}

/// Acts that concern the person alone.
const fn is_own(action: Action) -> bool {
    matches!(
        action,
        Action::AcceptTerms
            | Action::KeepPreferences
            | Action::ChangeOwnPassword
            | Action::KeepOwnAccount
            | Action::ReadOwnAudit
    )
}

fn needs(actor: &Actor, right: Right) -> Result<(), Denied> {
    if actor.holds(right) {
        Ok(())
    } else {
        Err(Denied::Missing(right))
    }
}

fn all_of(actor: &Actor, rights: &[Right]) -> Result<(), Denied> {
    rights.iter().try_for_each(|r| needs(actor, *r))
}

fn any_of(actor: &Actor, rights: &[Right]) -> Result<(), Denied> {
    match rights.iter().find(|r| actor.holds(**r)) {
        Some(_) => Ok(()),
        None => Err(Denied::Missing(rights[0])),
    }
}

/// Whether `actor` may act on an account with these grants: the rights of each, and the path
/// of its unit from the root (`None`: the whole organisation). Every right must be held too
/// (decision 10, "cannot touch an account stronger than their own"), and a right that manages
/// must be held there: whoever manages one hospital is not as strong as a canton's delegate.
///
/// # Errors
/// [`Denied::Stronger`].
pub fn decide_on_holder(
    actor: &Actor,
    target: &[(Vec<Right>, Option<Vec<UnitId>>)],
) -> Result<(), Denied> {
    let may = |right: Right, path: Option<&[UnitId]>| {
        actor.holds(right) && (right == Right::ReadUsers || actor.covers(right, path))
    };
    let weaker = target
        .iter()
        .all(|(rights, path)| rights.iter().all(|r| may(*r, path.as_deref())));
    if weaker {
        Ok(())
    } else {
        Err(Denied::Stronger)
    }
}

/// Whether `actor` holds everything that a group gives: every right of the
/// target must be held too.
///
/// # Errors
/// [`Denied::Stronger`].
pub fn decide_on_account(actor: &Actor, target: &[Right]) -> Result<(), Denied> {
    if target.iter().all(|r| actor.holds(*r)) {
        Ok(())
    } else {
        Err(Denied::Stronger)
    }
}
