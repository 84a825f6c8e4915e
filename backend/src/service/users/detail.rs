//! Reading one user.

use super::{Users, edit::is_only_read};
use crate::{
    db::{grants, organisations, users::detail},
    error::{Result, ServiceError},
};
use domain::{
    AuditId, Locale, UserId,
    access::{Action, Actor, Right, Scope, decide},
    email::Email,
    person::FiscalCode,
    user::{HistoryEntry, Saved, Shared, UserDetail, UserPage, UserState},
};
use sqlx::PgConnection;

impl Users {
    /// Everything `/utenti/:id` shows, in one answer: data, mails and history.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`] also where the user belongs to another organisation or
    /// lies outside the actor's units.
    pub async fn page(&self, actor: &Actor, id: UserId, locale: Locale) -> Result<UserPage> {
        decide(actor, Action::ReadUsers)?;
        let mut conn = self.0.pool.acquire().await?;
        let detail = self.read_detail(&mut conn, actor, id, locale).await?;
        let scope = Scope::of(actor, Right::ReadUsers);
        let mails = match decide(actor, Action::ReadOutbox) {
            Ok(()) => Some(detail::mails(&mut conn, &scope, id).await?),
            Err(_) => None,
        };
        let history = match decide(actor, Action::ReadUserHistory) {
            Ok(()) => Some(detail::history(&mut conn, &scope, id, None, locale).await?),
            Err(_) => None,
        };
        let diagnosis = match decide(actor, Action::ReadDiagnosis) {
            Ok(()) => Some(self.diagnose(&mut conn, actor, &detail).await?),
            Err(_) => None,
        };
        Ok(UserPage {
            detail,
            mails,
            history,
            diagnosis,
        })
    }

    /// The user alone.
    ///
    /// # Errors
    /// As for [`Users::page`].
    pub async fn detail(&self, actor: &Actor, id: UserId, locale: Locale) -> Result<UserDetail> {
        decide(actor, Action::ReadUsers)?;
        let mut conn = self.0.pool.acquire().await?;
        self.read_detail(&mut conn, actor, id, locale).await
    }

    async fn read_detail(
        &self,
        conn: &mut PgConnection,
        actor: &Actor,
        id: UserId,
        locale: Locale,
    ) -> Result<UserDetail> {
        let scope = Scope::of(actor, Right::ReadUsers);
        let user = detail::read(conn, &scope, id, locale, self.0.clock.now()).await?;
        let persons = detail::persons(conn, &scope, id).await?;
        let held = grants::of_user(conn, actor.organisation, id, None, locale).await?;
        let weaker =
            user.row.state != UserState::Archived && grants::may_act_on(conn, actor, id).await?;
        let may_edit = weaker
            && decide(actor, Action::EditUser).is_ok()
            && detail::is_in(conn, &Scope::of(actor, Right::ManageUsers), id).await?;
        let may_send = weaker
            && decide(actor, Action::SendCredentials).is_ok()
            && detail::is_in(conn, &Scope::of(actor, Right::SendCredentials), id).await?;
        let kind = organisations::get(conn, actor.organisation).await?.kind;
        let may_edit_data = may_edit && !is_only_read(kind, user.row.state);
        Ok(UserDetail {
            row: user.row,
            fiscal_code: user.fiscal_code,
            locale: user.locale,
            grants: held.into_iter().map(Into::into).collect(),
            persons,
            last_sign_in: user.last_sign_in,
            may_edit,
            may_edit_data,
            may_send,
        })
    }

    /// Older entries of «Cronologia».
    ///
    /// # Errors
    /// As for [`Users::page`]; denied where the actor may not see what was done to users.
    pub async fn history(
        &self,
        actor: &Actor,
        id: UserId,
        before: AuditId,
        locale: Locale,
    ) -> Result<Vec<HistoryEntry>> {
        decide(actor, Action::ReadUsers)?;
        decide(actor, Action::ReadUserHistory)?;
        let scope = Scope::of(actor, Right::ReadUsers);
        let mut conn = self.0.pool.acquire().await?;
        if !detail::is_in(&mut conn, &scope, id).await? {
            return Err(ServiceError::NotFound);
        }
        detail::history(&mut conn, &scope, id, Some(before), locale).await
    }

    /// Who, among the users the actor sees, has this codice fiscale or address. Texts that
    /// are none are passed over: it feeds a hint, not a check.
    ///
    /// # Errors
    /// Denied where the actor may not create or change users.
    pub async fn sharing(
        &self,
        actor: &Actor,
        fiscal_code: &str,
        email: &str,
        except: Option<UserId>,
    ) -> Result<Shared> {
        decide(actor, Action::EditUser)?;
        let (code, email) = (
            FiscalCode::parse(fiscal_code).ok(),
            Email::parse(email).ok(),
        );
        let mut conn = self.0.pool.acquire().await?;
        let scope = Scope::of(actor, Right::ManageUsers);
        let (code, email) = (
            code.as_ref().map(FiscalCode::as_str),
            email.as_ref().map(Email::as_str),
        );
        detail::sharing(&mut conn, &scope, code, email, except).await
    }

    /// The answer to a change: the row as it stands within the transaction, and nothing else
    /// to tell.
    pub(super) async fn saved(
        &self,
        tx: &mut PgConnection,
        actor: &Actor,
        id: UserId,
        locale: Locale,
    ) -> Result<Saved> {
        // Not the scope: a change may take the user out of it.
        let everywhere = Scope::of(&Actor::system(actor.organisation, ""), Right::ReadUsers);
        let row = detail::read(tx, &everywhere, id, locale, self.0.clock.now())
            .await?
            .row;
        Ok(Saved {
            row,
            cancelled_mails: 0,
            voided_password: false,
            shared: Shared::default(),
        })
    }
}
