//! «Disattiva utenti selezionati», archiving, «Invio promemoria di registrazione» and new codes
//! for a selection: the acts of the row menu, one user after the other, each with its own
//! result; and the way back after a deactivation.

use super::{Users, commands::as_hindrance};
use crate::{
    error::{Result, ServiceError},
    service::Registrations,
};
use domain::{
    Locale, UserId,
    access::{Action, Actor, confirmed, decide},
    problem::Conflict,
    registration::{BULK_MAX, BulkLine, Command, Hindrance},
    user::{FieldError, FieldErrors, Selection, check_reason},
};
use uuid::Uuid;

impl Users {
    /// Who of the selection the act would take in, and what hinders the others. `None`:
    /// more than [`BULK_MAX`] are selected.
    ///
    /// # Errors
    /// [`domain::access::Denied`]; the field `command` where it is none for a selection.
    pub async fn check_bulk(
        &self,
        actor: &Actor,
        command: Command,
        selection: &Selection,
    ) -> Result<Option<Vec<BulkLine>>> {
        allowed(actor, command)?;
        let Some(ids) = self.selected_ids(actor, selection, BULK_MAX).await? else {
            return Ok(None);
        };
        let asked: Vec<_> = ids.into_iter().map(|id| (id, None)).collect();
        let found = self.commands(actor, &asked).await?;
        Ok(Some(
            found
                .into_iter()
                .map(|u| BulkLine {
                    hindrance: u.of(command).unwrap_or(Some(missing(command))),
                    user: u.user,
                    name: u.name,
                    username: u.username,
                })
                .collect(),
        ))
    }

    /// Does it. `expected` is how many the check page said can be taken in; each user is a
    /// transaction of its own, and what hinders one stops no other. The same `key` mails
    /// nobody twice.
    ///
    /// # Errors
    /// [`Conflict::SelectionChanged`], the field `reason`, [`domain::access::Denied`]; archiving
    /// wants the password given lately, which is asked once and for all of them.
    #[allow(clippy::too_many_arguments, reason = "each is a fact of the form")]
    pub async fn run_bulk(
        &self,
        actor: &Actor,
        command: Command,
        selection: &Selection,
        expected: u64,
        reason: &str,
        key: Uuid,
        locale: Locale,
    ) -> Result<Vec<BulkLine>> {
        if command.asks_why() {
            check_reason(reason, true).map_err(ServiceError::Invalid)?;
        }
        let Some(lines) = self.check_bulk(actor, command, selection).await? else {
            return Err(wrong("selection"));
        };
        let able = lines.iter().filter(|l| l.hindrance.is_none()).count() as u64;
        if able != expected {
            return Err(Conflict::SelectionChanged {
                expected,
                now: able,
            }
            .into());
        }
        let started = self.0.clock.now();
        if command == Command::Archive {
            confirmed(actor, started)?;
        }
        let registrations = Registrations(self.0.clone());
        let mut done = Vec::with_capacity(lines.len());
        for mut line in lines {
            if line.hindrance.is_none() {
                // One key a user, the same for the same click.
                let key = Uuid::from_u128(
                    key.as_u128()
                        .wrapping_add(line.user.0.unsigned_abs().into()),
                );
                let outcome = match command {
                    Command::Remind => registrations
                        .remind(actor, line.user, None, key)
                        .await
                        .map(drop),
                    Command::NewCode => registrations
                        .send_code(actor, line.user, None, key)
                        .await
                        .map(drop),
                    Command::Archive => self
                        .archive_begun(actor, line.user, reason, locale, started)
                        .await
                        .map(drop),
                    _ => self
                        .set_state(actor, line.user, false, reason, locale)
                        .await
                        .map(drop),
                };
                if let Err(e) = outcome {
                    line.hindrance = Some(as_hindrance(&e).ok_or(e)?);
                }
            }
            done.push(line);
        }
        Ok(done)
    }

    /// «Annulla» after [`Users::run_bulk`] deactivated: these users are active again, each with
    /// its own result. Whoever is active already stays so.
    ///
    /// # Errors
    /// [`domain::access::Denied`]; the fields `selection`, where they are more than an act takes, and `reason`.
    pub async fn undo_bulk(
        &self,
        actor: &Actor,
        users: &[UserId],
        reason: &str,
        locale: Locale,
    ) -> Result<Vec<BulkLine>> {
        allowed(actor, Command::Deactivate)?;
        check_reason(reason, true).map_err(ServiceError::Invalid)?;
        if users.len() as u64 > BULK_MAX {
            return Err(wrong("selection"));
        }
        let asked: Vec<_> = users.iter().map(|id| (*id, None)).collect();
        let mut done = Vec::with_capacity(users.len());
        for found in self.commands(actor, &asked).await? {
            let mut hindrance = match found.of(Command::Reactivate) {
                Some(hindrance) => hindrance,
                None if found.of(Command::Deactivate).is_some() => None,
                None => Some(Hindrance::Stronger),
            };
            if hindrance.is_none()
                && let Err(e) = self
                    .set_state(actor, found.user, true, reason, locale)
                    .await
            {
                hindrance = Some(as_hindrance(&e).ok_or(e)?);
            }
            done.push(BulkLine {
                user: found.user,
                name: found.name,
                username: found.username,
                hindrance,
            });
        }
        Ok(done)
    }
}

fn allowed(actor: &Actor, command: Command) -> Result<()> {
    let action = match command {
        Command::Remind | Command::NewCode => Action::StartRegistration,
        Command::Deactivate => Action::ChangeState,
        Command::Archive => Action::ArchiveUser,
        _ => return Err(wrong("command")),
    };
    Ok(decide(actor, action)?)
}

/// What a command says that is not for this reader with this user.
fn missing(command: Command) -> Hindrance {
    match command {
        // Deactivating is offered for whoever is not inactive.
        Command::Deactivate => Hindrance::Inactive,
        _ => Hindrance::Stronger,
    }
}

fn wrong(field: &str) -> ServiceError {
    ServiceError::Invalid(FieldErrors::one(field, FieldError::ChooseOne))
}
