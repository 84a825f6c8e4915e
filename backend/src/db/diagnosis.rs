//! What «Perché non riesce ad accedere?» and `/io` read about one user.

use crate::error::Result;
use domain::{
    OrganisationId, PersonId, UserId,
    diagnosis::{
        ATTEMPTS, Attempt, AttemptOutcome, CodeFinding, EnrolmentFinding, MailFinding,
        PasswordFinding, Record,
    },
    job::MailState,
    person::PersonKind,
    user::full_name,
};
use jiff::{Timestamp, civil::Date};
use jiff_sqlx::ToSqlx;
use sqlx::PgConnection;

/// Password and mailbox of a user.
#[derive(Debug)]
pub struct Standing {
    /// How the password stands.
    pub password: PasswordFinding,
    /// How the last credentials mail stands.
    pub mail: MailFinding,
    /// Has a PIN.
    pub pin: bool,
    /// When password or PIN last changed.
    pub changed_at: Option<Timestamp>,
    /// Today in the organisation's zone.
    pub today: Date,
}

/// Password, PIN and the newest mail that brings a password.
///
/// # Errors
/// [`crate::ServiceError::NotFound`].
pub async fn standing(
    conn: &mut PgConnection,
    organisation: OrganisationId,
    user: UserId,
    now: Timestamp,
) -> Result<Standing> {
    let r = sqlx::query!(
        r#"select coalesce(c.password_kind, 'none') as "kind!", c.password_hash is not null as "has_password!",
             c.pin_hash is not null as "pin!", c.changed_at as "changed_at?",
             coalesce(u.password_expires_at <= $3, false) as "over!",
             ((u.password_expires_at - interval '1 microsecond') at time zone o.time_zone)::date as until,
             u.email is not null as "mailbox!", u.email_bounced_at is not null as "bounced!",
             ($3::timestamptz at time zone o.time_zone)::date as "today!",
             password_off_since(u.organisation_id, u.id, $3) as off,
             m.state as "mail?", m.reply as "reply?", m.finished_at as "mail_at?"
           from users u
           join organisations o on o.id = u.organisation_id
           left join credentials c on c.organisation_id = u.organisation_id and c.user_id = u.id
           left join lateral (
             select x.state, x.reply, x.finished_at from outbox x
             where x.organisation_id = u.organisation_id and x.user_id = u.id
               and x.kind in ('temporary_password', 'password_link') and x.state <> 'superseded'
             order by x.id desc limit 1) m on true
           where u.organisation_id = $1 and u.id = $2"#,
        organisation.0,
        user.0,
        now.to_sqlx() as _,
    )
    .fetch_one(conn)
    .await?;
    let until = r.until.map(|d| d.to_jiff());
    let password = match (r.off, r.kind.as_str(), r.has_password, r.over, until) {
        (Some(since), ..) => PasswordFinding::Off {
            since: since.to_jiff(),
        },
        (_, _, false, ..) => PasswordFinding::Missing,
        (_, _, true, true, Some(on)) => PasswordFinding::Expired { on },
        (_, "own", ..) => PasswordFinding::Own { until },
        _ => PasswordFinding::Temporary { until },
    };
    // Who gets in with an own password, or holds a letter that is still good, needs no mail;
    // nor does who enters without a password.
    let needed = matches!(
        password,
        PasswordFinding::Missing | PasswordFinding::Expired { .. }
    );
    let state = r.mail.as_deref().and_then(MailState::from_code);
    let mail = match state {
        Some(MailState::Accepted) if r.mailbox && !r.bounced => MailFinding::Delivered {
            at: r.mail_at.map_or(now, |at| at.to_jiff()),
        },
        _ if !needed && !r.bounced && !state.is_some_and(failed) => MailFinding::NotNeeded,
        _ if !r.mailbox => MailFinding::NoMailbox,
        _ if r.bounced => MailFinding::Bounced,
        Some(state) if failed(state) => MailFinding::Failed {
            state,
            reply: r.reply,
        },
        Some(_) => MailFinding::Underway,
        None => MailFinding::Never,
    };
    Ok(Standing {
        password,
        mail,
        pin: r.pin,
        changed_at: r.changed_at.map(|at| at.to_jiff()),
        today: r.today.to_jiff(),
    })
}

const fn failed(state: MailState) -> bool {
    matches!(
        state,
        MailState::Rejected | MailState::Uncertain | MailState::Cancelled
    )
}

/// A linked record with its enrolments in so far as they say whether one is missing.
#[derive(Clone, Debug)]
pub struct Enrolled {
    /// The record.
    pub record: Record,
    /// Class and «Plesso» of the year asked about.
    pub now: Option<(String, String)>,
    /// Stood in a class of any year.
    pub ever: bool,
}

impl Enrolled {
    /// A pupil belongs in a class every year. Of a guardian the registry may or may not keep
    /// classes: one that never had any misses none.
    pub fn misses_class(&self) -> bool {
        match self.record.kind {
            PersonKind::Pupil => self.now.is_none(),
            PersonKind::Guardian => self.ever && self.now.is_none(),
            PersonKind::Employee | PersonKind::External => false,
        }
    }
}

/// The records linked to a user, with their class in the school year that began in `year`.
///
/// # Errors
/// Where the database fails.
pub async fn records(
    conn: &mut PgConnection,
    organisation: OrganisationId,
    user: UserId,
    year: i16,
) -> Result<Vec<Enrolled>> {
    let rows = sqlx::query!(
        r#"select p.id, p.kind, p.surname, p.given_name, e.class as "class?", t.name as "site?",
             exists (select from enrolments a where a.organisation_id = p.organisation_id and a.person_id = p.id) as "ever!"
           from user_person_links l
           join persons p on (p.organisation_id, p.id) = (l.organisation_id, l.person_id)
           left join enrolments e on e.organisation_id = p.organisation_id and e.person_id = p.id and e.school_year = $3
           left join units t on t.organisation_id = e.organisation_id and t.id = e.unit_id
           where l.organisation_id = $1 and l.user_id = $2 order by l.linked_at, p.id"#,
        organisation.0,
        user.0,
        year,
    )
    .fetch_all(conn)
    .await?;
    Ok(rows
        .into_iter()
        .filter_map(|r| {
            Some(Enrolled {
                record: Record {
                    id: PersonId(r.id),
                    kind: r.kind.parse().ok()?,
                    name: full_name(&r.surname, &r.given_name),
                },
                now: r.class.map(|class| (class, r.site.unwrap_or_default())),
                ever: r.ever,
            })
        })
        .collect())
}

/// Whether a record misses its class, as a finding; `None` where no record belongs in one.
pub fn enrolment(records: &[Enrolled], year: i16) -> Option<EnrolmentFinding> {
    if let Some(missing) = records.iter().find(|r| r.misses_class()) {
        return Some(EnrolmentFinding::Missing {
            year,
            record: missing.record.clone(),
        });
    }
    records
        .iter()
        .find_map(|r| r.now.clone())
        .map(|(class, site)| EnrolmentFinding::Present { year, class, site })
}

/// The newest sign-in attempts under the user's name, whatever became of them.
///
/// # Errors
/// Where the database fails.
pub async fn attempts(
    conn: &mut PgConnection,
    organisation: OrganisationId,
    username: &str,
) -> Result<Vec<Attempt>> {
    let folded: String = username.to_lowercase().chars().take(64).collect();
    let rows = sqlx::query!(
        "select at, outcome from sign_in_attempts where organisation_id = $1 and username = $2
         order by at desc, id desc limit $3",
        organisation.0,
        folded,
        ATTEMPTS,
    )
    .fetch_all(conn)
    .await?;
    Ok(rows
        .into_iter()
        .map(|r| Attempt {
            at: r.at.to_jiff(),
            outcome: AttemptOutcome::from_code(&r.outcome),
        })
        .collect())
}

/// How the user's newest registration code stands; `None` where the user never had one.
///
/// # Errors
/// Where the database fails.
pub async fn code(
    conn: &mut PgConnection,
    organisation: OrganisationId,
    user: UserId,
    now: Timestamp,
) -> Result<Option<CodeFinding>> {
    let row = sqlx::query!(
        "select state, expires_at from registrations
         where organisation_id = $1 and user_id = $2 and state <> 'to_start' order by id desc limit 1",
        organisation.0,
        user.0,
    )
    .fetch_optional(conn)
    .await?;
    Ok(row.map(|r| {
        let end = r.expires_at.map(|at| at.to_jiff());
        match (r.state.as_str(), end) {
            ("completed", _) => CodeFinding::Redeemed,
            ("running", Some(until)) if until > now => CodeFinding::Valid { until },
            ("running" | "expired", Some(at)) => CodeFinding::Expired { at },
            _ => CodeFinding::Void,
        }
    }))
}
