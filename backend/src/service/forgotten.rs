//! «Password dimenticata?»: whoever is asked for, the answer is the same and costs the same.
//! The worker looks who is meant; a mail carries a link that sets a password once.

use crate::{
    Core,
    credentials::{policy, token::Token},
    db::{self, audit::Entry, forgotten as rows},
    error::{Result, ServiceError},
};
use domain::{
    OrganisationId,
    user::{FieldError, FieldErrors, full_name},
};
use jiff::SignedDuration;
use sha2::{Digest as _, Sha256};
use std::collections::BTreeMap;

/// How long a link works.
pub(crate) const LINK_LIFE: SignedDuration = SignedDuration::from_hours(1);
/// Requests for one name that are looked at in an hour.
const PER_NAME: i64 = 3;
/// Requests from one address that are looked at in an hour: a whole school may share it.
const PER_ADDRESS: i64 = 30;
/// Mails with a link that one user gets in an hour, whoever asks.
const PER_USER: i64 = 3;
/// Longest text that is looked at.
const LONGEST: usize = 254;
/// Requests for organisations that do not exist stand under this number.
const NOWHERE: OrganisationId = OrganisationId(0);

/// «Password dimenticata?»
#[derive(Clone)]
pub struct Forgotten(pub(crate) Core);

/// What was typed at `/password-dimenticata`, and from where.
#[derive(Clone, Debug, Default)]
pub struct Asked {
    /// «Ente».
    pub organisation: String,
    /// «Nome utente o indirizzo e-mail».
    pub who: String,
    /// The peer's address; empty where unknown.
    pub address: String,
}

/// What was typed at `/reimposta-password`.
#[derive(Clone, Default)]
pub struct Reset {
    /// The token out of the link.
    pub token: String,
    /// The new password.
    pub new: String,
}

impl Forgotten {
    /// Books the request. Nothing in the answer, its time or its work tells whether somebody
    /// of that name exists, has a mailbox, or asks too often.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn ask(&self, asked: Asked) -> Result<()> {
        let who: String = asked.who.trim().chars().take(LONGEST).collect();
        let mut conn = self.0.pool.acquire().await?;
        let organisation = db::organisations::by_code(&mut conn, asked.organisation.trim())
            .await?
            .map_or(NOWHERE, |o| o.id);
        let hash = Sha256::digest(who.to_lowercase());
        let request = rows::NewRequest {
            organisation,
            who_hash: &hash,
            who: &who,
            address: &asked.address,
        };
        let now = self.0.clock.now();
        rows::ask(&mut conn, &request, PER_NAME, PER_ADDRESS, now).await
    }

    /// Sets the password of whoever the link belongs to, and ends every session of theirs.
    /// Only this uses the link up; a password that is refused leaves it as it was.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`] where the link is void, used or has ended; the field `new`.
    pub async fn reset(&self, typed: Reset) -> Result<()> {
        let now = self.0.clock.now();
        let token = Token::parse(typed.token.trim()).ok_or(ServiceError::NotFound)?;
        let (organisation, hash) = (token.organisation, token.hash());
        let mut conn = self.0.pool.acquire().await?;
        let user = rows::whose(&mut conn, organisation, &hash, now)
            .await?
            .ok_or(ServiceError::NotFound)?;
        let house = db::organisations::get(&mut conn, organisation).await?;
        let account = db::sessions::account_of(&mut conn, organisation, user).await?;
        let least = db::groups::keep::password_min(&mut conn, organisation, user).await?;
        drop(conn);
        let context = [
            &*house.name,
            &*house.code,
            &*account.username,
            &*account.surname,
            &*account.given_name,
        ];
        let refuse = |e: FieldError| ServiceError::Invalid(FieldErrors::one("new", e));
        let checked = policy::check(&typed.new, &context, least).map_err(refuse)?;
        let password = self.0.hasher.hash(checked).await?;

        let mut tx = self.0.pool.begin().await?;
        // Of several at once, and against whoever voids it meanwhile: the row decides.
        if rows::redeem(&mut tx, organisation, &hash, now).await? != Some(user) {
            return Err(ServiceError::NotFound);
        }
        rows::set_password(&mut tx, organisation, user, &password, now).await?;
        let name = full_name(&account.surname, &account.given_name);
        let entry = Entry {
            action: "password.reset",
            object_kind: "user",
            object_id: Some(user.0),
            object_name: &name,
            ..Entry::default()
        };
        db::audit::record_as(&mut tx, organisation, Some(user.0), &name, now, entry).await?;
        tx.commit().await?;
        Ok(())
    }
}

/// Looks who was meant by what was asked, oldest first, and writes their mails: one a
/// mailbox, with everybody in it who uses it.
///
/// # Errors
/// Where the database fails: the request stays and is looked at again.
pub(crate) async fn resolve(core: &Core) -> Result<()> {
    loop {
        let now = core.clock.now();
        let mut tx = core.pool.begin().await?;
        let Some(request) = rows::take(&mut tx).await? else {
            return Ok(());
        };
        let organisation = request.organisation;
        let meant = rows::meant(&mut tx, organisation, &request.who, PER_USER, now).await?;
        let mut mailboxes: BTreeMap<String, Vec<rows::Meant>> = BTreeMap::new();
        for user in meant {
            mailboxes
                .entry(user.email.to_lowercase())
                .or_default()
                .push(user);
        }
        for users in mailboxes.values() {
            let Some(first) = users.first() else { continue };
            let ids: Vec<i64> = users.iter().map(|u| u.user.0).collect();
            rows::enqueue(&mut tx, organisation, first, &ids, now).await?;
            for user in users {
                let name = full_name(&user.surname, &user.given_name);
                let entry = Entry {
                    action: "password.link_asked",
                    object_kind: "user",
                    object_id: Some(user.user.0),
                    object_name: &name,
                    ..Entry::default()
                };
                // Nobody is signed in: whoever asked may be anybody.
                db::audit::record_as(
                    &mut tx,
                    organisation,
                    None,
                    "Password dimenticata?",
                    now,
                    entry,
                )
                .await?;
            }
        }
        rows::settle(&mut tx, &request).await?;
        tx.commit().await?;
    }
}

/// Where a link leads: from the setting alone, and the token in the fragment, which no
/// server and no log sees.
pub(crate) fn reset_url(base_url: &str, token: &Token) -> String {
    format!(
        "{}/reimposta-password#{}",
        base_url.trim_end_matches('/'),
        token.encode()
    )
}
