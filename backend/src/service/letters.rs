//! «Stampa lettere con credenziali»: the values are made while the office waits, block by
//! block, take effect with their block, stand in one answer, and are kept nowhere but hashed.

use super::sign_in_url;
use crate::{
    Core,
    credentials::secret::Secret,
    db::{self, audit, letters as rows, sending},
    error::{Result, ServiceError},
    mail::moment,
};
use domain::{
    access::{Action, Actor, Right, Scope, confirmed, decide},
    diagnosis::school_year,
    letter::{
        BLOCK, Letter, LetterBlock, LetterCheck, LetterRun, LetterSender, LetterState,
        LetterTarget, OpenRun,
    },
    problem::Conflict,
    user::{FieldError, FieldErrors, Selection},
};
use jiff::{SignedDuration, Timestamp, civil::Date};
use serde_json::json;
use sqlx::PgConnection;
use uuid::Uuid;

/// Letters with credentials.
#[derive(Clone)]
pub struct Letters(pub(crate) Core);

impl Letters {
    /// What would happen if the letters were made now.
    ///
    /// # Errors
    /// [`ServiceError::Denied`].
    pub async fn check(&self, actor: &Actor, target: &LetterTarget) -> Result<LetterCheck> {
        decide(actor, Action::PrintLetters)?;
        let now = self.0.clock.now();
        let mut conn = self.0.pool.acquire().await?;
        let (selection, way) = resolve(&mut conn, actor, target).await?;
        let judge = sending::Judge::of(&mut conn, actor, &selection, now)
            .await?
            .by(way);
        let judged = sending::judge(&mut conn, &judge).await?;
        let (institution, password_days) =
            sending::institution(&mut conn, actor.organisation).await?;
        let year = school_year(now.to_zoned(institution.time_zone).date());
        let (with_mailbox, own_passwords) = rows::count(&mut conn, &judge).await?;
        Ok(LetterCheck {
            selected: judged.selected,
            letters: judged.recipients,
            with_mailbox,
            own_passwords,
            excluded: judged.excluded,
            languages: judged.languages,
            first: rows::first(&mut conn, &judge, year).await?,
            password_days,
        })
    }

    /// Begins a run: who gets a letter is written down, no value is made yet. `expected` is
    /// the number the check page showed, `typed` the number typed (above
    /// [`domain::sending::TYPED_ABOVE`]); the same `key` twice is the same run.
    ///
    /// # Errors
    /// [`Conflict::SelectionChanged`]; the field `typed` or `selection`;
    /// [`ServiceError::Denied`]. Nothing is written then.
    pub async fn start(
        &self,
        actor: &Actor,
        target: &LetterTarget,
        expected: u64,
        typed: Option<u64>,
        key: Uuid,
    ) -> Result<i64> {
        decide(actor, Action::PrintLetters)?;
        let now = self.0.clock.now();
        let mut tx = self.0.pool.begin().await?;
        let (run, fresh) = rows::begin(&mut tx, actor, key, now).await?;
        if !fresh {
            return Ok(run);
        }
        let (selection, way) = resolve(&mut tx, actor, target).await?;
        let judge = sending::Judge::of(&mut tx, actor, &selection, now)
            .await?
            .by(way);
        let year = school_year(self.today(&mut tx, actor, now).await?);
        let letters = rows::write_recipients(&mut tx, &judge, year, run).await?;
        let refuse = |field, e| ServiceError::Invalid(FieldErrors::one(field, e));
        if letters == 0 {
            return Err(refuse("selection", FieldError::ChooseOne));
        }
        if letters != expected {
            return Err(Conflict::SelectionChanged {
                expected,
                now: letters,
            }
            .into());
        }
        if letters > domain::sending::TYPED_ABOVE && typed != Some(letters) {
            return Err(refuse("typed", FieldError::Required));
        }
        if letters > domain::sending::TYPED_ABOVE {
            confirmed(actor, now)?;
        }
        self.audit(
            &mut tx,
            actor,
            "letters.started",
            run,
            json!({ "letters": letters }),
        )
        .await?;
        tx.commit().await?;
        Ok(run)
    }

    /// The actor's own runs that wait for «Ho stampato le lettere».
    ///
    /// # Errors
    /// [`ServiceError::Denied`].
    pub async fn open_runs(&self, actor: &Actor) -> Result<Vec<OpenRun>> {
        decide(actor, Action::PrintLetters)?;
        let mut conn = self.0.pool.acquire().await?;
        rows::open_runs(&mut conn, actor).await
    }

    /// How a run of the actor's stands. No value is in the answer: they were shown once.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`] where it is somebody else's.
    pub async fn read(&self, actor: &Actor, run: i64) -> Result<LetterRun> {
        decide(actor, Action::PrintLetters)?;
        let now = self.0.clock.now();
        let mut conn = self.0.pool.acquire().await?;
        let (state, total, made) = rows::read(&mut conn, actor, run).await?;
        let (institution, _) = sending::institution(&mut conn, actor.organisation).await?;
        Ok(LetterRun {
            id: run,
            state,
            total,
            made,
            sender: LetterSender {
                sign_in_url: sign_in_url(&self.0.settings.base_url, &institution.code),
                day: Some(now.to_zoned(institution.time_zone).date()),
                institution: institution.name,
                code: institution.code,
                school: institution.school,
                contact: institution.contact,
            },
        })
    }

    /// Makes the next letters: each recipient's temporary password and PIN are in force from
    /// here on, whatever came before is void, and their sessions end.
    ///
    /// # Errors
    /// [`Conflict::TooLate`] where the run has ended; [`ServiceError::NotFound`].
    pub async fn next(&self, actor: &Actor, run: i64) -> Result<LetterBlock> {
        decide(actor, Action::PrintLetters)?;
        let now = self.0.clock.now();
        let mut conn = self.0.pool.acquire().await?;
        // Whose run it is, before anything is hashed.
        rows::read(&mut conn, actor, run).await?;
        let (institution, days) = sending::institution(&mut conn, actor.organisation).await?;
        let zone = institution.time_zone;
        let year = school_year(now.to_zoned(zone.clone()).date());
        let waiting = rows::waiting(&mut conn, actor.organisation, run, year, BLOCK).await?;
        drop(conn);
        let until = end_of_password(now, days)?;
        let mut made = Vec::with_capacity(waiting.len());
        for person in waiting {
            let password = Secret::temporary_password(&self.0.entropy);
            let pin = Secret::pin(&self.0.entropy);
            let (password_hash, pin_hash) = tokio::try_join!(
                self.0.hasher.hash(password.canonical().to_owned()),
                self.0.hasher.hash(pin.canonical().to_owned()),
            )?;
            made.push((person, password, pin, password_hash, pin_hash));
        }

        let mut tx = self.0.pool.begin().await?;
        if rows::hold(&mut tx, actor, run).await? != LetterState::Open {
            return Err(Conflict::TooLate.into());
        }
        let (mut letters, mut skipped) = (Vec::new(), 0);
        for (person, password, pin, password_hash, pin_hash) in made {
            let organisation = actor.organisation;
            if !(person.active && may_reach(&mut tx, actor, person.user).await?) {
                rows::skip(&mut tx, organisation, run, person.user).await?;
                skipped += 1;
                continue;
            }
            // Of two pages open on one run, one makes the letter.
            if !rows::book(&mut tx, organisation, run, person.user, now).await? {
                continue;
            }
            db::credentials::put_printed(
                &mut tx,
                organisation,
                person.user,
                &password_hash,
                &pin_hash,
                until,
                now,
            )
            .await?;
            let entry = audit::Entry {
                action: "credentials.printed",
                object_kind: "user",
                object_id: Some(person.user.0),
                object_name: &person.name,
                after: Some(json!({ "letters": run })),
                ..Default::default()
            };
            audit::record(&mut tx, actor, now, entry).await?;
            letters.push(Letter {
                user: person.user,
                position: u32::try_from(person.position).unwrap_or(0),
                name: person.name,
                class: person.class,
                locale: person.locale,
                username: person.username,
                pin: pin.shown().to_owned(),
                password: password.shown().to_owned(),
                until,
                until_words: moment(person.locale, until, &zone),
            });
        }
        let (_, total, done) = rows::read(&mut tx, actor, run).await?;
        tx.commit().await?;
        Ok(LetterBlock {
            letters,
            left: total.saturating_sub(done),
            skipped,
        })
    }

    /// «Ho stampato le lettere»: the run is closed.
    ///
    /// # Errors
    /// [`Conflict::TooLate`] where it has ended otherwise; [`ServiceError::NotFound`].
    pub async fn confirm(&self, actor: &Actor, run: i64) -> Result<()> {
        decide(actor, Action::PrintLetters)?;
        let mut tx = self.0.pool.begin().await?;
        match rows::hold(&mut tx, actor, run).await? {
            LetterState::Printed => return Ok(()),
            LetterState::Interrupted => return Err(Conflict::TooLate.into()),
            LetterState::Open => {}
        }
        let now = self.0.clock.now();
        rows::end(&mut tx, actor.organisation, run, LetterState::Printed, now).await?;
        let (_, _, made) = rows::read(&mut tx, actor, run).await?;
        self.audit(
            &mut tx,
            actor,
            "letters.printed",
            run,
            json!({ "letters": made }),
        )
        .await?;
        tx.commit().await?;
        Ok(())
    }

    /// «La stampa è stata interrotta»: every value of the run that its owner has not replaced
    /// is void, so that no lost sheet opens anything. Tells how many were.
    ///
    /// # Errors
    /// [`Conflict::TooLate`] where it was confirmed; [`ServiceError::NotFound`].
    pub async fn interrupt(&self, actor: &Actor, run: i64) -> Result<u64> {
        decide(actor, Action::PrintLetters)?;
        let mut tx = self.0.pool.begin().await?;
        match rows::hold(&mut tx, actor, run).await? {
            LetterState::Interrupted => return Ok(0),
            LetterState::Printed => return Err(Conflict::TooLate.into()),
            LetterState::Open => {}
        }
        let now = self.0.clock.now();
        let voided = rows::call_back(&mut tx, actor.organisation, run, now).await?;
        rows::end(
            &mut tx,
            actor.organisation,
            run,
            LetterState::Interrupted,
            now,
        )
        .await?;
        self.audit(
            &mut tx,
            actor,
            "letters.interrupted",
            run,
            json!({ "voided": voided }),
        )
        .await?;
        tx.commit().await?;
        Ok(voided)
    }

    async fn today(&self, conn: &mut PgConnection, actor: &Actor, now: Timestamp) -> Result<Date> {
        let (institution, _) = sending::institution(conn, actor.organisation).await?;
        Ok(now.to_zoned(institution.time_zone).date())
    }

    async fn audit(
        &self,
        tx: &mut PgConnection,
        actor: &Actor,
        action: &str,
        run: i64,
        after: serde_json::Value,
    ) -> Result<()> {
        let entry = audit::Entry {
            action,
            object_kind: "letters",
            object_id: Some(run),
            after: Some(after),
            ..Default::default()
        };
        audit::record(tx, actor, self.0.clock.now(), entry).await
    }
}

/// Whom a target means, and by which way they are judged.
async fn resolve(
    conn: &mut PgConnection,
    actor: &Actor,
    target: &LetterTarget,
) -> Result<(Selection, sending::Way)> {
    Ok(match target {
        LetterTarget::Selected(selection) => (selection.clone(), sending::Way::Paper),
        LetterTarget::WithoutMailbox(selection) => {
            (selection.clone(), sending::Way::PaperWithoutMailbox)
        }
        // Only users in the actor's scope are looked at, whoever's sending it was.
        LetterTarget::Failed(job) => {
            let users = rows::not_reached(conn, actor.organisation, *job).await?;
            (Selection::Only(users), sending::Way::Paper)
        }
    })
}

/// Whether the actor may still act on the user: in reach, and not stronger.
async fn may_reach(tx: &mut PgConnection, actor: &Actor, user: domain::UserId) -> Result<bool> {
    Ok(db::grants::may_act_on(tx, actor, user).await?
        && db::users::detail::is_in(tx, &Scope::of(actor, Right::SendCredentials), user).await?)
}

/// End of a temporary password, to the minute, so that the letter says exactly what holds.
fn end_of_password(now: Timestamp, days: u8) -> Result<Timestamp> {
    let end = now
        .checked_add(SignedDuration::from_hours(24 * i64::from(days)))
        .map_err(ServiceError::internal)?;
    Timestamp::from_second(end.as_second().div_euclid(60) * 60).map_err(ServiceError::internal)
}
