//! The wizard «autorizzazioni – panoramica – codice» (P3–P6, X11–X16): what a person may be
//! given, the draft on the way, and the act that applies it and starts the registration.

mod apply;

use crate::{
    Core,
    db::{
        authorisations::{self as rows, Role, Unit},
        discrepancies, grants, registrations,
        users::edit,
    },
    error::{Result, ServiceError},
    service::registration_url,
};
use domain::{
    Locale, ProfileId, UserId,
    access::{Action, Actor, Denied, Granter, Right, Scope, decide},
    authorisation::{
        AuthorisationDraft, DraftProblem, DraftProfile, ProfileState, RoleChoice, UnitChoice,
        WizardView,
    },
    email::is_private_provider,
    problem::Conflict,
};
use jiff::{SignedDuration, Timestamp};
use sqlx::PgConnection;
use uuid::Uuid;

/// Profiles, grants and the wizard's drafts.
#[derive(Clone)]
pub struct Authorisations(pub(crate) Core);

/// How long a draft is kept.
const DRAFT_HOURS: i64 = 24;
/// A draft larger than this is not the page's.
const DRAFT_BYTES: usize = 100_000;

/// What every step looks up first.
struct Desk {
    roles: Vec<Role>,
    units: Vec<Unit>,
    granter: Granter,
    stored: Vec<DraftProfile>,
}

impl Desk {
    fn role(&self, id: domain::GroupId) -> Option<&Role> {
        self.roles.iter().find(|r| r.id == id)
    }

    fn unit(&self, id: domain::UnitId) -> Option<&Unit> {
        self.units.iter().find(|u| u.id == id)
    }
}

impl Authorisations {
    /// Everything the wizard shows, with the draft of the last 24 hours if there is one.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`] outside the actor's scope; [`Denied`].
    pub async fn open(&self, actor: &Actor, user: UserId, locale: Locale) -> Result<WizardView> {
        let mut conn = self.0.pool.begin().await?;
        self.admit(&mut conn, actor, user).await?;
        let desk = self.desk(&mut conn, actor, user, locale).await?;
        let head = rows::head(&mut conn, actor.organisation, user, locale).await?;
        let kept = match actor.user {
            Some(me) => rows::draft(&mut conn, actor.organisation, me, user, self.since()).await?,
            None => None,
        };
        let registrations = registrations::of_user(&mut conn, actor.organisation, user).await?;
        // What was stored meanwhile by somebody else makes a draft of other profiles void.
        let kept = kept.filter(|(draft, _)| {
            desk.stored
                .iter()
                .all(|p| draft.profiles.iter().any(|d| d.id == p.id))
                && draft
                    .profiles
                    .iter()
                    .filter_map(|d| d.id)
                    .all(|id| desk.stored.iter().any(|p| p.id == Some(id)))
        });
        let (was_kept, (draft, key)) = match kept {
            Some(kept) => (true, kept),
            None => {
                let replaced = discrepancies::replaced(&mut conn, actor.organisation, user).await?;
                let key = Uuid::from_bytes(self.0.entropy.bytes());
                (false, (fresh(&desk, &replaced), key))
            }
        };
        Ok(WizardView {
            user,
            private_mail: head
                .email
                .as_deref()
                .and_then(|e| e.rsplit_once('@'))
                .is_some_and(|(_, host)| is_private_provider(host)),
            surname: head.surname,
            given_name: head.given_name,
            email: head.email,
            unit: head.unit,
            phone: head.phone,
            username: head.username,
            external_id: head.external_id,
            locale: head.locale.parse().unwrap_or_default(),
            state: head.state.parse().map_err(ServiceError::internal)?,
            version: head.version,
            fixed: fixed(&desk),
            draft,
            kept: was_kept,
            key,
            roles: desk.roles.iter().map(|r| choice(&desk, r)).collect(),
            units: units(&desk),
            whole: desk.granter.works_in(None),
            stored: desk.stored,
            registrations,
            registration_link: registration_url(&self.0.settings.base_url),
        })
    }

    /// Keeps what was edited so far, and answers what is wrong with it.
    ///
    /// # Errors
    /// As for [`Authorisations::open`].
    pub async fn keep(
        &self,
        actor: &Actor,
        user: UserId,
        draft: &AuthorisationDraft,
        key: Uuid,
    ) -> Result<Vec<DraftProblem>> {
        let mut tx = self.0.pool.begin().await?;
        self.admit(&mut tx, actor, user).await?;
        let size = serde_json::to_vec(draft)
            .map_err(ServiceError::internal)?
            .len();
        if size > DRAFT_BYTES {
            return Err(problem(DraftProblem::Unknown));
        }
        let desk = self.desk(&mut tx, actor, user, actor.locale).await?;
        if let Some(me) = actor.user {
            let now = self.0.clock.now();
            rows::keep_draft(&mut tx, actor.organisation, me, user, draft, key, now).await?;
        }
        let problems = apply::problems(&desk, draft, self.today(&mut tx, actor).await?);
        tx.commit().await?;
        Ok(problems)
    }

    /// «Annulla»: forgets what was edited.
    ///
    /// # Errors
    /// As for [`Authorisations::open`].
    pub async fn discard(&self, actor: &Actor, user: UserId) -> Result<()> {
        let mut tx = self.0.pool.begin().await?;
        self.admit(&mut tx, actor, user).await?;
        if let Some(me) = actor.user {
            rows::drop_draft(&mut tx, actor.organisation, me, user).await?;
        }
        tx.commit().await?;
        Ok(())
    }

    /// Both rights, in the user's units, over an account that is not stronger and not one's
    /// own; the user's row is held until the end of the transaction.
    async fn admit(
        &self,
        tx: &mut PgConnection,
        actor: &Actor,
        user: UserId,
    ) -> Result<edit::Held> {
        decide(actor, Action::StartRegistration)?;
        edit::hold(tx, &Scope::of(actor, Right::ManageAuthorisations), user).await?;
        let held = edit::hold(tx, &Scope::of(actor, Right::ManageUsers), user).await?;
        if actor.user == Some(user) {
            return Err(Denied::OwnAccount.into());
        }
        grants::decide_on(tx, actor, user).await?;
        Ok(held)
    }

    async fn desk(
        &self,
        conn: &mut PgConnection,
        actor: &Actor,
        user: UserId,
        locale: Locale,
    ) -> Result<Desk> {
        Ok(Desk {
            roles: rows::roles(conn, actor.organisation, locale).await?,
            units: rows::units(conn, actor.organisation, locale).await?,
            granter: rows::granter(conn, actor, self.0.clock.now()).await?,
            stored: rows::profiles(conn, actor.organisation, user).await?,
        })
    }

    fn since(&self) -> Timestamp {
        let now = self.0.clock.now();
        now.checked_sub(SignedDuration::from_hours(DRAFT_HOURS))
            .unwrap_or(now)
    }

    async fn today(&self, conn: &mut PgConnection, actor: &Actor) -> Result<jiff::civil::Date> {
        let (institution, _) = crate::db::sending::institution(conn, actor.organisation).await?;
        Ok(self.0.clock.now().to_zoned(institution.time_zone).date())
    }
}

fn problem(p: DraftProblem) -> ServiceError {
    Conflict::Draft(p).into()
}

/// What is stored, as a draft: one profile without a name where there is none. A profile that takes the place of another one after a
/// discrepancy (P14) is proposed with the roles of that one.
fn fresh(desk: &Desk, replaced: &[(ProfileId, ProfileId)]) -> AuthorisationDraft {
    let mut profiles = desk.stored.clone();
    if profiles.is_empty() {
        profiles.push(DraftProfile::default());
    }
    for (new, old) in replaced {
        let grants = desk
            .stored
            .iter()
            .find(|p| p.id == Some(*old))
            .map(|p| p.grants.clone());
        let empty = profiles
            .iter_mut()
            .find(|p| p.id == Some(*new) && p.grants.is_empty());
        if let (Some(profile), Some(grants)) = (empty, grants) {
            profile.grants = grants;
        }
    }
    // Work goes on in a profile that is in force: after a discrepancy that is the new one.
    let chosen = profiles
        .iter()
        .position(|p| p.state == ProfileState::Active)
        .unwrap_or(0);
    AuthorisationDraft {
        profiles,
        chosen,
        ..Default::default()
    }
}

fn path(desk: &Desk, unit: Option<domain::UnitId>) -> Option<&[domain::UnitId]> {
    unit.map(|id| desk.unit(id).map_or(&[][..], |u| &u.path))
}

/// Stored grants that the actor may not withdraw, with why.
fn fixed(
    desk: &Desk,
) -> Vec<(
    domain::ProfileId,
    domain::authorisation::DraftGrant,
    domain::access::GrantRefusal,
)> {
    let mut found = Vec::new();
    for profile in &desk.stored {
        for grant in &profile.grants {
            let refusal = desk
                .role(grant.role)
                .and_then(|r| desk.granter.decide(r.facts(), path(desk, grant.unit)).err());
            if let (Some(id), Some(refusal)) = (profile.id, refusal) {
                found.push((id, grant.clone(), refusal));
            }
        }
    }
    found
}

/// A role, refused where it can be granted in no unit.
fn choice(desk: &Desk, role: &Role) -> RoleChoice {
    let everywhere = desk.granter.decide(role.facts(), None);
    let open = || desk.units.iter().filter(|u| u.active);
    let refusal = match everywhere {
        Ok(()) => None,
        Err(whole) => {
            let mut why = whole;
            let mut granted = false;
            for unit in open() {
                match desk.granter.decide(role.facts(), Some(&unit.path)) {
                    Ok(()) => {
                        granted = true;
                        break;
                    }
                    Err(domain::access::GrantRefusal::Outside) => {}
                    Err(other) => why = other,
                }
            }
            (!granted).then_some(why)
        }
    };
    RoleChoice {
        id: role.id,
        code: role.code.clone(),
        name: role.name.clone(),
        category: role.category.clone(),
        refusal,
    }
}

/// Units in which the actor manages authorisations, and those that stored grants name.
fn units(desk: &Desk) -> Vec<UnitChoice> {
    let named = |id| {
        desk.stored
            .iter()
            .flat_map(|p| &p.grants)
            .any(|g| g.unit == Some(id))
    };
    let shown: Vec<(&Unit, bool)> = desk
        .units
        .iter()
        .map(|u| (u, u.active && desk.granter.works_in(Some(&u.path))))
        .filter(|(u, open)| *open || named(u.id))
        .collect();
    let first = shown.iter().map(|(u, _)| u.path.len()).min().unwrap_or(0);
    shown
        .into_iter()
        .map(|(u, open)| UnitChoice {
            id: u.id,
            name: u.name.clone(),
            depth: u.path.len().saturating_sub(first),
            open,
        })
        .collect()
}
