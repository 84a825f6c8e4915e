//! «Crea utenti da anagrafiche»: which records, what stands in their way, and the users
//! made from them. Which records a pick means is decided by `creation_pick` in the schema.

mod result;

pub use result::{Standing, result, undo};

use super::{Ground, whole, within, words};
use crate::error::Result;
use domain::{
    GroupId, JobId, PersonId, UnitId, UserId,
    access::Actor,
    alignment::{
        Candidate, CandidateCheck, CandidateFilter, CandidatePick, Occupied, SkipReason,
        SkippedPerson, UnitChoice,
    },
    page::{Page, PageRequest},
    person::PersonKind,
    user::full_name,
};
use jiff::Timestamp;
use jiff_sqlx::ToSqlx;
use sqlx::PgConnection;

/// A pick as arguments of `creation_pick`.
#[derive(Debug, Default)]
struct Pick {
    only: Option<Vec<i64>>,
    kind: Option<&'static str>,
    unit: Option<i64>,
    year: Option<i16>,
    class: Option<String>,
    words: Vec<String>,
    except: Vec<i64>,
}

impl Pick {
    fn filter(filter: &CandidateFilter) -> Self {
        Self {
            kind: Some(filter.kind.code()),
            unit: filter.unit.map(|u| u.0),
            year: filter.year,
            class: filter.class.clone(),
            words: words(&filter.text),
            ..Self::default()
        }
    }

    fn of(pick: &CandidatePick) -> Self {
        match pick {
            CandidatePick::Only(ids) => Self {
                only: Some(ids.iter().map(|p| p.0).collect()),
                ..Self::default()
            },
            CandidatePick::AllFound { filter, except, .. } => Self {
                except: except.iter().map(|p| p.0).collect(),
                ..Self::filter(filter)
            },
        }
    }
}

/// A page of records without a user, each with what stands in the way of creating one;
/// with it how many of all found could be created.
///
/// # Errors
/// Where the database fails.
pub async fn list(
    conn: &mut PgConnection,
    ground: &Ground,
    filter: &CandidateFilter,
    page: PageRequest,
) -> Result<(Page<Candidate>, u64)> {
    let pick = Pick::filter(filter);
    let counts = sqlx::query!(
        r#"select count(*) as "total!", count(*) filter (where not exists (
             select from users d where d.organisation_id = $1 and d.fiscal_code = p.fiscal_code
               and d.state <> 'archived')) as "creatable!"
           from creation_pick($1, null, $2, $3, $4, $5, $6, '{}', $7) c
           join persons p on p.organisation_id = $1 and p.id = c"#,
        ground.organisation.0,
        pick.kind,
        pick.unit,
        pick.year,
        pick.class,
        &pick.words,
        ground.units.as_deref() as _,
    )
    .fetch_one(&mut *conn)
    .await?;
    let (total, page) = within(counts.total, page);
    let rows = sqlx::query!(
        r#"with shown as materialized (
             select p.* from creation_pick($1, null, $2, $3, $4, $5, $6, '{}', $7) c
             join persons p on p.organisation_id = $1 and p.id = c
             order by p.sort_name, p.id limit $8 offset $9)
           select p.id, p.code, p.surname, p.given_name, p.fiscal_code, p.email, p.version,
             coalesce((select e.class from enrolments e where e.organisation_id = $1 and e.person_id = p.id
               and ($4::smallint is null or e.school_year = $4) order by e.school_year desc limit 1), '') as "class!",
             d.id as "user_id?", d.surname as "user_surname?", d.given_name as "user_given_name?",
             d.username as "username?",
             exists (select from user_person_links l where l.organisation_id = $1 and l.user_id = d.id
               and l.kind = $2) as "taken!",
             array(select l.kind from user_person_links l where l.organisation_id = $1 and l.user_id = d.id
               order by l.kind) as "kinds!",
             m.name as "mail_of?"
           from shown p
           left join lateral (select u.* from users u where u.organisation_id = $1 and u.fiscal_code = p.fiscal_code
             and u.state <> 'archived' order by u.state <> 'active', u.id limit 1) d on true
           left join lateral (
             (select trim(u.surname || ' ' || u.given_name) as name from users u
              where u.organisation_id = $1 and lower(u.email) = lower(p.email) and u.state <> 'archived'
              order by u.sort_name limit 1)
             union all
             (select trim(o.surname || ' ' || o.given_name) from persons o
              where o.organisation_id = $1 and o.id <> p.id and lower(o.email) = lower(p.email) and o.state = 'active'
                and not exists (select from user_person_links l where l.organisation_id = $1 and l.person_id = o.id)
              order by o.sort_name limit 1)
             limit 1) m on true
           order by p.sort_name, p.id"#,
        ground.organisation.0,
        pick.kind,
        pick.unit,
        pick.year,
        pick.class,
        &pick.words,
        ground.units.as_deref() as _,
        page.limit(),
        page.offset(),
    )
    .fetch_all(conn)
    .await?;
    let items = rows.into_iter().map(|r| {
        let check = match (r.user_id, r.email.is_some(), r.mail_of) {
            (Some(user), _, _) => CandidateCheck::HasUser(Occupied {
                user: UserId(user),
                name: full_name(
                    r.user_surname.as_deref().unwrap_or_default(),
                    r.user_given_name.as_deref().unwrap_or_default(),
                ),
                username: r.username.unwrap_or_default(),
                taken: r.taken,
                kinds: r.kinds.iter().filter_map(|k| k.parse().ok()).collect(),
            }),
            (None, false, _) => CandidateCheck::NoMail,
            (None, true, Some(name)) => CandidateCheck::MailUsed(name),
            (None, true, None) => CandidateCheck::Ready,
        };
        Candidate {
            id: PersonId(r.id),
            code: r.code,
            surname: r.surname,
            given_name: r.given_name,
            fiscal_code: r.fiscal_code,
            email: r.email,
            class: r.class,
            version: r.version,
            check,
        }
    });
    let page = Page {
        items: items.collect(),
        total,
        number: page.number,
        size: page.size,
    };
    Ok((page, whole(counts.creatable)))
}

/// What the filters offer: school sites and classes of the records of the kind, years.
///
/// # Errors
/// Where the database fails.
pub async fn choices(
    conn: &mut PgConnection,
    ground: &Ground,
    kind: PersonKind,
    unit: Option<UnitId>,
    year: Option<i16>,
) -> Result<(Vec<UnitChoice>, Vec<i16>, Vec<String>)> {
    let units = sqlx::query!(
        "select t.id, t.name from units t where t.organisation_id = $1 and t.state = 'active'
           and ($2::bigint[] is null or t.path && $2)
           and exists (select from enrolments e where e.organisation_id = $1 and e.unit_id = t.id)
         order by t.name limit 500",
        ground.organisation.0,
        ground.units.as_deref() as _,
    )
    .fetch_all(&mut *conn)
    .await?;
    let years = sqlx::query_scalar!(
        "select distinct school_year from enrolments where organisation_id = $1 order by 1 desc limit 30",
        ground.organisation.0,
    )
    .fetch_all(&mut *conn)
    .await?;
    let classes = sqlx::query_scalar!(
        "select distinct e.class from enrolments e
         join persons p on (p.organisation_id, p.id) = (e.organisation_id, e.person_id)
         left join units t on (t.organisation_id, t.id) = (e.organisation_id, e.unit_id)
         where e.organisation_id = $1 and e.class <> '' and p.kind = $2
           and ($3::smallint is null or e.school_year = $3) and ($4::bigint is null or t.path @> array[$4])
         order by 1 limit 500",
        ground.organisation.0,
        kind.code(),
        year,
        unit.map(|u| u.0),
    )
    .fetch_all(conn)
    .await?;
    let units = units.into_iter().map(|u| UnitChoice {
        id: UnitId(u.id),
        name: u.name,
    });
    Ok((units.collect(), years, classes))
}

/// A pick in numbers.
#[derive(Debug)]
pub struct Judged {
    /// Ticked records that exist.
    pub picked: u64,
    /// Users that would be created.
    pub create: u64,
    /// Of which without mailbox.
    pub letters: u64,
    /// Of which with a mailbox in use.
    pub shared: u64,
    /// Left out, by reason.
    pub skipped: Vec<(SkipReason, u64)>,
    /// Kinds of the records.
    pub kinds: Vec<PersonKind>,
}

/// Judges a pick: what would be created, and what is left out and why.
///
/// # Errors
/// Where the database fails.
pub async fn judge(
    conn: &mut PgConnection,
    ground: &Ground,
    pick: &CandidatePick,
) -> Result<(Judged, Vec<SkippedPerson>)> {
    let pick = Pick::of(pick);
    let rows = sqlx::query!(
        r#"select p.id, p.kind, trim(p.surname || ' ' || p.given_name) as "name!", p.email is null as "letter!",
             p.email is not null and (count(*) over (partition by lower(p.email)) > 1
               or exists (select from users u where u.organisation_id = $1
               and lower(u.email) = lower(p.email) and u.state <> 'archived')) as "shared!",
             case when exists (select from user_person_links l where l.organisation_id = $1 and l.person_id = p.id)
                 then 'linked'
               when p.state <> 'active' then 'inactive'
               when exists (select from users u where u.organisation_id = $1 and u.fiscal_code = p.fiscal_code
                 and u.state <> 'archived') then 'same_code'
               when p.fiscal_code is not null and row_number() over (partition by p.fiscal_code order by p.sort_name, p.id) > 1
                 then 'twice' end as skipped
           from creation_pick($1, $2, $3, $4, $5, $6, $7, $8, $9) c
           join persons p on p.organisation_id = $1 and p.id = c order by p.sort_name, p.id"#,
        ground.organisation.0,
        pick.only.as_deref() as _,
        pick.kind,
        pick.unit,
        pick.year,
        pick.class,
        &pick.words,
        &pick.except,
        ground.units.as_deref() as _,
    )
    .fetch_all(conn)
    .await?;
    let mut judged = Judged {
        picked: rows.len() as u64,
        create: 0,
        letters: 0,
        shared: 0,
        skipped: Vec::new(),
        kinds: Vec::new(),
    };
    let mut first = Vec::new();
    for r in rows {
        if let Ok(kind) = r.kind.parse()
            && !judged.kinds.contains(&kind)
        {
            judged.kinds.push(kind);
        }
        let Some(reason) = r.skipped.as_deref().and_then(SkipReason::from_code) else {
            judged.create += 1;
            judged.letters += u64::from(r.letter);
            judged.shared += u64::from(r.shared);
            continue;
        };
        match judged.skipped.iter_mut().find(|(of, _)| *of == reason) {
            Some((_, n)) => *n += 1,
            None => judged.skipped.push((reason, 1)),
        }
        if first.len() < 10 {
            first.push(SkippedPerson {
                id: PersonId(r.id),
                name: r.name,
                reason,
            });
        }
    }
    judged.kinds.sort();
    judged.skipped.sort_unstable();
    Ok((judged, first))
}

/// Writes what the job is about: every picked record, and why some are left out. Answers
/// how many users are to be made.
///
/// # Errors
/// Where the database fails.
pub async fn write_pick(
    tx: &mut PgConnection,
    ground: &Ground,
    job: JobId,
    pick: &CandidatePick,
) -> Result<u64> {
    let pick = Pick::of(pick);
    let n = sqlx::query_scalar!(
        r#"with written as (
             insert into job_creations (organisation_id, job_id, person_id, position, skipped)
             select $1, $10, p.id, row_number() over (order by p.sort_name, p.id),
               case when exists (select from user_person_links l where l.organisation_id = $1 and l.person_id = p.id)
                   then 'linked'
                 when p.state <> 'active' then 'inactive'
                 when exists (select from users u where u.organisation_id = $1 and u.fiscal_code = p.fiscal_code
                   and u.state <> 'archived') then 'same_code'
                 when p.fiscal_code is not null and row_number() over (partition by p.fiscal_code order by p.sort_name, p.id) > 1
                   then 'twice' end
             from creation_pick($1, $2, $3, $4, $5, $6, $7, $8, $9) c
             join persons p on p.organisation_id = $1 and p.id = c
             returning skipped)
           select count(*) filter (where skipped is null) as "n!" from written"#,
        ground.organisation.0,
        pick.only.as_deref() as _,
        pick.kind,
        pick.unit,
        pick.year,
        pick.class,
        &pick.words,
        &pick.except,
        ground.units.as_deref() as _,
        job.0,
    )
    .fetch_one(tx)
    .await?;
    Ok(whole(n))
}

/// Gives every record of the job its codice utente, the next free seven digits, and makes
/// the users with profile, grant of the group in `places`, link and trail.
///
/// # Errors
/// Where the database fails.
pub async fn make_users(
    tx: &mut PgConnection,
    ground: &Ground,
    actor: &Actor,
    job: JobId,
    (group, category): (GroupId, &str),
    places: &[Option<UnitId>],
    now: Timestamp,
) -> Result<()> {
    let house = ground.organisation.0;
    // Names from a file may stand in the way; numbers once given are never given again.
    sqlx::query!(
        "with wanted as (
           select person_id, row_number() over (order by position) as place from job_creations
           where organisation_id = $1 and job_id = $2 and skipped is null),
         free as (
           select n, row_number() over (order by n) as place
           from organisations o cross join lateral generate_series(o.next_username, o.next_username
             + (select count(*) from wanted) + (select count(*) from users u where u.organisation_id = $1)) n
           where o.id = $1 and not exists (select from users u where u.organisation_id = $1
             and lower(u.username) = lpad(n::text, greatest(7, length(n::text)), '0'))),
         named as (
           update job_creations c set username = lpad(f.n::text, greatest(7, length(f.n::text)), '0')
           from wanted w join free f on f.place = w.place
           where c.organisation_id = $1 and c.job_id = $2 and c.person_id = w.person_id returning f.n)
         update organisations set next_username = greatest(next_username, (select coalesce(max(n), 0) + 1 from named))
         where id = $1",
        house,
        job.0,
    )
    .execute(&mut *tx)
    .await?;
    sqlx::query!(
        "with made as (
           insert into users (organisation_id, username, surname, given_name, email, fiscal_code, locale, created_at)
           select $1, c.username, left(p.surname, 100), p.given_name, p.email, p.fiscal_code, o.locale, $3
           from job_creations c join persons p on (p.organisation_id, p.id) = (c.organisation_id, c.person_id)
           join organisations o on o.id = c.organisation_id
           where c.organisation_id = $1 and c.job_id = $2 and c.skipped is null order by c.position
           returning id, username)
         update job_creations c set user_id = m.id from made m
         where c.organisation_id = $1 and c.job_id = $2 and c.username = m.username",
        house,
        job.0,
        now.to_sqlx() as _,
    )
    .execute(&mut *tx)
    .await?;
    let places: Vec<Option<i64>> = places.iter().map(|u| u.map(|u| u.0)).collect();
    sqlx::query!(
        "with profile as (
           insert into profiles (organisation_id, user_id, category)
           select $1, user_id, $3 from job_creations
           where organisation_id = $1 and job_id = $2 and user_id is not null
           returning id, user_id)
         insert into grants (organisation_id, profile_id, user_id, group_id, unit_id)
         select $1, p.id, p.user_id, $4, t.unit from profile p cross join unnest($5::bigint[]) t (unit)",
        house,
        job.0,
        category,
        group.0,
        &places as _,
    )
    .execute(&mut *tx)
    .await?;
    sqlx::query!(
        "insert into user_person_links (organisation_id, user_id, person_id, kind, method, linked_at, linked_by,
           user_fiscal_code, person_fiscal_code)
         select $1, c.user_id, p.id, p.kind, case when p.fiscal_code is null then 'manual' else 'automatic' end,
           $3, $4, p.fiscal_code, p.fiscal_code
         from job_creations c join persons p on (p.organisation_id, p.id) = (c.organisation_id, c.person_id)
         where c.organisation_id = $1 and c.job_id = $2 and c.user_id is not null",
        house,
        job.0,
        now.to_sqlx() as _,
        actor.user.map(|u| u.0),
    )
    .execute(&mut *tx)
    .await?;
    sqlx::query!(
        "insert into audit (organisation_id, at, actor_id, actor_name, action, object_kind, object_id, object_name,
           after, job_id)
         select $1, $3, $4, $5, 'user.created', 'user', c.user_id, trim(u.surname || ' ' || u.given_name),
           jsonb_build_object('username', u.username, 'person', jsonb_build_object('id', p.id, 'name', trim(p.surname || ' ' || p.given_name)),
             'groups', (select jsonb_agg(jsonb_strip_nulls(jsonb_build_object('id', r.group_id, 'code', g.code, 'unit', r.unit_id, 'unit_name', n.name)))
               from grants r join groups g on (g.organisation_id, g.id) = (r.organisation_id, r.group_id)
               left join units n on (n.organisation_id, n.id) = (r.organisation_id, r.unit_id) where r.organisation_id = $1 and r.user_id = u.id)), $2
         from job_creations c join users u on (u.organisation_id, u.id) = (c.organisation_id, c.user_id)
         join persons p on (p.organisation_id, p.id) = (c.organisation_id, c.person_id)
         where c.organisation_id = $1 and c.job_id = $2",
        house,
        job.0,
        now.to_sqlx() as _,
        actor.user.map(|u| u.0),
        actor.name,
    )
    .execute(tx)
    .await?;
    Ok(())
}

/// Makes the created users the recipients of the job, those without mailbox left out, and
/// books the figures its page shows. Answers how many receive mails.
///
/// # Errors
/// Where the database fails.
pub async fn write_recipients(tx: &mut PgConnection, ground: &Ground, job: JobId) -> Result<u64> {
    let n = sqlx::query_scalar!(
        r#"with written as (
             insert into job_recipients (organisation_id, job_id, user_id, position, excluded)
             select $1, $2, c.user_id, c.position, case when u.email is null then 'no_mail' end
             from job_creations c join users u on (u.organisation_id, u.id) = (c.organisation_id, c.user_id)
             where c.organisation_id = $1 and c.job_id = $2
             returning excluded),
           figures as (
             update jobs set result = (select jsonb_build_object('created', count(*) filter (where skipped is null),
               'skipped', count(*) filter (where skipped is not null)) from job_creations
               where organisation_id = $1 and job_id = $2)
             where organisation_id = $1 and id = $2)
           select count(*) filter (where excluded is null) as "n!" from written"#,
        ground.organisation.0,
        job.0,
    )
    .fetch_one(tx)
    .await?;
    Ok(whole(n))
}

/// Sets the mail address of a record that has none; `version` is the one that was read.
/// Answers whether it was set.
///
/// # Errors
/// [`crate::ServiceError::NotFound`] outside of reach.
pub async fn set_mail(
    tx: &mut PgConnection,
    ground: &Ground,
    person: PersonId,
    version: i32,
    email: &str,
) -> Result<Option<String>> {
    let name = sqlx::query_scalar!(
        r#"update persons p set email = $4, version = version + 1
           where p.organisation_id = $1 and p.id = $2 and p.version = $3
             and ($5::bigint[] is null or exists (select from enrolments e
               join units t on (t.organisation_id, t.id) = (e.organisation_id, e.unit_id)
               where e.organisation_id = $1 and e.person_id = p.id and t.path && $5))
           returning trim(p.surname || ' ' || p.given_name) as "name!""#,
        ground.organisation.0,
        person.0,
        version,
        email,
        ground.units.as_deref() as _,
    )
    .fetch_optional(tx)
    .await?;
    Ok(name)
}

/// Whether the record is there and within reach.
///
/// # Errors
/// Where the database fails.
pub async fn person_exists(
    conn: &mut PgConnection,
    ground: &Ground,
    person: PersonId,
) -> Result<bool> {
    Ok(sqlx::query_scalar!(
        r#"select exists (select from persons p where p.organisation_id = $1 and p.id = $2
             and ($3::bigint[] is null or exists (select from enrolments e
               join units t on (t.organisation_id, t.id) = (e.organisation_id, e.unit_id)
               where e.organisation_id = $1 and e.person_id = p.id and t.path && $3))) as "there!""#,
        ground.organisation.0,
        person.0,
        ground.units.as_deref() as _,
    )
    .fetch_one(conn)
    .await?)
}
