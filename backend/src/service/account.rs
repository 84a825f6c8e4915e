//! `/io`: the own account, and the own PIN.

use super::sessions::{Sessions, person};
use crate::{
    db::{self, audit::Entry, diagnosis as rows},
    error::Result,
};
use domain::{
    Locale,
    access::{ADMINISTRATORS, Action, Actor, Right, Scope, decide},
    account::{AccessNotice, OwnAccount, check_pin},
    diagnosis::school_year,
    organisation::OrganisationKind,
};

impl Sessions {
    /// What people see of their own account. What stands in the way is told here only:
    /// after a correct sign-in.
    ///
    /// # Errors
    /// While a temporary password must be changed first.
    pub async fn own_account(&self, actor: &Actor, locale: Locale) -> Result<OwnAccount> {
        decide(actor, Action::KeepOwnAccount)?;
        let (user, now) = (person(actor)?, self.0.clock.now());
        let mut conn = self.0.pool.acquire().await?;
        let house = db::organisations::get(&mut conn, actor.organisation).await?;
        let standing = rows::standing(&mut conn, actor.organisation, user, now).await?;
        // Oneself is always within reach.
        let everywhere = Scope::of(&Actor::system(actor.organisation, ""), Right::ReadUsers);
        let row = db::users::detail::read(&mut conn, &everywhere, user, locale, now)
            .await?
            .row;
        let year = school_year(standing.today);
        let records = rows::records(&mut conn, actor.organisation, user, year).await?;
        // Who only administers belongs to no registry.
        let belongs = row.groups.iter().any(|g| g.code != ADMINISTRATORS);
        let notice = match house.kind {
            OrganisationKind::School if records.is_empty() && belongs => {
                Some(AccessNotice::NotAligned)
            }
            OrganisationKind::School if records.iter().any(rows::Enrolled::misses_class) => {
                Some(AccessNotice::NoCurriculum)
            }
            _ => None,
        };
        Ok(OwnAccount {
            name: row.full_name(),
            username: row.username,
            email: row.email,
            groups: row.groups.into_iter().map(|g| g.name).collect(),
            records: records
                .into_iter()
                .map(|r| (r.record, r.now.map(|(class, _)| class)))
                .collect(),
            notice,
            institution: house.name,
            contact: house.contact,
            pin: standing.pin,
            changed_at: standing.changed_at,
        })
    }

    /// Replaces the own PIN. The password is asked for, no faster than at the door.
    ///
    /// # Errors
    /// The fields `current` and `pin`; the throttle after wrong tries.
    pub async fn change_pin(&self, actor: &Actor, current: &str, pin: &str) -> Result<()> {
        decide(actor, Action::KeepOwnAccount)?;
        let (user, now) = (person(actor)?, self.0.clock.now());
        let mut conn = self.0.pool.acquire().await?;
        let account = db::sessions::account_of(&mut conn, actor.organisation, user).await?;
        drop(conn);
        let pin = check_pin(pin, &account.username).map_err(crate::ServiceError::Invalid)?;
        self.verify_current(actor, &account, current).await?;
        let hash = self.0.hasher.hash(pin).await?;
        let mut tx = self.0.pool.begin().await?;
        db::credentials::replace_pin(&mut tx, actor.organisation, user, &hash, now).await?;
        let entry = Entry {
            action: "pin.changed",
            object_kind: "user",
            object_id: Some(user.0),
            object_name: &actor.name,
            ..Entry::default()
        };
        db::audit::record(&mut tx, actor, now, entry).await?;
        tx.commit().await?;
        Ok(())
    }
}
